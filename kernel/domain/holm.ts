/**
 * At which level each of several tests is held, so that with all of them together something is said wrongly in `alpha` of
 * cases at most, however they hang together: the least p against alpha / m, the next against alpha / (m − 1), until one
 * fails; it and all above are held to the level at which it failed. A test passes where its p is its level or less.
 *
 * Holm's and not e-BH (Wang and Ramdas, "False discovery rate control with e-values", 2022), though these p may be inverse
 * e-values: e-BH bounds the share of false ones at the one moment at which somebody stops, and not on the best of many
 * days (Tavyrikov, Goeman and de Heide, "Carefree multiple testing with e-processes", 2025). Where each p holds at all
 * times at once, so does what Holm's says of them: to be wrong at any time, one of the m₀ tests without anything to find must
 * at some time have had p ≤ alpha / m₀. For that m is not to depend on what is found: a test that cannot say anything yet
 * is one of them, with p = 1.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 * @param ps - 0 to 1
 * @returns in the same order
 */
export function holmLevels(ps: readonly number[], alpha: number): readonly number[] {
  const levels = ps.map(() => alpha);
  const leastFirst = [...ps.entries()].sort(([, p], [, q]) => p - q);
  let passed = 0;
  let hasFailed = false;
  for (const [place, p] of leastFirst) {
    const level = alpha / (ps.length - passed);
    hasFailed ||= p > level;
    levels[place] = level;
    if (!hasFailed) passed += 1;
  }
  return levels;
}
