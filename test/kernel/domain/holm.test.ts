import { expect, test } from 'vitest';
import { holmLevels } from '../../../kernel/domain/holm.ts';

const passed = (ps: readonly number[]) => {
  const levels = holmLevels(ps, 0.05);
  return ps.filter((p, i) => p <= levels[i]!);
};

test('[lift-13] the least is held to a part for each, the next to one part less, until one fails', () => {
  const levels = holmLevels([0.01, 0.04, 0.03, 0.005], 0.05);
  expect(levels).toEqual([0.05 / 3, 0.05 / 2, 0.05 / 2, 0.05 / 4]);
  expect(passed([0.01, 0.04, 0.03, 0.005])).toEqual([0.01, 0.005]);
});

test('[lift-13] of the fifteen published comparisons three stand', () => {
  // Benjamini and Hochberg, "Controlling the false discovery rate", 1995, section 4.1: with the whole error bounded, the
  // hypotheses of the three least.
  const published = [
    ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344],
    ...[0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1],
  ];
  expect(passed(published)).toEqual([0.0001, 0.0004, 0.0019]);
});

test('[lift-13] one alone is held to the whole, and many that all stand are too in the end', () => {
  expect(holmLevels([0.05], 0.05)).toEqual([0.05]);
  expect(passed([0.012, 0.016, 0.024, 0.05])).toHaveLength(4);
  expect(passed([0.013, 0.016, 0.024, 0.05])).toEqual([]);
  expect(holmLevels([], 0.05)).toEqual([]);
});
