import type { ReceiverId } from '../kernel/domain/ids.ts';
import type { MonotonicClock } from './source.ts';

interface Ear {
  listeningSinceMs: number;
  firstHeardAtMs: number | undefined;
  heardAtMs: number | undefined;
  /** Longest pause between two adverts so far, ms. */
  longestPauseMs: number;
  wasDeaf: boolean;
}

/** So much must a receiver have heard before its own habit counts. */
const HABIT_MS = 3_600_000;
/** Silence so many times as long as ever before, or as the usual limit, is none of the shop's. */
const UNHEARD_OF = 4;
/** Another receiver that heard something so lately hears. */
const LATELY_MS = 60_000;

/**
 * Tells a receiver that has gone deaf from a shop that is empty. Of all adverts together it knows per receiver when the
 * last one came and the longest pause, and nothing of any device.
 */
export class Silence {
  readonly #clock: MonotonicClock;
  readonly #silentAfterMs: number;
  readonly #ears = new Map<ReceiverId, Ear>();

  constructor(silentAfterMs: number, clock: MonotonicClock) {
    this.#silentAfterMs = silentAfterMs;
    this.#clock = clock;
  }

  /** The receiver works, as far as its source can tell; to be called again and again. */
  listening(receiverId: ReceiverId): void {
    if (this.#ears.has(receiverId)) return;
    this.#ears.set(receiverId, {
      listeningSinceMs: this.#clock(),
      firstHeardAtMs: undefined,
      heardAtMs: undefined,
      longestPauseMs: 0,
      wasDeaf: false,
    });
  }

  /** It does not work: that it hears nothing is no wonder. */
  gone(receiverId: ReceiverId): void {
    this.#ears.delete(receiverId);
  }

  /** It heard an advert, whosever. */
  heard(receiverId: ReceiverId): void {
    const ear = this.#ears.get(receiverId);
    if (ear === undefined) return;
    const now = this.#clock();
    const pauseMs = now - (ear.heardAtMs ?? now);
    if (pauseMs > ear.longestPauseMs && !ear.wasDeaf) ear.longestPauseMs = pauseMs;
    ear.wasDeaf = false;
    ear.firstHeardAtMs ??= now;
    ear.heardAtMs = now;
  }

  /** Why its silence is no quiet shop; undefined where it may be one. */
  of(receiverId: ReceiverId): string | undefined {
    const ear = this.#ears.get(receiverId);
    if (ear === undefined) return undefined;
    const now = this.#clock();
    const silentMs = now - (ear.heardAtMs ?? ear.listeningSinceMs);
    if (silentMs < this.#silentAfterMs) return undefined;
    for (const [other, { heardAtMs }] of this.#ears) {
      if (other === receiverId || heardAtMs === undefined || now - heardAtMs > LATELY_MS) continue;
      ear.wasDeaf = true;
      return `hears nothing at all, while ${other} does: look at its antenna and its place`;
    }
    const habitMs = (ear.heardAtMs ?? 0) - (ear.firstHeardAtMs ?? 0);
    const limitMs = UNHEARD_OF * Math.max(this.#silentAfterMs, ear.longestPauseMs);
    if (habitMs < HABIT_MS || silentMs < limitMs) return undefined;
    return 'hears nothing at all where it used to hear: look at its antenna, or the shop is empty';
  }
}
