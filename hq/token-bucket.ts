import type { EpochMs } from '../kernel/domain/ids.ts';

export interface BucketSize {
  /** Refilled per second, and the most that can be saved up. */
  readonly perSecond: number;
  readonly burst: number;
}

/** Admits requests per name; whoever asks too often waits, and nobody else with them (threat-13). */
export class TokenBuckets {
  readonly #size: BucketSize;
  readonly #held = new Map<string, { tokens: number; at: EpochMs }>();
  constructor(size: BucketSize) {
    this.#size = size;
  }

  /** False: not now. */
  take(name: string, now: EpochMs): boolean {
    const { perSecond, burst } = this.#size;
    const before = this.#held.get(name) ?? { tokens: burst, at: now };
    const sinceS = Math.max(0, now - before.at) / 1_000;
    const tokens = Math.min(burst, before.tokens + sinceS * perSecond);
    const isAdmitted = tokens >= 1;
    this.#held.set(name, { tokens: isAdmitted ? tokens - 1 : tokens, at: now });
    return isAdmitted;
  }
}
