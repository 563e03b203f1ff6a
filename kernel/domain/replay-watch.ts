import type { EpochMs, Pseudonym } from './ids.ts';

/** A token that resolved. */
export interface HeardToken {
  readonly pseudonym: Pseudonym;
  /** Which of the person's phones or beacons it is of. */
  readonly source: number;
  /** Number of the window that it belongs to; a later one has a higher number. */
  readonly window: number;
  /** When it was heard, which is not when its batch came. */
  readonly at: EpochMs;
}

/** A phone's two advertising sets may overlap while it turns its token, and its clock may be set right by some seconds. */
export const OVERLAP_MS = 60_000;
/** Receivers that hear one advert are one hearing. */
export const APART_MS = 1_000;
const TIMES = 3;
/** A window and the one before it resolve, and no older one: after two windows the older cannot be heard. */
const KEPT_MS = 2 * 512_000;
const MOST_WATCHED = 20_000;

interface Watched {
  readonly window: number;
  /** When the newest window was first heard. */
  since: EpochMs;
  older: number;
  olderAt: EpochMs;
}

/**
 * Tells a token that was recorded and is sent again while its phone is here too (alarm-1): of one source, the older window's
 * heard three times after the newer one's. Knows of enrolled people alone, and of each for as long as two tokens of
 * theirs may be heard; bounded, the longest unheard goes first.
 */
export class ReplayWatch {
  /** By person, their sources. */
  readonly #people = new Map<Pseudonym, Map<number, Watched>>();

  /** How many people are watched over. */
  get size(): number {
    return this.#people.size;
  }

  /** True at the third hearing that gives a replay away; once for each window that is newest. */
  hear({ pseudonym, source, window, at }: HeardToken): boolean {
    const known = this.#people.get(pseudonym)?.get(source);
    if (known === undefined || window > known.window || at - known.since > KEPT_MS) {
      this.#watch(pseudonym, source, { window, since: at, older: 0, olderAt: -Infinity });
      return false;
    }
    if (window === known.window) {
      known.since = Math.min(known.since, at);
      return false;
    }
    if (at < known.since + OVERLAP_MS) return false; // heard before, and its batch came late; or a phone that turns
    if (Math.abs(at - known.olderAt) < APART_MS) return false;
    known.older += 1;
    known.olderAt = at;
    return known.older === TIMES;
  }

  /** Withdrawn or erased. */
  forget(pseudonym: Pseudonym): void {
    this.#people.delete(pseudonym);
  }

  /** Nobody is known any more, or time was set. */
  clear(): void {
    this.#people.clear();
  }

  /** Lets go of those whose older token cannot be heard any more. Call it now and then. */
  sweep(now: EpochMs): void {
    for (const [pseudonym, sources] of this.#people) {
      for (const [source, { since }] of sources) if (now - since > KEPT_MS) sources.delete(source);
      if (sources.size === 0) this.#people.delete(pseudonym);
    }
  }

  #watch(pseudonym: Pseudonym, source: number, watched: Watched): void {
    const sources = this.#people.get(pseudonym) ?? new Map<number, Watched>();
    this.#people.delete(pseudonym); // and in again, at the end
    this.#people.set(pseudonym, sources.set(source, watched));
    if (this.#people.size <= MOST_WATCHED) return;
    for (const oldest of this.#people.keys()) {
      this.#people.delete(oldest);
      return;
    }
  }
}
