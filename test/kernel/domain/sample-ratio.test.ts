import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import {
  chiSquareTail,
  SAMPLE_RATIO_ALARM,
  sampleRatioP,
} from '../../../kernel/domain/sample-ratio.ts';

test.each([
  [3.841, 1, 0.05],
  [10.828, 1, 0.001],
  [5.991, 2, 0.05],
  [13.816, 2, 0.001],
  [16.266, 3, 0.001],
  [9.236, 5, 0.1],
  [29.588, 10, 0.001],
])('chi-square of %f with %i degrees of freedom is in the tables as %f', (x, freedom, p) => {
  expect(chiSquareTail(x, freedom)).toBeCloseTo(p, 4);
});

test('[lift-3] a split as planned is likely, one far off is not', () => {
  const split = (heldOut: number, shown: number) =>
    sampleRatioP([
      { people: heldOut, buckets: 1_000 },
      { people: shown, buckets: 9_000 },
    ]);
  expect(split(100, 900)).toBe(1);
  expect(split(110, 890)).toBeCloseTo(0.2918, 3);
  expect(split(150, 850)).toBeLessThan(SAMPLE_RATIO_ALARM);
});

test('[lift-3] nothing is said of too few people, or of one arm alone', () => {
  const few = [
    { people: 4, buckets: 1_000 },
    { people: 40, buckets: 9_000 },
  ];
  expect(sampleRatioP(few)).toBeUndefined();
  expect(sampleRatioP([{ people: 500, buckets: 10_000 }])).toBeUndefined();
  expect(
    sampleRatioP([
      { people: 500, buckets: 10_000 },
      { people: 0, buckets: 0 },
    ]),
  ).toBeUndefined();
});

test('[lift-3] 45 of 100 instead of 50 is found among 4,000 people, and a true half alarms once in a thousand', () => {
  const random = xoroshiro128plus(20_260_301);
  const alarms = (trueShare: number, experiments: number) => {
    let count = 0;
    for (let run = 0; run < experiments; run += 1) {
      let shown = 0;
      for (let i = 0; i < 4_000; i += 1) if (uniformFloat64(random) < trueShare) shown += 1;
      const p = sampleRatioP([
        { people: shown, buckets: 5_000 },
        { people: 4_000 - shown, buckets: 5_000 },
      ]);
      if (p! < SAMPLE_RATIO_ALARM) count += 1;
    }
    return count;
  };
  expect(alarms(0.45, 100)).toBeGreaterThanOrEqual(98);
  expect(alarms(0.5, 1_000)).toBeLessThanOrEqual(4);
});
