import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** How often an offer was really seen in this store, and how often somebody then took it. */
export interface Outcomes {
  readonly exposed: number;
  readonly accepted: number;
}

/**
 * Chances that somebody takes an offer, each a draw from what is known of it: Beta(1 + accepted, 1 + not accepted). What
 * was seldom shown is drawn widely, so that it is tried; what was often refused no more (Thompson sampling).
 * The same seed gives the same draws in the same order.
 */
export class Chances {
  readonly #random: RandomGenerator;

  /** @param seed - a decision's id: the digits of a UUIDv7, or anything else */
  constructor(seed: string) {
    this.#random = xoroshiro128plus(hashOf(seed));
  }

  /** @returns above 0, below 1 */
  of({ exposed, accepted }: Outcomes): number {
    const taken = this.#gamma(1 + accepted);
    const left = this.#gamma(1 + Math.max(0, exposed - accepted));
    return taken / (taken + left);
  }

  /** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; for a shape of 1 and above. */
  #gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.#normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = this.#uniform();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** Box and Muller, one of the pair. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(this.#uniform())) * Math.cos(2 * Math.PI * this.#uniform());
  }

  /** Above 0, so that its logarithm is finite. */
  #uniform(): number {
    return 1 - uniformFloat64(this.#random);
  }
}

export interface ChanceRange {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}
const DRAWS = 400;

/** Between what bounds the chance lies in nine cases of ten, by the same distribution; the same for the same outcomes. */
export function rangeOf(outcomes: Outcomes): ChanceRange {
  const { exposed, accepted } = outcomes;
  const chances = new Chances(`${String(exposed)}/${String(accepted)}`);
  const drawn = Array.from({ length: DRAWS }, () => chances.of(outcomes)).sort((a, b) => a - b);
  const [low = 0, high = 1] = [drawn[DRAWS * 0.05], drawn[DRAWS * 0.95]];
  const mean = (1 + accepted) / (2 + Math.max(exposed, accepted));
  return { low, mean, high };
}

/** One draw, 0 to below 1: the same for the same seed. */
export function drawOf(seed: string): number {
  return uniformFloat64(xoroshiro128plus(hashOf(seed)));
}

/** FNV-1a, 32 bits: only to spread seeds. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}
