import type { MonotonicClock } from '../source.ts';

/** So many a second, and as many at once. */
export class Allowance {
  readonly #perSecond: number;
  readonly #clock: MonotonicClock;
  #left: number;
  #countedAtMs: number;

  constructor(perSecond: number, clock: MonotonicClock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#left = perSecond;
    this.#countedAtMs = clock();
  }

  /** @returns whether there was one left */
  take(): boolean {
    const now = this.#clock();
    const earned = ((now - this.#countedAtMs) * this.#perSecond) / 1_000;
    this.#left = Math.min(this.#left + earned, this.#perSecond);
    this.#countedAtMs = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
