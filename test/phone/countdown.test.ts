import { expect, test } from 'vitest';
import { secondsLeft } from '../../phone/countdown.ts';

const MINUTE = Date.UTC(2026, 10, 22, 9, 30);

test.each([
  [0, 60],
  [1, 60],
  [30_000, 30],
  [59_001, 1],
  [59_999, 1],
])('%i ms into the minute a code is new for %i s more', (ms, seconds) => {
  expect(secondsLeft(MINUTE + ms)).toBe(seconds);
});
