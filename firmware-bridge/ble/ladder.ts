import type { MonotonicClock } from '../source.ts';

/** What is done about a radio that is in trouble, the mildest first. */
export const STEPS = ['restart-scan', 'power-cycle', 'restart-service'] as const;
export type Step = (typeof STEPS)[number];

export interface LadderOptions {
  readonly steps: readonly [Step, ...Step[]];
  /** How long a trouble may last before the first step, ms. */
  readonly firstAfterMs: number;
  /** How long a step has to show that it helped, ms; doubled each time the top was reached in vain. */
  readonly patienceMs: number;
  readonly clock: MonotonicClock;
}

/** Between two steps at most. */
const LONGEST_PAUSE_MS = 600_000;

/** Says which step is due while a trouble lasts: up to the top, then from the bottom again, ever more slowly. */
export class Ladder {
  readonly #options: LadderOptions;
  #next = 0;
  #rounds = 0;
  #dueAtMs: number | undefined;

  constructor(options: LadderOptions) {
    this.#options = options;
  }

  /**
   * The trouble lasts.
   * @returns the step to take now, and whether it is the first time in this trouble; undefined: wait for the last one
   */
  climb(): { readonly step: Step; readonly isFirst: boolean } | undefined {
    const { steps, firstAfterMs, patienceMs, clock } = this.#options;
    const now = clock();
    this.#dueAtMs ??= now + firstAfterMs;
    if (now < this.#dueAtMs) return undefined;
    const step = steps[this.#next] ?? steps[0];
    const isFirst = this.#rounds === 0;
    this.#next += 1;
    if (this.#next >= steps.length) {
      this.#next = 0;
      this.#rounds += 1;
    }
    this.#dueAtMs = now + Math.min(patienceMs * 2 ** this.#rounds, LONGEST_PAUSE_MS);
    return { step, isFirst };
  }

  /** All is well: the next trouble begins at the bottom. @returns whether there was any step to be glad of */
  mended(): boolean {
    const hadSteps = this.#next > 0 || this.#rounds > 0;
    this.#next = this.#rounds = 0;
    this.#dueAtMs = undefined;
    return hadSteps;
  }
}
