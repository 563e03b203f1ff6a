import type { EpochMs, Pseudonym, ReceiverId } from '../../kernel/domain/ids.ts';
import type { Reception } from '../../kernel/domain/presence.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex } from '../../kernel/hex.ts';
import type { WalkHearings } from '../../kernel/protocol/walk-api.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { TokenTable } from '../recognition/token-table.ts';

export interface TestWalksParts {
  readonly tokens: Pick<TokenTable, 'resolve'>;
  readonly cohort: Pick<Cohort, 'find' | 'row'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
}
export type WalkWho = { readonly token: string } | { readonly card: string };

/** Nothing of a walk is kept longer, and a walk that nobody asks for as long is over (duty-13). */
const KEPT_MS = 60_000;
/** Twelve receivers that hear ten times a second for a minute. */
const MOST_HEARINGS = 7_200;

interface Walk {
  readonly walkId: string;
  readonly pseudonym: Pseudonym;
  hearings: { readonly receiverId: ReceiverId; readonly rssiDbm: number; readonly at: EpochMs }[];
  askedAt: EpochMs;
}

/** How strongly each receiver hears one credential of the shop's own, for as long as somebody walks with it. In memory. */
export class TestWalks {
  readonly #parts: TestWalksParts;
  #walk: Walk | undefined;

  constructor(parts: TestWalksParts) {
    this.#parts = parts;
  }

  /**
   * One walk at a time: another one ends it.
   * @throws {SogliaError} 'request/not-found' for a credential that the store does not know; 'request/denied' for one that is
   *   not marked test
   */
  async begin(who: WalkWho): Promise<{ readonly walkId: string }> {
    const { clock, newId } = this.#parts;
    const pseudonym = await this.#whose(who);
    if (pseudonym === undefined)
      throw new SogliaError('request/not-found', 'the store does not know that credential');
    this.#expectTest(pseudonym);
    const walkId = newId();
    this.#walk = { walkId, pseudonym, hearings: [], askedAt: clock.now() };
    return { walkId };
  }

  /** Call it with every hearing: mostly it is of somebody else, and forgotten here. */
  hear({ pseudonym, receiverId, rssiDbm, at }: Reception): void {
    const walk = this.#walk;
    if (walk === undefined || walk.pseudonym !== pseudonym || rssiDbm === undefined) return;
    if (this.#isOver(walk)) return;
    walk.hearings.push({ receiverId, rssiDbm, at });
    if (walk.hearings.length > MOST_HEARINGS) walk.hearings.shift();
  }

  /**
   * What was heard since the last time; told once, and forgotten with it.
   * @throws {SogliaError} 'request/not-found' for a walk that is over; 'request/denied' once the mark is gone
   */
  take(walkId: string): WalkHearings {
    const now = this.#parts.clock.now();
    const walk = this.#walk;
    if (walk?.walkId !== walkId || this.#isOver(walk))
      throw new SogliaError('request/not-found', 'walkId: that walk is over');
    this.#expectTest(walk.pseudonym);
    const hearings = walk.hearings.filter(({ at }) => now - at <= KEPT_MS);
    walk.hearings = [];
    walk.askedAt = now;
    return { now, hearings };
  }

  end(walkId: string): void {
    if (this.#walk?.walkId === walkId) this.#walk = undefined;
  }

  /** Call it now and then: a walk that was left open leaves nothing. */
  tick(): void {
    if (this.#walk !== undefined) this.#isOver(this.#walk);
  }

  #isOver(walk: Walk): boolean {
    if (this.#parts.clock.now() - walk.askedAt <= KEPT_MS) return false;
    this.#walk = undefined;
    return true;
  }

  async #whose(who: WalkWho): Promise<Pseudonym | undefined> {
    const { tokens, cohort, clock } = this.#parts;
    if ('card' in who) return (await cohort.find('card', who.card, clock.now()))?.pseudonym;
    const token = fromHex(who.token);
    return token && tokens.resolve(token, clock.now());
  }

  /** Asked each time: what a person is may change while somebody walks. */
  #expectTest(pseudonym: Pseudonym): void {
    if (this.#parts.cohort.row(pseudonym, this.#parts.clock.now())?.test === true) return;
    this.#walk = undefined;
    throw new SogliaError('request/denied', 'that credential is not marked as a test');
  }
}
