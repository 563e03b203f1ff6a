import type { EpochMs } from '../kernel/domain/ids.ts';
import type { Clock } from './clock.ts';

/**
 * The wall clock, but never before what HQ's clock was last heard to say plus what has passed since: a clock set back
 * revives neither a lease nor an offer.
 */
export class TrustedClock implements Clock {
  readonly #wall: Clock;
  readonly #steadyMs: () => number;
  #heard: { readonly time: EpochMs; readonly at: number } | undefined;

  /** @param steadyMs - a clock that nobody sets, ms */
  constructor(wall: Clock, steadyMs: () => number) {
    this.#wall = wall;
    this.#steadyMs = steadyMs;
  }

  now(): EpochMs {
    const wall = this.#wall.now();
    if (this.#heard === undefined) return wall;
    return Math.max(wall, Math.floor(this.#heard.time + this.#steadyMs() - this.#heard.at));
  }

  heard(time: EpochMs): void {
    if (this.#heard === undefined || time > this.#heard.time)
      this.#heard = { time, at: this.#steadyMs() };
  }
}
