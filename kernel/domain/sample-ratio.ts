/** An arm as it was planned, and who turned out to be in it. */
export interface ArmCount {
  readonly people: number;
  /** Its share, in buckets. */
  readonly buckets: number;
}

/**
 * Below it the split is not the planned one. So strict because it is looked at again and again, and because a true fault
 * lies far below; the threshold that GrowthBook uses.
 */
export const SAMPLE_RATIO_ALARM = 0.001;

/** With fewer expected in an arm the distribution of chi-square does not hold (Cochran, 1954). */
const LEAST_EXPECTED = 5;

/**
 * How likely a split at least this far off is, where the arms were filled as planned: Pearson's chi-square. A low figure
 * says that people went missing on one side, so that no comparison is to be trusted (Fabijan et al., "Diagnosing sample
 * ratio mismatch in online controlled experiments", KDD 2019).
 * @returns 0 to 1; undefined with too few people to say, or with one arm alone
 */
export function sampleRatioP(arms: readonly ArmCount[]): number | undefined {
  const planned = arms.filter(({ buckets }) => buckets > 0);
  const people = planned.reduce((sum, arm) => sum + arm.people, 0);
  const buckets = planned.reduce((sum, arm) => sum + arm.buckets, 0);
  let chiSquare = 0;
  for (const arm of planned) {
    const expected = (people * arm.buckets) / buckets;
    if (expected < LEAST_EXPECTED) return undefined;
    chiSquare += (arm.people - expected) ** 2 / expected;
  }
  return planned.length < 2 ? undefined : chiSquareTail(chiSquare, planned.length - 1);
}

/**
 * How likely chi-square is at least `x`.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.4.4 (odd) and 26.4.5 (even).
 * @param freedom - degrees of freedom, 1 and above
 */
export function chiSquareTail(x: number, freedom: number): number {
  const half = x / 2;
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? 2 * Math.sqrt(half / Math.PI) : 1;
  let sum = 0;
  for (let i = isOdd ? 1.5 : 1; i <= freedom / 2; i += 1) {
    sum += term;
    term *= half / i;
  }
  const rest = Math.exp(-half) * sum;
  return Math.min(1, isOdd ? erfc(Math.sqrt(half)) + rest : rest);
}

/** For x of 0 and above, to 1.2e-7 of itself. Source: Press et al., "Numerical Recipes in C", 1992, section 6.2, erfcc. */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const exponent = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return t * Math.exp(exponent - x * x);
}
const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];
