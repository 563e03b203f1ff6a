import type { Database, Statement } from 'better-sqlite3';
import {
  hear,
  leftOf,
  NO_SLICE,
  type Slice,
  type SliceUnit,
  type SliceWord,
  spend,
  unspend,
} from '../../kernel/domain/escrow.ts';
import type { OfferId, Pseudonym } from '../../kernel/domain/ids.ts';
import { isLiable } from '../../kernel/domain/liability.ts';
import type { CapReached, PlainUse, Spending, UseTerms } from '../writes.ts';
import { OwedRepository } from './owed-repository.ts';

const DAY_MS = 86_400_000;
/** The longest period that a cap of a person may have (kernel/domain/offer.ts). */
export const PERSON_USE_DAYS = 365;

/** A use as it was counted. */
export interface Counted {
  readonly offerId: OfferId;
  /** Null: of nobody in particular, or of somebody erased since. */
  readonly pseudonym: Pseudonym | null;
  readonly day: string;
}

/** What the store has given and shown, counted in the transaction that gives or shows it. Runs inside the writer worker. */
export class LedgerRepository {
  readonly #owed: OwedRepository;
  readonly #usesOfPerson: Statement<[Pseudonym, OfferId, number], number>;
  readonly #usesOfDay: Statement<[OfferId, string], number>;
  readonly #slice: Statement<[OfferId, SliceUnit], Slice>;
  readonly #putSlice: Statement<[Slice & { readonly offerId: OfferId; readonly unit: SliceUnit }]>;
  readonly #addPerson: Statement<[Pseudonym, OfferId, number]>;
  readonly #addDay: Statement<[OfferId, string]>;
  readonly #dropPerson: Statement<[Pseudonym, OfferId]>;
  readonly #takeDay: Statement<[OfferId, string]>;
  readonly #voidOne: Statement<[OfferId]>;
  readonly #accept: Statement<[OfferId]>;
  readonly #expose: Statement<[OfferId]>;
  readonly #show: Statement<[Pseudonym, string, number]>;
  readonly #erase: readonly Statement<[Pseudonym]>[];
  readonly #sweep: readonly Statement<[{ before: number; day: string }]>[];

  constructor(db: Database) {
    this.#owed = new OwedRepository(db);
    this.#usesOfPerson = db
      .prepare<[Pseudonym, OfferId, number], number>(
        'SELECT count(*) FROM use_of_person WHERE pseudonym = ? AND offer_id = ? AND at > ?',
      )
      .pluck();
    this.#usesOfDay = db
      .prepare<[OfferId, string], number>(
        'SELECT uses FROM use_of_day WHERE offer_id = ? AND day = ?',
      )
      .pluck();
    this.#slice = db.prepare(
      'SELECT granted, returned, spent, given_back AS givenBack FROM slice WHERE offer_id = ? AND unit = ?',
    );
    this.#putSlice = db.prepare(
      `INSERT INTO slice (offer_id, unit, granted, returned, spent, given_back)
       VALUES (@offerId, @unit, @granted, @returned, @spent, @givenBack)
       ON CONFLICT (offer_id, unit) DO UPDATE
       SET granted = @granted, returned = @returned, spent = @spent, given_back = @givenBack`,
    );
    this.#addPerson = db.prepare(
      'INSERT INTO use_of_person (pseudonym, offer_id, at) VALUES (?, ?, ?)',
    );
    this.#addDay = db.prepare(
      `INSERT INTO use_of_day (offer_id, day, uses) VALUES (?, ?, 1)
       ON CONFLICT (offer_id, day) DO UPDATE SET uses = uses + 1`,
    );
    this.#dropPerson = db.prepare(
      `DELETE FROM use_of_person WHERE id =
         (SELECT max(id) FROM use_of_person WHERE pseudonym = ? AND offer_id = ?)`,
    );
    this.#takeDay = db.prepare(
      'UPDATE use_of_day SET uses = uses - 1 WHERE offer_id = ? AND day = ? AND uses > 0',
    );
    this.#voidOne = db.prepare('UPDATE outcome SET voided = voided + 1 WHERE offer_id = ?');
    this.#accept = db.prepare(
      `INSERT INTO outcome (offer_id, exposed, accepted) VALUES (?, 0, 1)
       ON CONFLICT (offer_id) DO UPDATE SET accepted = accepted + 1`,
    );
    this.#expose = db.prepare(
      `INSERT INTO outcome (offer_id, exposed, accepted) VALUES (?, 1, 0)
       ON CONFLICT (offer_id) DO UPDATE SET exposed = exposed + 1`,
    );
    this.#show = db.prepare(
      `INSERT INTO shown_of_day (pseudonym, day, shown) VALUES (?, ?, ?)
       ON CONFLICT (pseudonym, day) DO UPDATE SET shown = shown + excluded.shown`,
    );
    this.#erase = ['use_of_person', 'shown_of_day'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE pseudonym = ?`),
    );
    this.#sweep = [
      'DELETE FROM use_of_person WHERE at < @before',
      'DELETE FROM use_of_day WHERE day < @day',
      'DELETE FROM shown_of_day WHERE day < @day',
    ].map((sql) => db.prepare(sql));
  }

  /** What stands against one more use; undefined: nothing. */
  against(terms: UseTerms, pseudonym: Pseudonym | undefined): CapReached | undefined {
    const { offerId, storeDay, caps } = terms;
    const { perPerson, perStoreAndDay, isSliced } = caps;
    if (
      perPerson !== undefined &&
      pseudonym !== undefined &&
      (this.#usesOfPerson.get(pseudonym, offerId, perPerson.since) ?? 0) >= perPerson.times
    )
      return 'person';
    if (
      perStoreAndDay !== undefined &&
      (this.#usesOfDay.get(offerId, storeDay) ?? 0) >= perStoreAndDay
    )
      return 'day';
    if (isSliced && leftOf(this.#sliceOf(offerId, 'use')) < 1) return 'total';
    return this.mayOwe([terms]) ? undefined : 'owed';
  }

  /** Whether what all of these count for until HQ has it is within what the store may owe. */
  mayOwe(terms: readonly UseTerms[]): boolean {
    const owes = terms.flatMap((each) => each.owes ?? []);
    if (owes.length === 0) return true;
    const cap = Math.min(...owes.map(({ atMost }) => atMost));
    const worth = owes.reduce((sum, { minor }) => sum + minor, 0);
    return isLiable({ cap, open: this.#owed.open }, worth);
  }

  /** Of a coupon. @param seq - of its fact */
  use(terms: UseTerms, pseudonym: Pseudonym, at: number, seq: number): void {
    if (terms.owes !== undefined) this.#owed.add(seq, terms.owes.minor);
    this.count({ terms, pseudonym }, at);
    this.#accept.run(terms.offerId);
  }

  /** Only what some cap asks for is counted by person or day: the rest would be a record of people without a use. */
  count({ terms: { offerId, storeDay, caps }, pseudonym }: PlainUse, at: number): void {
    if (caps.perPerson !== undefined && pseudonym !== undefined)
      this.#addPerson.run(pseudonym, offerId, at);
    if (caps.perStoreAndDay !== undefined) this.#addDay.run(offerId, storeDay);
    if (caps.isSliced) {
      const slice = this.#sliceOf(offerId, 'use');
      this.#putSlice.run({ offerId, unit: 'use', ...slice, spent: slice.spent + 1 });
    }
  }

  /** HQ has every redemption up to `seq`. */
  acked(seq: number): void {
    this.#owed.acked(seq);
  }

  /** A use was made void: it may be had again. What it counted for stays until HQ has heard of both. */
  giveBack(use: Counted): void {
    this.uncount(use);
    this.#voidOne.run(use.offerId);
  }

  uncount({ offerId, pseudonym, day }: Counted): void {
    if (pseudonym !== null) this.#dropPerson.run(pseudonym, offerId);
    this.#takeDay.run(offerId, day);
    const slice = this.#slice.get(offerId, 'use');
    if (slice !== undefined) this.#putSlice.run({ offerId, unit: 'use', ...unspend(slice, 1) });
  }

  /** Whether all of it is within what is left of the budgets. */
  affords(budgets: readonly Spending[]): boolean {
    return budgets.every(({ offerId, minor }) => minor <= leftOf(this.#sliceOf(offerId, 'minor')));
  }

  spend(budgets: readonly Spending[]): void {
    for (const { offerId, minor } of budgets) {
      const slice = spend(this.#sliceOf(offerId, 'minor'), minor);
      if (slice === undefined) throw new Error(`more than is left of the budget of ${offerId}`);
      this.#putSlice.run({ offerId, unit: 'minor', ...slice });
    }
  }

  unspend(budgets: readonly Spending[]): void {
    for (const { offerId, minor } of budgets) {
      const slice = unspend(this.#sliceOf(offerId, 'minor'), minor);
      this.#putSlice.run({ offerId, unit: 'minor', ...slice });
    }
  }

  expose(offerIds: readonly OfferId[], pseudonym: Pseudonym | null, storeDay: string): void {
    for (const offerId of offerIds) this.#expose.run(offerId);
    if (pseudonym !== null) this.#show.run(pseudonym, storeDay, offerIds.length);
  }

  /** HQ's word on a slice. @returns how many units go back */
  hear(offerId: OfferId, unit: SliceUnit, word: SliceWord): number {
    const before = this.#sliceOf(offerId, unit);
    const after = hear(before, word);
    this.#putSlice.run({ offerId, unit, ...after });
    return after.returned - Math.max(before.returned, word.returned ?? 0);
  }

  erase(pseudonym: Pseudonym): void {
    for (const statement of this.#erase) statement.run(pseudonym);
  }

  /** Days older than the day before yesterday by UTC: no shop's clock is further behind. */
  sweep(now: number): number {
    const row = {
      before: now - PERSON_USE_DAYS * DAY_MS,
      day: new Date(now - 2 * DAY_MS).toISOString().slice(0, 10),
    };
    return this.#sweep.reduce((gone, statement) => gone + statement.run(row).changes, 0);
  }

  #sliceOf(offerId: OfferId, unit: SliceUnit): Slice {
    return this.#slice.get(offerId, unit) ?? NO_SLICE;
  }
}
