/**
 * Now, in ms since 1970, to the microsecond: `Date.now` counts whole milliseconds, `performance` drifts from the wall
 * clock from its origin on. Runs on Node and, by its source text, in a browser, so it stands alone.
 */
export function wallClock(): () => number {
  const precise = () => performance.timeOrigin + performance.now();
  let ahead = Infinity;
  const end = performance.now() + 20;
  while (performance.now() < end) ahead = Math.min(ahead, precise() - Date.now());
  return () => precise() - ahead;
}
