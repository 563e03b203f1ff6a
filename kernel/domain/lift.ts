import { holmLevels } from './holm.ts';
import { SAMPLE_RATIO_ALARM } from './sample-ratio.ts';

/** Of so many people, so many took an offer. */
export interface Group {
  readonly people: number;
  readonly took: number;
}
/** Those to whom an offer was open, and those held out of it. */
export interface Compared {
  readonly shown: Group;
  readonly heldOut: Group;
}
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Nothing is said of fewer people than this, in an arm or a store. */
export const LEAST_GROUP = 20;

/** Two-sided 95 %. */
const Z = 1.959964;
/** How often a bound that holds whenever somebody looks may be wrong. */
export const ALPHA = 0.05;

const rate = ({ people, took }: Group) => took / people;

/** By how much the share of those who took it is higher among the shown, −1 to 1. Both groups have somebody. */
export const differenceOf = ({ shown, heldOut }: Compared) => rate(shown) - rate(heldOut);

/**
 * 95 % interval of that difference, for one look at a time that was fixed beforehand.
 * Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
 * (1998), method 10: the score intervals of both, put together.
 */
export function intervalOf({ shown, heldOut }: Compared): Interval {
  const [a, b] = [scoreInterval(shown), scoreInterval(heldOut)];
  const [p, q] = [rate(shown), rate(heldOut)];
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  };
}

/** Wilson's. */
function scoreInterval({ people, took }: Group): Interval {
  const middle = took + Z ** 2 / 2;
  const half = Z * Math.sqrt((took * (people - took)) / people + Z ** 2 / 4);
  const all = people + Z ** 2;
  return { low: (middle - half) / all, high: (middle + half) / all };
}

/** The bound is narrowest, beside other choices, at so many people of whom half are held out. */
const BEST_AT = 1_000;
/** Source: as below, on how to choose rho for one time. */
const RHO_SQUARE = (-2 * Math.log(ALPHA) + Math.log(1 - 2 * Math.log(ALPHA))) / BEST_AT;

/**
 * Bounds on the same difference that hold at all times at once: whoever looks every day and stops when they like is wrong
 * in 5 % of experiments at most. Wider than the interval, which is what that costs.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", 2021 (arXiv 2103.06476), theorem 2.2: √(2(tρ² + 1) / (t²ρ²) · ln(√(tρ² + 1) / α)) standard deviations. σ²/t is here
 * the variance of the difference, and t as many people as would tell as much if half of them were held out. The theorem is
 * for many people: with few, two more takers and two more of the others in each group (Agresti and Coull, 1998) keep it.
 * @param alpha - how often it may be wrong; less than 5 % where several are looked at together
 */
export function anytimeBound(compared: Compared, alpha = ALPHA): Interval {
  const spread = spreadOf(compared);
  const factor = (2 * spread) / (spread - 1);
  const half = Math.sqrt(factor * Math.log(Math.sqrt(spread) / alpha)) * deviationOf(compared);
  const difference = differenceOf(compared);
  return { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) };
}

/**
 * The least alpha whose bound leaves 0 out: where nothing makes a difference it is ever below some α, at whatever time, in
 * a share of α of experiments at most. It is 1 over the e-value that the bound is made of: a normal mixture.
 * @returns above 0, at most 1
 */
export function anytimeP(compared: Compared): number {
  const spread = spreadOf(compared);
  const deviations = differenceOf(compared) / deviationOf(compared);
  const exponent = (deviations ** 2 * (spread - 1)) / (2 * spread);
  return Math.min(1, Math.sqrt(spread) * Math.exp(-exponent));
}

/** tρ² + 1. */
function spreadOf({ shown, heldOut }: Compared): number {
  const even = (4 * shown.people * heldOut.people) / (shown.people + heldOut.people);
  return even * RHO_SQUARE + 1;
}

const deviationOf = ({ shown, heldOut }: Compared) =>
  Math.sqrt(varianceOf(shown) + varianceOf(heldOut));

function varianceOf({ people, took }: Group): number {
  const share = (took + 2) / (people + 4);
  return (share * (1 - share)) / people;
}

/** A difference as large as this is worth knowing: the interval is to be no wider to either side. */
const WORTH_KNOWING = 0.05;

/** Roughly how many people it takes, in both groups together, to tell a difference of 5 in 100. */
export function peopleNeeded({ shown, heldOut }: Compared, holdOutShare: number): number {
  const people = shown.people + heldOut.people;
  const share = (shown.took + heldOut.took + 2) / (people + 4);
  const smaller = Math.min(holdOutShare, 1 - holdOutShare);
  const forInterval =
    ((Z / WORTH_KNOWING) ** 2 * share * (1 - share)) / (holdOutShare * (1 - holdOutShare));
  return Math.ceil(Math.max(forInterval, LEAST_GROUP / smaller));
}

export type Verdict =
  /** Of about `needed` people there are `people`. */
  | { readonly kind: 'not-enough-data'; readonly people: number; readonly needed: number }
  /** People went missing on one side: no figure is to be trusted. */
  | { readonly kind: 'sample-ratio-mismatch' }
  | { readonly kind: 'no-difference-seen-yet' }
  | { readonly kind: 'better' }
  | { readonly kind: 'worse' };

/**
 * What may be said, whenever somebody looks.
 * @param holdOutShare - as planned, above 0 and below 1
 * @param sampleRatio - of `sampleRatioP`
 * @param alpha - as of `anytimeBound`
 */
export function verdictOf(
  compared: Compared,
  holdOutShare: number,
  sampleRatio: number | undefined,
  alpha = ALPHA,
): Verdict {
  if (isOffPlan(sampleRatio)) return { kind: 'sample-ratio-mismatch' };
  const { shown, heldOut } = compared;
  const people = shown.people + heldOut.people;
  const needed = peopleNeeded(compared, holdOutShare);
  const tooFew = { kind: 'not-enough-data', people, needed: Math.max(needed, people + 1) } as const;
  if (isFew(compared)) return tooFew;
  const { low, high } = anytimeBound(compared, alpha);
  if (low > 0) return { kind: 'better' };
  if (high < 0) return { kind: 'worse' };
  return people < needed ? tooFew : { kind: 'no-difference-seen-yet' };
}

const isOffPlan = (sampleRatio: number | undefined) =>
  sampleRatio !== undefined && sampleRatio < SAMPLE_RATIO_ALARM;
const isFew = ({ shown, heldOut }: Compared) =>
  Math.min(shown.people, heldOut.people) < LEAST_GROUP;

/** One store of those in which the same offer is compared. */
export interface StoreCompared {
  readonly compared: Compared;
  readonly sampleRatio: number | undefined;
}

/**
 * What alpha to hold each store's verdict and bound to, so that of all that is said of the stores of an offer, on whatever
 * day, anything is wrong in 5 % of offers at most. Fifty stores by themselves would name some by chance on most pages.
 * @param family - in how many stores it is compared, those without anybody yet too; at least as many as are given
 * @returns one for each that is given
 */
export function alphasOf(stores: readonly StoreCompared[], family: number): readonly number[] {
  const ps = stores.map(({ compared, sampleRatio }) =>
    isOffPlan(sampleRatio) || isFew(compared) ? 1 : anytimeP(compared),
  );
  const silent = Array.from({ length: Math.max(0, family - ps.length) }, () => 1);
  return holmLevels([...ps, ...silent], ALPHA).slice(0, ps.length);
}

/** Sums over people, to compare means by. */
export interface Amounts {
  readonly people: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/**
 * How much more the mean of the first is, and its 95 % interval at one look: Welch's, with the normal distribution, since
 * there are 20 people and more in each.
 */
export function meanDifference(a: Amounts, b: Amounts): Interval & { readonly difference: number } {
  const difference = a.sum / a.people - b.sum / b.people;
  const half = Z * Math.sqrt(varianceOfMean(a) + varianceOfMean(b));
  return { difference, low: difference - half, high: difference + half };
}

function varianceOfMean({ people, sum, sumOfSquares }: Amounts): number {
  const squares = Math.max(0, sumOfSquares - sum ** 2 / people);
  return squares / (people - 1) / people;
}
