import type { TokenSource } from '../../kernel/domain/cohort.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import { nextTurn } from '../next-turn.ts';
import { PersonSlots } from './person-slots.ts';
import type { CohortPage, RowKey, TokenBuilder } from './token-builder.ts';
import {
  slotOfOwner,
  sourceOfOwner,
  tokensOf,
  WINDOW_S,
  WORDS_PER_KEY,
  wordsOf,
} from './token-keys.ts';
import { TokenWindow } from './token-window.ts';

/** A clock may be a window late or early. */
const OFFSETS = [0, -1, 1] as const;
/** The next window is ready before anybody may need it, s. */
const AHEAD_S = 60;
const MOST_WINDOWS = 4;
/** Rows that the builder opens at once: whoever comes or goes meanwhile waits for that in its thread. */
const PAGE_ROWS = 250;
/** People whose tokens are added to a new table before the loop gets its turn. */
const FILL_AT_ONCE = 500;

/** Somebody with a live `recognise`, and what their phones send. */
export interface Recognisable {
  readonly pseudonym: Pseudonym;
  readonly sources: readonly TokenSource[];
  /** End of the grant. */
  readonly until: EpochMs;
  /** A credential of the shop's own, for walks and recordings. */
  readonly test: boolean;
}
/** Whose token it is, and which. */
export interface Resolved {
  readonly pseudonym: Pseudonym;
  /** Which of the person's phones or beacons it is of. */
  readonly source: number;
  /** Number of its window: Unix seconds / 512. */
  readonly window: number;
}
interface Freed {
  readonly slot: number;
  /** How many windows had been built by then. */
  readonly built: number;
}

/**
 * Who a token belongs to, in memory alone, over the windows −1, 0 and +1. Only people with a live `recognise` are in it,
 * so that what it does not know it cannot tell apart: strangers, and members who did not agree. Their keys lie with the
 * builder, which makes the next window while this one serves.
 */
export class TokenTable {
  readonly #builder: TokenBuilder;
  readonly #windows = new Map<number, TokenWindow>();
  readonly #people = new PersonSlots();
  /** Slots from here on were never anybody's. */
  #nextSlot = 0;
  #freed: Freed[] = [];
  #reused = 0;
  /** Of *test* credentials alone: their tokens may be recorded. */
  readonly #testKeys = new Map<number, Uint32Array>();
  /** Of those who came while a window was being made, which does not have them. */
  #latecomers: Uint32Array[] | undefined;
  /** Who went while rows are being loaded: an older row that comes later does not bring them back. */
  #goneWhileLoading: Set<Pseudonym> | undefined;
  #rebuilding: Promise<void> | undefined;
  /** Counts what makes a table under way worthless. */
  #clears = 0;
  #last: Promise<void> = Promise.resolve();
  /** How many windows were ever built: a freed slot is free for good once all that knew it are gone. */
  #built = 0;

  constructor(builder: TokenBuilder) {
    this.#builder = builder;
  }

  get size(): number {
    return this.#people.size;
  }

  /** Memory of the tables that serve, bytes. */
  get bytes(): number {
    return [...this.#windows.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whose token it is. @param token - 8 bytes */
  resolve(token: Uint8Array, now: EpochMs): Pseudonym | undefined {
    return this.trace(token, now)?.pseudonym;
  }

  /**
   * Synchronous: nothing of a stranger's token waits anywhere.
   * @param token - 8 bytes
   * @param at - when it was heard
   * @param liveAt - when the person's grant must not be over; later than `at` where the clock cannot be trusted
   */
  trace(token: Uint8Array, at: EpochMs, liveAt = at): Resolved | undefined {
    const [high, low] = [u32(token, 0), u32(token, 4)];
    const now = windowOf(at);
    for (const offset of OFFSETS) {
      const window = now + offset;
      const owner = this.#windows.get(window)?.get(high, low) ?? -1;
      if (owner < 0) continue;
      const slot = slotOfOwner(owner);
      const until = this.#people.untilAt(slot);
      if (until === 0) continue;
      if (liveAt >= until) return undefined;
      return { pseudonym: this.#people.pseudonymAt(slot), source: sourceOfOwner(owner), window };
    }
    return undefined;
  }

  /**
   * Takes a person in, or anew. Their tokens of the present windows resolve when this returns; where a great many came at
   * once, as soon as larger tables are built.
   */
  put(person: Recognisable): void {
    const words = this.#take(person);
    let isAnyFull = false;
    for (const [window, table] of this.#windows) {
      if (table.isFull) isAnyFull = true;
      else this.#fill(table, window, words);
    }
    this.#latecomers?.push(words);
    this.#builder.add(words.slice());
    if (isAnyFull) this.#rebuildSoon();
  }

  /** As `put` for many at a time: they resolve once `rebuild` is done. */
  putLater(person: Recognisable): void {
    this.#builder.add(this.#take(person));
  }

  /**
   * Takes in everybody on disk whose row opens with this key: the builder reads and opens the rows, and their keys never
   * leave it. They resolve when this is done. Ends early where the table is cleared meanwhile.
   * @returns pseudonyms whose row does not open
   * @throws {SogliaError} as `TokenBuilder.load` and `.build`
   */
  async load(key: RowKey): Promise<readonly Pseudonym[]> {
    const gone = new Set<Pseudonym>();
    this.#goneWhileLoading = gone;
    const damaged: Pseudonym[] = [];
    try {
      for (let after: number | undefined = 0; after !== undefined;) {
        const firstSlot = this.#nextSlot;
        this.#nextSlot += PAGE_ROWS;
        const page = await this.#builder.load({ key, after, limit: PAGE_ROWS, firstSlot });
        if (this.#goneWhileLoading !== gone) return damaged;
        this.#takePage(page, firstSlot, gone);
        damaged.push(...page.damaged);
        after = page.last;
      }
    } finally {
      if (this.#goneWhileLoading === gone) this.#goneWhileLoading = undefined;
    }
    await this.rebuild();
    return damaged;
  }

  /** From now on the person's tokens are a stranger's. */
  forget(pseudonym: Pseudonym): void {
    this.#goneWhileLoading?.add(pseudonym);
    const slot = this.#people.slotOf(pseudonym);
    if (slot < 0) return;
    this.#people.remove(slot);
    this.#testKeys.delete(slot);
    this.#freed.push({ slot, built: this.#built });
    this.#builder.forget([slot]);
  }

  /** Nobody resolves; whoever is put in afterwards does at once. */
  clear(): void {
    this.#clears += 1;
    for (const window of this.#windows.keys()) this.#windows.set(window, TokenWindow.for(0));
    this.#people.clear();
    this.#nextSlot = 0;
    this.#freed = [];
    this.#reused = 0;
    for (const words of this.#testKeys.values()) words.fill(0);
    this.#testKeys.clear();
    this.#latecomers = undefined;
    this.#goneWhileLoading = undefined;
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

  readonly #isTaken = (slot: number) => this.#people.untilAt(slot) !== 0;
  readonly #isOfAnother = (there: number, owner: number) =>
    slotOfOwner(there) !== slotOfOwner(owner) && this.#isTaken(slotOfOwner(there));

  /** Gives the person a slot. @returns the words of their keys */
  #take({ pseudonym, sources, until, test }: Recognisable): Uint32Array<ArrayBuffer> {
    this.forget(pseudonym);
    const slot = this.#freeSlot() ?? this.#nextSlot++;
    this.#people.put(slot, pseudonym, until);
    const words = wordsOf(slot, sources);
    if (test) this.#testKeys.set(slot, words.slice());
    return words;
  }

  #takePage(page: CohortPage, firstSlot: number, gone: ReadonlySet<Pseudonym>): void {
    const count = page.untils.length;
    const stale: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const slot = firstSlot + i;
      const until = page.untils[i] ?? 0;
      const isNewer = this.#people.slotOfWords(page.pseudonyms, i * 4) >= 0;
      if (!isNewer) this.#people.putWords(slot, page.pseudonyms, i * 4, until);
      const isGone = !isNewer && gone.size > 0 && gone.has(this.#people.pseudonymAt(slot));
      if (isGone) this.#people.remove(slot);
      if (isNewer || isGone) stale.push(slot);
    }
    for (const { slot, words } of page.tests)
      if (this.#isTaken(slot)) this.#testKeys.set(slot, words.slice());
    this.#builder.forget(stale);
    this.#freed.push(...stale.map((slot) => ({ slot, built: this.#built })));
    // What the page did not need: nobody ever had it.
    if (this.#nextSlot === firstSlot + PAGE_ROWS) this.#nextSlot = firstSlot + count;
  }

  /** One that no table, and no table under way, knows any more. */
  #freeSlot(): number | undefined {
    const oldest = this.#freed[this.#reused];
    if (oldest === undefined || this.#built < oldest.built + MOST_WINDOWS) return undefined;
    this.#reused += 1;
    if (this.#reused > 1_000 && this.#reused * 2 > this.#freed.length) {
      this.#freed = this.#freed.slice(this.#reused);
      this.#reused = 0;
    }
    return oldest.slot;
  }

  #rebuildSoon(): void {
    this.#rebuilding ??= this.rebuild()
      .catch(() => undefined) // the next turn tries again, and reports
      .finally(() => (this.#rebuilding = undefined));
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
    for (let filled = 0; clears === this.#clears;) {
      for (const words of latecomers.slice(filled, filled + FILL_AT_ONCE))
        this.#fill(table, window, words);
      filled = Math.min(filled + FILL_AT_ONCE, latecomers.length);
      if (filled === latecomers.length) break;
      await nextTurn();
    }
    if (clears !== this.#clears) return;
    this.#latecomers = undefined;
    this.#windows.set(window, table);
    this.#built += 1;
  }

  #fill(table: TokenWindow, window: number, words: Uint32Array): void {
    eachToken(words, window, (high, low, owner) => {
      if (this.#isTaken(slotOfOwner(owner))) table.add(high, low, owner, this.#isOfAnother);
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
