import {
  MAX_SIGHTINGS_PER_BATCH,
  encodeSightingBatch,
} from '../../kernel/protocol/sighting-batch.ts';
import type { HeardToken, MonotonicClock } from '../source.ts';

export interface SightingQueueOptions {
  readonly clock: MonotonicClock;
  /** Sends a batch and settles once it is answered or lost; undefined where there is nobody to send to. */
  readonly send: (batch: Uint8Array) => Promise<unknown> | undefined;
}

/**
 * A batch leaves this long after its first sighting. The wire allows 20 ms; at a quarter of it a person is on screen sooner,
 * and batches still grow by themselves while the edge is behind.
 */
const BATCH_MS = 5;
const MOST_IN_FLIGHT = 4;
/** What may wait while the edge is behind; beyond that the oldest go, since the newest are worth more. */
const MOST_WAITING = 2 * MAX_SIGHTINGS_PER_BATCH;

/** Sightings on their way to the edge. In memory only: what cannot be sent soon is worth nothing. */
export class SightingQueue {
  readonly #options: SightingQueueOptions;
  #waiting: HeardToken[] = [];
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(options: SightingQueueOptions) {
    this.#options = options;
  }

  /** Sightings that never left, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  add(sighting: HeardToken): void {
    this.#waiting.push(sighting);
    if (this.#waiting.length >= MAX_SIGHTINGS_PER_BATCH) this.#flush();
    else this.#timer ??= setTimeout(this.#flush, BATCH_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  readonly #flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0 && this.#inFlight < MOST_IN_FLIGHT) {
      const now = this.#options.clock();
      const sightings = this.#waiting
        .splice(0, MAX_SIGHTINGS_PER_BATCH)
        .map(({ receiverId, carrier, token, rssiDbm, heardAtMs }) => ({
          receiverId,
          carrier,
          token,
          rssiDbm,
          ageMs: now - heardAtMs,
        }));
      const answered = this.#options.send(encodeSightingBatch(sightings));
      if (answered === undefined) {
        this.#dropped += sightings.length;
        continue;
      }
      this.#inFlight += 1;
      const settle = () => {
        this.#inFlight -= 1;
        if (this.#timer === undefined) this.#flush();
      };
      answered.then(settle, () => {
        this.#dropped += sightings.length;
        settle();
      });
    }
    if (this.#waiting.length <= MOST_WAITING) return;
    const tooMany = this.#waiting.length - MOST_WAITING;
    this.#waiting.splice(0, tooMany);
    this.#dropped += tooMany;
  };
}
