import { expect, test } from 'vitest';
import { newest } from '../../ui/newest.ts';

test('a screen keeps the highest version of one start of the edge', () => {
  const held = { boot: 'a', version: 3 };
  expect(newest(held, { boot: 'a', version: 2 })).toBe(held);
  expect(newest(held, { boot: 'a', version: 3 })).toBe(held);
  expect(newest(held, { boot: 'a', version: 4 }).version).toBe(4);
});

test('another start of the edge begins anew, whatever its version', () => {
  expect(newest({ boot: 'a', version: 900 }, { boot: 'b', version: 0 })).toEqual({
    boot: 'b',
    version: 0,
  });
  expect(newest(undefined, { boot: 'b', version: 5 }).version).toBe(5);
});
