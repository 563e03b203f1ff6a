import { expect, test } from 'vitest';
import {
  freeOf,
  hear,
  leftOf,
  NO_SLICE,
  share,
  type Slice,
  spend,
} from '../../../kernel/domain/escrow.ts';
import type { StoreId } from '../../../kernel/domain/ids.ts';

const stores = (count: number) =>
  Array.from({ length: count }, (_, i) => `s${String(i)}` as StoreId);
const given = (words: ReadonlyMap<StoreId, { readonly granted: number }>) =>
  [...words.values()].reduce((sum, { granted }) => sum + granted, 0);

test('a fresh quota is handed out in quarters of an even share; the rest waits for the busy ones', () => {
  const words = share(400, new Map(), stores(4));
  expect([...words.values()]).toEqual(Array.from({ length: 4 }, () => ({ granted: 25 })));
});

test('a quota smaller than the number of stores goes one by one, and no further than it goes', () => {
  expect(given(share(3, new Map(), stores(10)))).toBe(3);
});

test('a store spends what it has and nothing more', () => {
  const slice = hear(NO_SLICE, { granted: 2 });
  const empty = spend(spend(slice, 1)!, 1)!;
  expect(leftOf(empty)).toBe(0);
  expect(spend(empty, 1)).toBeUndefined();
});

test('a word said again, late or out of order changes nothing', () => {
  const slice = hear(hear(NO_SLICE, { granted: 7 }), { granted: 3 });
  expect(slice).toEqual({ granted: 7, returned: 0, spent: 0, givenBack: 0 });
  const kept = hear(slice, { granted: 7, keep: 4 });
  expect(kept.returned).toBe(3);
  expect(hear(kept, { granted: 7, keep: 4 })).toEqual(kept);
});

test('where nothing is free the rich are asked, and what they give back is granted to the poor', () => {
  const [poor, rich] = stores(2) as [StoreId, StoreId];
  const slices = new Map<StoreId, Slice>([
    [poor, { granted: 4, returned: 0, spent: 4, givenBack: 0 }],
    [rich, { granted: 12, returned: 0, spent: 0, givenBack: 0 }],
  ]);
  const asked = share(16, slices, [poor, rich]);
  expect(asked.get(rich)).toEqual({ granted: 12, keep: 6 });
  expect(asked.has(poor)).toBe(false);
  const back = new Map(slices).set(rich, hear(slices.get(rich)!, asked.get(rich)!));
  expect(freeOf(16, back)).toBe(6);
  expect(share(16, back, [poor, rich]).get(poor)).toEqual({ granted: 6 });
});

test('HQ’s word of before a void takes nothing that was given back, and returned, since', () => {
  const word = { granted: 12, spent: 10, returned: 0 };
  const slice = { granted: 12, returned: 3, spent: 10, givenBack: 1 };
  expect(leftOf(slice)).toBe(0);
  expect(hear(slice, word)).toEqual(slice);
});

test('a part is never less than what one use takes, and less than that left is as good as nothing', () => {
  const [a, b] = stores(2) as [StoreId, StoreId];
  expect(share(1_000, new Map(), [a, b], 300).get(a)).toEqual({ granted: 300 });
  const slices = new Map<StoreId, Slice>([
    [a, { granted: 500, returned: 0, spent: 300, givenBack: 0 }],
    [b, { granted: 300, returned: 0, spent: 0, givenBack: 0 }],
  ]);
  expect(share(1_000, slices, [a, b], 300).get(a)).toEqual({ granted: 600 });
});
