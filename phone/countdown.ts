const MINUTE_MS = 60_000;

/** Whole seconds until the next minute begins, 60 at its very start: how long a rotating code is new. */
export function secondsLeft(now: number): number {
  return Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1_000);
}
