/**
 * How often a property is tried (fast-check's `numRuns`): `usual`, times SOGLIA_RUNS where that is set.
 * `npm test` leaves it alone; the full counts set it.
 * @throws {RangeError} if SOGLIA_RUNS is no number above 0
 */
export function runs(usual: number): number {
  const factor = Number(process.env['SOGLIA_RUNS'] ?? '1');
  if (!(factor > 0)) throw new RangeError('SOGLIA_RUNS is not a number above 0');
  return Math.max(1, Math.round(usual * factor));
}

/**
 * Whether this is `npm run prove`: there a proof also shows, on a program with a seeded bug, that it can see.
 * For `if`, not for `test.runIf`: a test that `npm test` has no time for is none that this machine could not run.
 */
export const isProof = process.env['SOGLIA_RUNS'] !== undefined;
