import type { TokenSource } from '../../kernel/domain/cohort.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { TokenBuilder } from './token-builder.ts';
import { tokensOf, WINDOW_S, WORDS_PER_KEY, wordsOf } from './token-keys.ts';
import { TokenWindow } from './token-window.ts';

/** A clock may be a window late or early. */
const OFFSETS = [0, -1, 1] as const;
/** The next window is ready before anybody may need it, s. */
const AHEAD_S = 60;
const MOST_WINDOWS = 4;

/** Somebody with a live `recognise`, and what their phones send. */
export interface Recognisable {
  readonly pseudonym: Pseudonym;
  readonly sources: readonly TokenSource[];
  /** End of the grant. */
  readonly until: EpochMs;
  /** A credential of the shop's own, for walks and recordings. */
  readonly test: boolean;
}
interface Person {
  readonly pseudonym: Pseudonym;
  readonly until: EpochMs;
}

/**
 * Who a token belongs to, in memory alone, over the windows −1, 0 and +1. Only people with a live `recognise` are in it,
 * so that what it does not know it cannot tell apart: strangers, and members who did not agree. Their keys lie with the
 * builder, which makes the next window while this one serves.
 */
export class TokenTable {
  readonly #builder: TokenBuilder;
  readonly #windows = new Map<number, TokenWindow>();
  /** By slot; a free one is undefined. */
  readonly #people: (Person | undefined)[] = [];
  readonly #slotOf = new Map<Pseudonym, number>();
  readonly #freed: { readonly slot: number; readonly built: number }[] = [];
  /** Of *test* credentials alone: their tokens may be recorded. */
  readonly #testKeys = new Map<number, Uint32Array>();
  /** Of those who came while a window was being made, which does not have them. */
  #latecomers: Uint32Array[] | undefined;
  /** Counts what makes a table under way worthless. */
  #clears = 0;
  #last: Promise<void> = Promise.resolve();
  /** How many windows were ever built: a freed slot is free for good once all that knew it are gone. */
  #built = 0;

  constructor(builder: TokenBuilder) {
    this.#builder = builder;
  }

  get size(): number {
    return this.#slotOf.size;
  }

  /** Memory of the tables that serve, bytes. */
  get bytes(): number {
    return [...this.#windows.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Synchronous: nothing of a stranger's token waits anywhere. @param token - 8 bytes */
  resolve(token: Uint8Array, now: EpochMs): Pseudonym | undefined {
    const [high, low] = [u32(token, 0), u32(token, 4)];
    const window = windowOf(now);
    for (const offset of OFFSETS) {
      const slot = this.#windows.get(window + offset)?.get(high, low) ?? -1;
      const person = slot < 0 ? undefined : this.#people[slot];
      if (person !== undefined) return now < person.until ? person.pseudonym : undefined;
    }
    return undefined;
  }

  /** Takes a person in, or anew. Their tokens of the present windows resolve when this returns. */
  put(person: Recognisable): void {
    const words = this.#take(person);
    for (const [window, table] of this.#windows) this.#fill(table, window, words);
    this.#latecomers?.push(words);
    this.#builder.add(words.slice());
  }

  /** As `put` for many at a time: they resolve once `rebuild` is done. */
  putLater(person: Recognisable): void {
    this.#builder.add(this.#take(person));
  }

  /** From now on the person's tokens are a stranger's. */
  forget(pseudonym: Pseudonym): void {
    const slot = this.#slotOf.get(pseudonym);
    if (slot === undefined) return;
    this.#slotOf.delete(pseudonym);
    this.#people[slot] = undefined;
    this.#testKeys.delete(slot);
    this.#freed.push({ slot, built: this.#built });
    this.#builder.forget(slot);
  }

  /** Nobody resolves; whoever is put in afterwards does at once. */
  clear(): void {
    this.#clears += 1;
    for (const window of this.#windows.keys()) this.#windows.set(window, TokenWindow.for(0));
    this.#people.length = 0;
    this.#slotOf.clear();
    this.#freed.length = 0;
    this.#testKeys.clear();
    this.#latecomers = undefined;
    this.#builder.clear();
  }

  /** Builds the windows that `now` asks for and lets go of those that are over. Call it every few seconds. */
  turn(now: EpochMs): Promise<void> {
    return this.#inTurn(async () => {
      const window = windowOf(now);
      const wanted = [window, window - 1, window + 1];
      if (windowOf(now + AHEAD_S * 1_000) > window) wanted.push(window + 2);
      for (const known of [...this.#windows.keys()]) {
        if (!wanted.includes(known)) this.#windows.delete(known);
      }
      for (const next of wanted) {
        const table = this.#windows.get(next);
        if (table === undefined || table.isCrowded) await this.#build(next);
      }
    });
  }

  /** Builds the present windows anew; the ones before serve meanwhile. */
  rebuild(): Promise<void> {
    return this.#inTurn(async () => {
      for (const window of [...this.#windows.keys()]) await this.#build(window);
    });
  }

  /** Current tokens of *test* credentials, hex: the only radio ids that a recorder may write. */
  testTokens(now: EpochMs): readonly string[] {
    const tokens: string[] = [];
    const take = (high: number, low: number) => {
      tokens.push([high, low].map((half) => half.toString(16).padStart(8, '0')).join(''));
    };
    for (const words of this.#testKeys.values()) {
      for (const offset of OFFSETS) eachToken(words, windowOf(now) + offset, take);
    }
    return tokens.slice(0, 1_000);
  }

  readonly #isTaken = (slot: number) => this.#people[slot] !== undefined;

  /** Gives the person a slot. @returns the words of their keys */
  #take({ pseudonym, sources, until, test }: Recognisable): Uint32Array<ArrayBuffer> {
    this.forget(pseudonym);
    const [oldest] = this.#freed;
    const isFree = oldest !== undefined && this.#built >= oldest.built + MOST_WINDOWS;
    const slot = isFree ? oldest.slot : this.#people.length;
    if (isFree) this.#freed.shift();
    this.#people[slot] = { pseudonym, until };
    this.#slotOf.set(pseudonym, slot);
    const words = Uint32Array.from(wordsOf(slot, sources));
    if (test) this.#testKeys.set(slot, words.slice());
    return words;
  }

  /** One build after the other: latecomers are those of one. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(task);
    return this.#last;
  }

  async #build(window: number): Promise<void> {
    const clears = this.#clears;
    const latecomers: Uint32Array[] = [];
    this.#latecomers = latecomers;
    const table = await this.#builder.build(window);
    if (clears !== this.#clears) return;
    for (const words of latecomers) this.#fill(table, window, words);
    this.#latecomers = undefined;
    this.#windows.set(window, table);
    this.#built += 1;
  }

  #fill(table: TokenWindow, window: number, words: Uint32Array): void {
    eachToken(words, window, (high, low, slot) => {
      if (this.#isTaken(slot)) table.add(high, low, slot, this.#isTaken);
    });
  }
}

function eachToken(words: Uint32Array, window: number, take: Parameters<typeof tokensOf>[3]): void {
  for (let at = 0; at < words.length; at += WORDS_PER_KEY) tokensOf(words, at, window, take);
}

function windowOf(now: EpochMs): number {
  return Math.floor(now / 1_000 / WINDOW_S);
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}
