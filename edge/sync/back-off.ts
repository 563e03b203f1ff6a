const SHORTEST_MS = 1_000;
const LONGEST_MS = 300_000;

/** How long to wait before the next try: full jitter under a limit that doubles from 1 s to 5 min. */
export class BackOff {
  readonly #random: () => number;
  #limitMs = SHORTEST_MS;

  /** @param random - from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** After a failure. */
  nextMs(): number {
    const limit = this.#limitMs;
    this.#limitMs = Math.min(LONGEST_MS, limit * 2);
    return Math.round(this.#random() * limit);
  }

  /** After a success. */
  reset(): void {
    this.#limitMs = SHORTEST_MS;
  }
}
