import { expect, test } from 'vitest';
import { ScreenMix } from '../../../edge/engagement/screen-mix.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import type { LeaseId, Pseudonym } from '../../../kernel/domain/ids.ts';
import { aMember, NOON } from '../../doubles/members.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Enough to lead with either of two categories: the draw decides where nobody is heard, the voices where five are. */
const HALF = 0.5;

function aZone(rows: readonly CohortRow[], draws: readonly number[] = []) {
  const left = [...draws];
  const held = new Map(rows.map((row) => [row.pseudonym, row]));
  const lease = {
    ...{ leaseId: 'lease' as LeaseId, notAfter: NOON + DAY_MS },
    ...{ sealingKey: new Uint8Array(32), indexKey: new Uint8Array(32) },
  };
  const cohort = { lease, row: (pseudonym: Pseudonym) => held.get(pseudonym) };
  const categories = () => ['bakery', 'wine'];
  const mix = new ScreenMix({ cohort, categories, draw: () => left.shift() ?? HALF });
  const see = (present: readonly CohortRow[], now: number) => {
    mix.follow(
      present.map(({ pseudonym }) => pseudonym),
      now,
    );
    return mix.category;
  };
  return { mix, see, held };
}
const baker = (given: Parameters<typeof aMember>[0] = {}) =>
  aMember({ affinities: { bakery: 1 }, consents: ['recognise', 'personalise'], ...given });
const bakers = Array.from({ length: 7 }, () => baker());

test('[mix-1] four are as nobody; with the fifth the screen may follow, and without them it stops at once', () => {
  const { see } = aZone(bakers);
  expect(see(bakers.slice(0, 4), NOON)).toBeUndefined();
  expect(see(bakers.slice(0, 5), NOON + 250)).toBe('bakery');
  expect(see(bakers.slice(0, 4), NOON + 500)).toBeUndefined();
});

test('[mix-1] whoever agreed to one purpose only is not among the five', () => {
  const four = bakers.slice(0, 4);
  const half = baker({ consents: ['recognise'] });
  const { see } = aZone([...four, half, baker()]);
  expect(see([...four, half], NOON)).toBeUndefined();
});

test('[mix-4] the draw stands while five of its members do, and no other follows within a quarter of an hour', () => {
  const { see } = aZone(bakers, [0, 0.999]);
  expect(see(bakers.slice(0, 6), NOON)).toBe('bakery');
  expect(see(bakers.slice(1, 7), NOON + MINUTE_MS)).toBe('bakery'); // one went, another came
  expect(see(bakers.slice(2, 7), NOON + 2 * MINUTE_MS)).toBeUndefined(); // four of them left
  expect(see(bakers.slice(1, 7), NOON + 14 * MINUTE_MS)).toBeUndefined();
  expect(see(bakers.slice(1, 7), NOON + 15 * MINUTE_MS)).toBe('wine');
});

test('[mix-4] the same members get no second draw, however long they stay', () => {
  const { see } = aZone(bakers, [0, 0.999, 0.999]);
  const five = bakers.slice(0, 5);
  for (let minute = 0; minute < 60; minute += 1)
    expect(see(five, NOON + minute * MINUTE_MS)).toBe('bakery');
});

test('[mix-5] a consent taken back ends the draw that the person was part of, at once', () => {
  const { mix, see, held } = aZone(bakers);
  const [first, second] = bakers;
  expect(see(bakers.slice(0, 6), NOON)).toBe('bakery');
  mix.forget(bakers[6]!.pseudonym);
  expect(mix.category).toBe('bakery');
  held.delete(second!.pseudonym);
  mix.forget(first!.pseudonym);
  expect(mix.category).toBeUndefined();
  expect(see(bakers.slice(1, 6), NOON + MINUTE_MS)).toBeUndefined();
});

test('[mix-5] a grant or a lease that ends takes the draw with it', () => {
  const soon = baker();
  const grants = soon.grants.map((grant) => ({ ...grant, expiresAt: NOON + MINUTE_MS }));
  const ending = { ...soon, grants };
  const five = [...bakers.slice(0, 4), ending];
  const { see } = aZone(five);
  expect(see(five, NOON)).toBe('bakery');
  expect(see(five, NOON + MINUTE_MS - 1)).toBe('bakery');
  expect(see(five, NOON + MINUTE_MS)).toBeUndefined();
});
