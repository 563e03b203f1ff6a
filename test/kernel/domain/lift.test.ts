import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import {
  alphasOf,
  anytimeBound,
  anytimeP,
  type Compared,
  differenceOf,
  type Group,
  intervalOf,
  meanDifference,
  peopleNeeded,
  verdictOf,
} from '../../../kernel/domain/lift.ts';

const group = (took: number, people: number): Group => ({ took, people });
const compared = (shown: Group, heldOut: Group): Compared => ({ shown, heldOut });

describe('the interval', () => {
  // Newcombe 1998, table II, method 10.
  test.each([
    [group(56, 70), group(48, 80), 0.0524, 0.3339],
    [group(9, 10), group(3, 10), 0.1705, 0.809],
    [group(5, 56), group(0, 29), -0.0381, 0.1926],
    [group(10, 10), group(0, 10), 0.6075, 1],
  ])('[lift-2] of %o and %o is the published one', (shown, heldOut, low, high) => {
    const interval = intervalOf(compared(shown, heldOut));
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  test.each([
    [0.12, 0.09, 900, 100],
    [0.3, 0.3, 200, 200],
    [0.05, 0.02, 400, 400],
  ])(
    '[lift-2] holds the true difference in 95 of 100 experiments: %f and %f, %i and %i people',
    (p, q, shownPeople, heldOutPeople) => {
      const draws = new Draws(7);
      const experiments = 2_000;
      let held = 0;
      for (let run = 0; run < experiments; run += 1) {
        const shown = group(draws.takers(shownPeople, p), shownPeople);
        const heldOut = group(draws.takers(heldOutPeople, q), heldOutPeople);
        const { low, high } = intervalOf(compared(shown, heldOut));
        if (low <= p - q && p - q <= high) held += 1;
      }
      expect(held / experiments).toBeGreaterThan(0.938);
      expect(held / experiments).toBeLessThan(0.968);
    },
  );
});

describe('the bound that holds whenever somebody looks', () => {
  const DAYS = 40;
  const A_DAY = 50;

  /** Looks after each day, as a marketer would. @returns in how many experiments each said that nothing was something */
  function wrongAtSomeTime(share: number, holdOut: number, experiments: number) {
    const draws = new Draws(11);
    const wrong = { bound: 0, interval: 0 };
    for (let run = 0; run < experiments; run += 1) {
      let shown = group(0, 0);
      let heldOut = group(0, 0);
      let byBound = false;
      let byInterval = false;
      for (let day = 0; day < DAYS; day += 1) {
        for (let i = 0; i < A_DAY; i += 1) {
          const took = draws.yes(share) ? 1 : 0;
          const isHeldOut = draws.yes(holdOut);
          if (isHeldOut) heldOut = group(heldOut.took + took, heldOut.people + 1);
          else shown = group(shown.took + took, shown.people + 1);
        }
        if (Math.min(shown.people, heldOut.people) < 20) continue;
        byBound ||= excludesNothing(anytimeBound(compared(shown, heldOut)));
        byInterval ||= excludesNothing(intervalOf(compared(shown, heldOut)));
      }
      if (byBound) wrong.bound += 1;
      if (byInterval) wrong.interval += 1;
    }
    return wrong;
  }
  const excludesNothing = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0;

  test.each([
    [0.1, 0.5],
    [0.1, 0.1],
    [0.4, 0.2],
  ])(
    '[lift-4] among offers without effect, looked at daily, is wrong in 5 of 100 at most, where the interval is more often: %f, held out %f',
    (share, holdOut) => {
      const experiments = 1_000;
      const wrong = wrongAtSomeTime(share, holdOut, experiments);
      expect(wrong.bound).toBeLessThanOrEqual(0.05 * experiments);
      expect(wrong.interval).toBeGreaterThan(0.1 * experiments);
    },
  );

  test('[lift-4] is wider than the interval, and narrower the more people there are', () => {
    const half = (people: number) => {
      const groups = compared(group(people / 5, people), group(people / 10, people));
      const bound = anytimeBound(groups);
      const interval = intervalOf(groups);
      expect(bound.low).toBeLessThan(interval.low);
      expect(bound.high).toBeGreaterThan(interval.high);
      return bound.high - differenceOf(groups);
    };
    expect(half(10_000)).toBeLessThan(half(1_000) / 2);
    expect(half(1_000)).toBeLessThan(half(100) / 2);
  });
});

describe('[lift-13] the least alpha whose bound leaves 0 out', () => {
  // By hand: 32/104 and 12/104 give a deviation of 0.0561328, so 3.56298 of them; tρ² + 1 is 2.58723 at t = 200.
  test.each([
    [compared(group(30, 100), group(10, 100)), 0.03275],
    [compared(group(10, 100), group(30, 100)), 0.03275],
    [compared(group(20, 100), group(20, 100)), 1],
  ])('of %o is %f', (groups, p) => {
    expect(anytimeP(groups)).toBeCloseTo(p, 4);
  });

  test('is where the bound touches 0, for few people and many', () => {
    for (const people of [100, 400, 4_000]) {
      const groups = compared(group(people * 0.4, people), group(people * 0.15, people / 2));
      expect(anytimeBound(groups, anytimeP(groups)).low).toBeCloseTo(0, 9);
    }
  });

  test('is of each store held against all, and of one that cannot speak yet to the others’ cost', () => {
    const clear = { compared: compared(group(90, 100), group(10, 100)), sampleRatio: 0.5 };
    const few = { compared: compared(group(9, 10), group(0, 10)), sampleRatio: undefined };
    const offPlan = { ...clear, sampleRatio: 0.0001 };
    expect(alphasOf([clear], 1)).toEqual([0.05]);
    expect(alphasOf([few, clear, offPlan, clear], 50)).toEqual([
      ...[0.05 / 48, 0.05 / 50, 0.05 / 48, 0.05 / 49],
    ]);
    expect(alphasOf([], 3)).toEqual([]);
  });
});

describe('the verdict', () => {
  test('[lift-13] stands or not by the alpha that it is held to', () => {
    const groups = compared(group(30, 100), group(10, 100));
    expect(verdictOf(groups, 0.5, 0.5).kind).toBe('better');
    expect(verdictOf(groups, 0.5, 0.5, 0.033).kind).toBe('better');
    expect(verdictOf(groups, 0.5, 0.5, 0.032).kind).toBe('not-enough-data');
  });

  test('[lift-5] says how many people it takes, the more the fewer are held out', () => {
    const nobody = compared(group(0, 0), group(0, 0));
    expect(verdictOf(nobody, 0.1, undefined)).toMatchObject({ kind: 'not-enough-data', people: 0 });
    const some = compared(group(12, 108), group(1, 12));
    const verdict = verdictOf(some, 0.1, 0.9);
    expect(verdict).toEqual({ kind: 'not-enough-data', people: 120, needed: 1_816 });
    expect(peopleNeeded(some, 0.5)).toBeLessThan(peopleNeeded(some, 0.1));
  });

  test('[lift-5] of 19 people held out nothing is said, however large the difference', () => {
    expect(verdictOf(compared(group(900, 900), group(0, 19)), 0.1, 0.5).kind).toBe(
      'not-enough-data',
    );
  });

  test('[lift-5] better, worse, or no difference seen yet', () => {
    const saying = (shown: Group, heldOut: Group) =>
      verdictOf(compared(shown, heldOut), 0.5, 0.5).kind;
    expect(saying(group(400, 2_000), group(200, 2_000))).toBe('better');
    expect(saying(group(200, 2_000), group(400, 2_000))).toBe('worse');
    expect(saying(group(201, 2_000), group(200, 2_000))).toBe('no-difference-seen-yet');
    expect(saying(group(60, 100), group(10, 100))).toBe('better'); // so large that a few people tell
  });

  test('[lift-3, lift-5] no figure counts once the split is not the planned one', () => {
    const clear = compared(group(400, 2_000), group(200, 1_000));
    expect(verdictOf(clear, 0.5, 0.0009)).toEqual({ kind: 'sample-ratio-mismatch' });
  });
});

test('[lift-6] means are compared with the spread of both', () => {
  const amounts = (values: readonly number[]) => ({
    people: values.length,
    sum: values.reduce((all, value) => all + value, 0),
    sumOfSquares: values.reduce((all, value) => all + value ** 2, 0),
  });
  // Variances 2.5 and 10, of five each: √(2.5 / 5 + 10 / 5) × 1.96 = 3.099.
  const result = meanDifference(amounts([1, 2, 3, 4, 5]), amounts([2, 4, 6, 8, 10]));
  expect(result.difference).toBe(-3);
  expect(result.low).toBeCloseTo(-6.099, 3);
  expect(result.high).toBeCloseTo(0.099, 3);
});

/** Chances by a seed. */
class Draws {
  readonly #random: ReturnType<typeof xoroshiro128plus>;
  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed);
  }
  yes(share: number): boolean {
    return uniformFloat64(this.#random) < share;
  }
  takers(people: number, share: number): number {
    let took = 0;
    for (let i = 0; i < people; i += 1) if (this.yes(share)) took += 1;
    return took;
  }
}
