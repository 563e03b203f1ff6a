import { encryptHalfBlock } from '../../kernel/credentials/aes128.ts';
import { PHONE_ROTATION_EXPONENT, windowStart } from '../../kernel/credentials/token.ts';
import type { TokenSource } from '../../kernel/domain/cohort.ts';
import { fromHex } from '../../kernel/hex.ts';
import { TokenWindow } from './token-window.ts';

/** Seconds of a window: phones change their token at its ends. */
export const WINDOW_S = 2 ** PHONE_ROTATION_EXPONENT;

/** Temporary keys of a source as they travel between threads: one every `WORDS_PER_KEY` words. */
export const WORDS_PER_KEY = 7;
const [SLOT, OFFSET, PERIOD, KEY] = [0, 1, 2, 3];

/** @returns `WORDS_PER_KEY` words a key: slot, clock offset (s, two's complement), period, the key big-endian */
export function wordsOf(slot: number, sources: readonly TokenSource[]): number[] {
  return sources.flatMap(({ clockOffsetS, temporaryKeys }) =>
    temporaryKeys.flatMap(({ period, key }) => {
      const bytes = fromHex(key) ?? new Uint8Array(16);
      const view = new DataView(bytes.buffer);
      return [slot, clockOffsetS, period, ...[0, 4, 8, 12].map((at) => view.getUint32(at))];
    }),
  );
}

/** What is done with each token of a source: its two halves, big-endian. */
export type TakeToken = (high: number, low: number, slot: number) => void;

const half = new Uint32Array(2);

/** The tokens that a temporary key makes in `window`. */
export function tokensOf(words: Uint32Array, at: number, window: number, take: TakeToken): void {
  for (const time of timesOf(words, at, window)) {
    const begins = windowStart(PHONE_ROTATION_EXPONENT, time);
    encryptHalfBlock(words, at + KEY, [0, 0, PHONE_ROTATION_EXPONENT, begins], half);
    take(half[0] ?? 0, half[1] ?? 0, words[at + SLOT] ?? 0);
  }
}

const NEVER: readonly number[] = [];

/** When in `window` the key's token changes, by its source's clock: once, or twice where that does not turn when ours does. */
function timesOf(words: Uint32Array, at: number, window: number): readonly number[] {
  const first = window * WINDOW_S + ((words[at + OFFSET] ?? 0) | 0);
  const period = words[at + PERIOD] ?? 0;
  const isServed = (time: number) => time >= 0 && time <= 0xffff_ffff && time >>> 16 === period;
  if (first % WINDOW_S === 0) return isServed(first) ? [first] : NEVER;
  return [first, first + WINDOW_S].filter(isServed);
}

/**
 * Everybody's temporary keys, in one array: tables of any window are built from them. Keys of periods that are over, and
 * of people who are forgotten, are overwritten with the next build.
 */
export class TokenKeys {
  #words = new Uint32Array(WORDS_PER_KEY * 64);
  /** Words in use. */
  #used = 0;
  readonly #forgotten = new Set<number>();

  /** @param words - as `wordsOf` makes them */
  add(words: ArrayLike<number>): void {
    if (this.#used + words.length > this.#words.length) {
      const larger = new Uint32Array(
        Math.max(this.#words.length * 1.5, this.#used + words.length) | 0,
      );
      larger.set(this.#words);
      this.#words.fill(0);
      this.#words = larger;
    }
    this.#words.set(words, this.#used);
    this.#used += words.length;
  }

  forget(slots: Iterable<number>): void {
    for (const slot of slots) this.#forgotten.add(slot);
  }

  clear(): void {
    this.#words.fill(0);
    this.#used = 0;
    this.#forgotten.clear();
  }

  /** @param window - Unix seconds divided by `WINDOW_S` */
  build(window: number): TokenWindow {
    this.#compact(window);
    const words = this.#words;
    let expected = 0;
    for (let at = 0; at < this.#used; at += WORDS_PER_KEY)
      expected += timesOf(words, at, window).length;
    const table = TokenWindow.for(expected);
    const take: TakeToken = (high, low, slot) => {
      table.add(high, low, slot, isTaken);
    };
    for (let at = 0; at < this.#used; at += WORDS_PER_KEY) tokensOf(words, at, window, take);
    return table;
  }

  /** Keeps what may serve in `window` −2 and later. */
  #compact(window: number): void {
    const oldest = (window - 3) * WINDOW_S;
    let to = 0;
    for (let at = 0; at < this.#used; at += WORDS_PER_KEY) {
      const offset = (this.#words[at + OFFSET] ?? 0) | 0;
      const isOver = ((this.#words[at + PERIOD] ?? 0) + 1) * 65_536 <= oldest + offset;
      if (isOver || this.#forgotten.has(this.#words[at + SLOT] ?? 0)) continue;
      if (to !== at) this.#words.copyWithin(to, at, at + WORDS_PER_KEY);
      to += WORDS_PER_KEY;
    }
    this.#words.fill(0, to, this.#used);
    this.#used = to;
    this.#forgotten.clear();
  }
}

const isTaken = () => true;
