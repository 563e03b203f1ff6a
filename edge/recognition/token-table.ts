import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { PHONE_ROTATION_EXPONENT, periodOf, tokenOf } from '../../kernel/credentials/token.ts';
import type { TokenSource } from '../../kernel/domain/cohort.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { TokenWindow } from './token-window.ts';

const WINDOW_S = 2 ** PHONE_ROTATION_EXPONENT;
/** A clock may be a window late or early. */
const OFFSETS = [0, -1, 1] as const;
/** Longest stretch of work before the loop gets its turn, ms. */
const SLICE_MS = 4;
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

/**
 * Who a token belongs to, in memory alone, over the windows −1, 0 and +1. Only people with a live `recognise` are in it,
 * so that what it does not know it cannot tell apart: strangers, and members who did not agree.
 */
export class TokenTable {
  readonly #crypto: Crypto;
  readonly #windows = new Map<number, TokenWindow>();
  /** By slot; a free one is undefined. */
  readonly #people: (Recognisable | undefined)[] = [];
  readonly #slotOf = new Map<Pseudonym, number>();
  readonly #freed: { readonly slot: number; readonly built: number }[] = [];
  /** How many windows were ever built: a freed slot is free for good once all that knew it are gone. */
  #built = 0;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  get size(): number {
    return this.#slotOf.size;
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
  async put(person: Recognisable): Promise<void> {
    this.forget(person.pseudonym);
    const [oldest] = this.#freed;
    const isFree = oldest !== undefined && this.#built >= oldest.built + MOST_WINDOWS;
    const slot = isFree ? oldest.slot : this.#people.length;
    if (isFree) this.#freed.shift();
    this.#people[slot] = person;
    this.#slotOf.set(person.pseudonym, slot);
    for (const [window, table] of [...this.#windows]) await this.#fill(table, window, slot, person);
  }

  /** From now on the person's tokens are a stranger's. */
  forget(pseudonym: Pseudonym): void {
    const slot = this.#slotOf.get(pseudonym);
    if (slot === undefined) return;
    this.#slotOf.delete(pseudonym);
    this.#people[slot] = undefined;
    this.#freed.push({ slot, built: this.#built });
  }

  /** Nobody resolves; whoever is put in afterwards does at once. */
  clear(): void {
    for (const window of this.#windows.keys()) this.#windows.set(window, new TokenWindow(0));
    this.#people.length = 0;
    this.#slotOf.clear();
    this.#freed.length = 0;
  }

  /** Builds the windows that `now` asks for and lets go of those that are over. Call it every few seconds. */
  async turn(now: EpochMs): Promise<void> {
    const window = windowOf(now);
    const wanted = [window, window - 1, window + 1];
    if (windowOf(now + AHEAD_S * 1_000) > window) wanted.push(window + 2);
    for (const known of [...this.#windows.keys()]) {
      if (!wanted.includes(known)) this.#windows.delete(known);
    }
    for (const next of wanted) {
      if (!this.#windows.has(next)) await this.#build(next);
    }
  }

  /** Current tokens of *test* credentials, hex: the only radio ids that a recorder may write. */
  async testTokens(now: EpochMs): Promise<readonly string[]> {
    const tokens: string[] = [];
    for (const person of this.#people) {
      if (person?.test !== true) continue;
      for (const offset of OFFSETS) {
        for (const token of await this.#tokensOf(person, windowOf(now) + offset))
          tokens.push(toHex(token));
      }
    }
    return tokens.slice(0, 1_000);
  }

  readonly #isTaken = (slot: number) => this.#people[slot] !== undefined;

  async #build(window: number): Promise<void> {
    const table = new TokenWindow(this.#slotOf.size);
    this.#windows.set(window, table); // serves while it fills, so that nobody who joins meanwhile is missed
    this.#built += 1;
    let since = performance.now();
    for (let slot = 0; slot < this.#people.length; slot += 1) {
      const person = this.#people[slot];
      if (person !== undefined) await this.#fill(table, window, slot, person);
      if (performance.now() - since < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }

  async #fill(
    table: TokenWindow,
    window: number,
    slot: number,
    person: Recognisable,
  ): Promise<void> {
    for (const token of await this.#tokensOf(person, window))
      table.add(u32(token, 0), u32(token, 4), slot, this.#isTaken);
  }

  /** A beacon's own clock need not turn when ours does: then two of its windows lie in one of ours. */
  async #tokensOf(person: Recognisable, window: number): Promise<Uint8Array[]> {
    const tokens: Uint8Array[] = [];
    for (const { clockOffsetS, temporaryKeys } of person.sources) {
      const starts = window * WINDOW_S + clockOffsetS;
      const times = starts % WINDOW_S === 0 ? [starts] : [starts, starts + WINDOW_S];
      for (const time of times) {
        if (time < 0 || time > 0xffff_ffff) continue;
        const period = periodOf(time);
        const key = temporaryKeys.find((temporary) => temporary.period === period)?.key;
        const bytes = key === undefined ? undefined : fromHex(key);
        if (bytes === undefined) continue;
        tokens.push(await tokenOf(this.#crypto, bytes, PHONE_ROTATION_EXPONENT, time));
      }
    }
    return tokens;
  }
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
