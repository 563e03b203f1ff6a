import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { CohortRow, Purpose } from '../../../kernel/domain/cohort.ts';
import {
  MIX_FLOOR,
  type MixMember,
  mixMemberOf,
  mixOdds,
  mixOf,
} from '../../../kernel/domain/mix.ts';
import { aMember, NOON } from '../../doubles/members.ts';
import { runs } from '../../support/runs.ts';

const lease = { notAfter: NOON + 1_000 };
const CATEGORIES = ['bakery', 'cheese', 'wine', 'fish'];
const BOTH: readonly Purpose[] = ['recognise', 'personalise'];

function memberOf(affinities: CohortRow['affinities'], given: Partial<CohortRow> = {}): MixMember {
  const member = mixMemberOf(aMember({ affinities, consents: BOTH, ...given }), lease, NOON);
  if ('kind' in member) throw new Error(member.reason);
  return member;
}
const affinities = fc.dictionary(
  fc.constantFrom(...CATEGORIES, 'shoes', 'pharmacy'),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const member = affinities.map((given) => memberOf(given));
const crowd = fc.array(member, { minLength: MIX_FLOOR, maxLength: 12 });

describe('[mix-2] one person among those present', () => {
  test('replaced by any other makes no outcome more than e times as likely or unlikely', () => {
    fc.assert(
      fc.property(crowd, member, fc.nat(), (members, other, at) => {
        const before = mixOdds(members, CATEGORIES);
        const after = mixOdds(members.with(at % members.length, other), CATEGORIES);
        expect([...before.keys()]).toEqual([...after.keys()]);
        for (const [category, odds] of before) {
          const ratio = odds / (after.get(category) ?? 0);
          expect(ratio).toBeLessThanOrEqual(Math.E + 1e-9);
          expect(ratio).toBeGreaterThanOrEqual(1 / Math.E - 1e-9);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  test('adds nothing of what the shop has no offers for, and counts once however often they come', () => {
    fc.assert(
      fc.property(crowd, (members) => {
        const odds = mixOdds(members, CATEGORIES);
        expect([...odds.keys()]).toEqual([...CATEGORIES].sort());
        expect([...odds.values()].reduce((sum, each) => sum + each, 0)).toBeCloseTo(1);
        expect(mixOdds([...members, ...members], CATEGORIES)).toEqual(odds);
        expect(mixOdds(members.toReversed(), CATEGORIES.toReversed())).toEqual(odds);
      }),
      { numRuns: runs(200) },
    );
  });
});

test('[mix-1] fewer than five are as nobody, whatever they like and whatever is drawn', () => {
  const few = fc.array(member, { maxLength: MIX_FLOOR - 1 });
  fc.assert(
    fc.property(few, fc.double({ min: 0, max: 0.999, noNaN: true }), (members, draw) => {
      expect(mixOf(members, CATEGORIES, draw)).toBeUndefined();
      expect(mixOf([...members, ...members], CATEGORIES, draw)).toBeUndefined();
    }),
    { numRuns: runs(200) },
  );
});

test('what is drawn falls as the odds say', () => {
  fc.assert(
    fc.property(crowd, (members) => {
      const drawn = new Map<string, number>();
      for (let i = 0; i < 1_000; i += 1) {
        const category = mixOf(members, CATEGORIES, (i + 0.5) / 1_000) ?? '';
        drawn.set(category, (drawn.get(category) ?? 0) + 1);
      }
      for (const [category, odds] of mixOdds(members, CATEGORIES))
        expect(Math.abs((drawn.get(category) ?? 0) / 1_000 - odds)).toBeLessThan(0.003);
    }),
    { numRuns: runs(50) },
  );
});

describe('five who like the same', () => {
  const wine = () => memberOf({ wine: 1, shoes: 0.9 });
  const five = Array.from({ length: 5 }, wine);

  test('make it likeliest by far, and never sure', () => {
    const odds = mixOdds(five, CATEGORIES).get('wine') ?? 0;
    expect(odds).toBeGreaterThan(0.75);
    expect(odds).toBeLessThan(0.9);
    expect(mixOdds(Array.from({ length: 15 }, wine), CATEGORIES).get('wine')).toBeGreaterThan(0.99);
  });

  test('a weak affinity is no favourite, and a fourth one is none either', () => {
    expect(memberOf({ wine: 0.49 }).voices.size).toBe(0);
    const many = { wine: 0.6, fish: 0.7, cheese: 0.8, bakery: 0.9 };
    expect([...memberOf(many).voices].sort()).toEqual(['bakery', 'cheese', 'fish']);
  });

  test('[mix-3] four of the shop’s own credentials do not lay open the fifth', () => {
    const own = five.map(({ voices }) => memberOf({ [String([...voices][0])]: 1 }, { test: true }));
    expect(mixOdds(own, CATEGORIES).size).toBe(CATEGORIES.length);
    expect(mixOdds([...own, wine()], CATEGORIES).size).toBe(0);
    expect(mixOdds([...own, ...five], CATEGORIES)).toEqual(mixOdds(five, CATEGORIES));
  });
});

test.each([
  [['recognise'], 'no-grant'],
  [['personalise'], 'no-grant'],
  [['market', 'staff'], 'no-grant'],
] as const)('[mix-1] whoever agreed to %j only does not count', (consents, reason) => {
  expect(mixMemberOf(aMember({ consents }), lease, NOON)).toEqual({ kind: 'refused', reason });
});

test('nobody counts beyond their grants and the lease', () => {
  const row = aMember({ consents: BOTH });
  expect(mixMemberOf(row, { notAfter: NOON }, NOON)).toMatchObject({ reason: 'lease-over' });
  expect(mixMemberOf(row, lease, NOON)).toMatchObject({ until: lease.notAfter });
  const long = { notAfter: NOON + 10 * 86_400_000 };
  expect(mixMemberOf(row, long, NOON)).toMatchObject({ until: NOON + 86_400_000 });
  expect(mixMemberOf(row, long, NOON + 86_400_000)).toMatchObject({ reason: 'expired' });
});
