import { expect, test } from 'vitest';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';

const inRome = storeTimeIn('Europe/Rome');

test('an instant is told as the shop’s own clocks show it', () => {
  expect(inRome(Date.UTC(2026, 2, 1, 11, 30, 59))).toEqual({
    date: '2026-03-01',
    weekday: 7,
    minuteOfDay: 12 * 60 + 30,
  });
  // The next day has begun there.
  expect(inRome(Date.UTC(2026, 11, 31, 23, 5))).toEqual({
    date: '2027-01-01',
    weekday: 5,
    minuteOfDay: 5,
  });
});

test('the hour that summer time skips is not there, the one that winter time repeats is there twice', () => {
  const minutes = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => inRome(from + i * 60_000).minuteOfDay);
  const spring = minutes(Date.UTC(2026, 2, 29, 0), 180);
  expect(spring.filter((minute) => minute >= 120 && minute < 180)).toEqual([]);
  const autumn = minutes(Date.UTC(2026, 9, 25, 0), 180);
  expect(autumn.filter((minute) => minute === 150)).toHaveLength(2);
});
