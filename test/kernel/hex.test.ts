import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../kernel/hex.ts';

test('every byte is two lower-case digits, and comes back from either case', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(toHex(all)).toHaveLength(512);
  expect(toHex(all.subarray(0, 17))).toBe('000102030405060708090a0b0c0d0e0f10');
  expect(fromHex(toHex(all))).toEqual(all);
  expect(fromHex(toHex(all).toUpperCase())).toEqual(all);
});

test.each(['0', 'abc', '0x00', ' 00', 'g0', '00\n'])('%j is not hex', (text) => {
  expect(fromHex(text)).toBeUndefined();
});
