import { expect, test } from 'vitest';
import { tableOf } from '../../bench/print.ts';
import { atLeast, atMost, quantile } from '../../bench/row.ts';

test('a quantile is one of the values, by the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile(values, 0.5)).toBe(50);
  expect(quantile([7], 0.99)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('a missed goal is said in capitals', () => {
  const row = {
    name: 'redemptions',
    beside: { name: 'raw inserts', figure: 9_000 },
    ratio: 0.6,
    reach: [atLeast('sustained', '/s', 5_000, 5_400), atMost('p99', 'ms', 10, 12.34)],
  };
  expect(
    tableOf([row])
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['name', 'what', 'figure', 'limit', 'met', 'beside', 'ratio'],
    ['redemptions', 'sustained', '5,400 /s', '5,000', 'yes', 'raw inserts: 9,000', '0.6'],
    ['', 'p99', '12.3 ms', '10', 'NO'],
  ]);
});
