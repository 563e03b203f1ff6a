import { encryptHalfBlock } from '../../kernel/credentials/aes128.ts';
import { PHONE_ROTATION_EXPONENT, windowStart } from '../../kernel/credentials/token.ts';
import type { TokenSource } from '../../kernel/domain/cohort.ts';
import { TokenWindow } from './token-window.ts';

/** Seconds of a window: phones change their token at its ends. */
export const WINDOW_S = 2 ** PHONE_ROTATION_EXPONENT;

/** `TokenKeys` drops no key before three windows after its own: time set back by two finds each that it needs. */
export const MOST_SET_BACK_MS = 2 * WINDOW_S * 1_000;

/** Temporary keys of a source as they travel between threads: one every `WORDS_PER_KEY` words. */
export const WORDS_PER_KEY = 7;
const [SLOT, OFFSET, PERIOD, KEY] = [0, 1, 2, 3];

/** A person has so many phones and beacons at most (kernel/domain/cohort.ts). */
const MOST_SOURCES = 4;

/** What tables hold of a token: whose it is, and of which of their phones and beacons. */
export const ownerOf = (slot: number, source: number) => slot * MOST_SOURCES + source;
export const slotOfOwner = (owner: number) => Math.floor(owner / MOST_SOURCES);
export const sourceOfOwner = (owner: number) => owner % MOST_SOURCES;

/** @returns `WORDS_PER_KEY` words a key: slot, clock offset (s, two's complement), source and period, the key big-endian */
export function wordsOf(slot: number, sources: readonly TokenSource[]): Uint32Array<ArrayBuffer> {
  const count = sources.reduce((sum, { temporaryKeys }) => sum + temporaryKeys.length, 0);
  const words = new Uint32Array(count * WORDS_PER_KEY);
  let at = 0;
  for (const [source, { clockOffsetS, temporaryKeys }] of sources.entries()) {
    for (const { period, key } of temporaryKeys) {
      words[at + SLOT] = slot;
      words[at + OFFSET] = clockOffsetS;
      words[at + PERIOD] = (source << 16) | period;
      for (let word = 0; word < 4; word += 1)
        words[at + KEY + word] = Number.parseInt(key.slice(word * 8, word * 8 + 8), 16);
      at += WORDS_PER_KEY;
    }
  }
  return words;
}

/** What is done with each token of a source: its two halves, big-endian. */
export type TakeToken = (high: number, low: number, owner: number) => void;

const half = new Uint32Array(2);

/** The tokens that a temporary key makes in `window`. */
export function tokensOf(words: Uint32Array, at: number, window: number, take: TakeToken): void {
  for (const time of timesOf(words, at, window)) {
    const begins = windowStart(PHONE_ROTATION_EXPONENT, time);
    encryptHalfBlock(words, at + KEY, [0, 0, PHONE_ROTATION_EXPONENT, begins], half);
    const owner = ownerOf(words[at + SLOT] ?? 0, (words[at + PERIOD] ?? 0) >>> 16);
    take(half[0] ?? 0, half[1] ?? 0, owner);
  }
}

const NEVER: readonly number[] = [];

/** When in `window` the key's token changes, by its source's clock: once, or twice where that does not turn when ours does. */
function timesOf(words: Uint32Array, at: number, window: number): readonly number[] {
  const first = window * WINDOW_S + ((words[at + OFFSET] ?? 0) | 0);
  const period = periodAt(words, at);
  const isServed = (time: number) => time >= 0 && time <= 0xffff_ffff && time >>> 16 === period;
  if (first % WINDOW_S === 0) return isServed(first) ? [first] : NEVER;
  return [first, first + WINDOW_S].filter(isServed);
}

const periodAt = (words: Uint32Array, at: number) => (words[at + PERIOD] ?? 0) & 0xffff;

/** Keys of a piece of the whole: pieces come and go, and nothing is ever copied because all of them became more. */
const KEYS_PER_PIECE = 16_384;
const WORDS_PER_PIECE = KEYS_PER_PIECE * WORDS_PER_KEY;

/**
 * Everybody's temporary keys: tables of any window are built from them. Keys of periods that are over, and of people who
 * are forgotten, are overwritten with the next build.
 */
export class TokenKeys {
  readonly #pieces: Uint32Array[] = [];
  #count = 0;
  readonly #newPiece: (words: number) => Uint32Array;
  readonly #forgotten = new Set<number>();

  /** @param newPiece - where the keys are to lie */
  constructor(newPiece = (words: number): Uint32Array => new Uint32Array(words)) {
    this.#newPiece = newPiece;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** @param words - as `wordsOf` makes them */
  add(words: Uint32Array): void {
    for (let from = 0; from < words.length;) {
      const at = (this.#count % KEYS_PER_PIECE) * WORDS_PER_KEY;
      if (at === 0) this.#pieces.push(this.#newPiece(WORDS_PER_PIECE));
      const taken = words.subarray(from, from + WORDS_PER_PIECE - at);
      this.#pieces.at(-1)?.set(taken, at);
      this.#count += taken.length / WORDS_PER_KEY;
      from += taken.length;
    }
  }

  forget(slots: Iterable<number>): void {
    for (const slot of slots) this.#forgotten.add(slot);
  }

  clear(): void {
    for (const piece of this.#pieces) piece.fill(0);
    this.#pieces.length = 0;
    this.#count = 0;
    this.#forgotten.clear();
  }

  /** @param window - Unix seconds divided by `WINDOW_S` */
  build(window: number): TokenWindow {
    this.#compact(window);
    let expected = 0;
    this.#each((words, at) => (expected += timesOf(words, at, window).length));
    const table = TokenWindow.for(expected);
    const take: TakeToken = (high, low, owner) => {
      table.add(high, low, owner, isOfAnother);
    };
    this.#each((words, at) => {
      tokensOf(words, at, window, take);
    });
    return table;
  }

  #each(visit: (words: Uint32Array, at: number) => void): void {
    this.#pieces.forEach((words, index) => {
      const end = Math.min(KEYS_PER_PIECE, this.#count - index * KEYS_PER_PIECE) * WORDS_PER_KEY;
      for (let at = 0; at < end; at += WORDS_PER_KEY) visit(words, at);
    });
  }

  /** Keeps what may serve in `window` −2 and later; what was the place of anything else is zero. */
  #compact(window: number): void {
    const oldest = (window - 3) * WINDOW_S;
    let kept = 0;
    this.#each((words, at) => {
      const offset = (words[at + OFFSET] ?? 0) | 0;
      const isOver = (periodAt(words, at) + 1) * 65_536 <= oldest + offset;
      if (isOver || this.#forgotten.has(words[at + SLOT] ?? 0)) return;
      const to = this.#pieces[Math.floor(kept / KEYS_PER_PIECE)];
      to?.set(words.subarray(at, at + WORDS_PER_KEY), (kept % KEYS_PER_PIECE) * WORDS_PER_KEY);
      kept += 1;
    });
    this.#count = kept;
    this.#pieces.forEach((piece, index) => {
      piece.fill(0, Math.max(0, kept - index * KEYS_PER_PIECE) * WORDS_PER_KEY);
    });
    this.#pieces.length = Math.ceil(kept / KEYS_PER_PIECE);
    this.#forgotten.clear();
  }
}

const isOfAnother = (there: number, owner: number) => slotOfOwner(there) !== slotOfOwner(owner);
