import type { Database, Statement } from 'better-sqlite3';
import type { DecisionId, OfferId, Pseudonym } from '../../kernel/domain/ids.ts';
import type { Surface } from '../../kernel/domain/offer.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import type { Writes } from '../writes.ts';

interface DecisionRow {
  readonly station_id: string;
  readonly surface: Surface;
  readonly pseudonym: Pseudonym | null;
  readonly offer_ids: string;
}

/** What was decided for a screen, and what of it was really shown, once each. Runs inside the writer worker. */
export class DecisionRepository {
  readonly #insert: Statement<[Record<string, unknown>]>;
  readonly #find: Statement<[DecisionId], DecisionRow>;
  readonly #expose: Statement<[DecisionId, OfferId, number]>;
  readonly #erase: Statement<[Pseudonym]>;
  readonly #sweepDecisions: Statement<[number]>;
  readonly #sweepExposures: Statement<[number]>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO decision (decision_id, station_id, surface, pseudonym, offer_ids, at)
       VALUES (@decisionId, @stationId, @surface, @pseudonym, @offerIds, @at)`,
    );
    this.#find = db.prepare(
      'SELECT station_id, surface, pseudonym, offer_ids FROM decision WHERE decision_id = ?',
    );
    this.#expose = db.prepare(
      `INSERT INTO exposure (decision_id, offer_id, at) VALUES (?, ?, ?)
       ON CONFLICT (decision_id, offer_id) DO NOTHING`,
    );
    this.#erase = db.prepare('DELETE FROM decision WHERE pseudonym = ?');
    this.#sweepDecisions = db.prepare('DELETE FROM decision WHERE at < ?');
    this.#sweepExposures = db.prepare('DELETE FROM exposure WHERE at < ?');
  }

  add(decision: Writes['decide']['request']): void {
    const { decisionId, stationId, surface, pseudonym, offerIds, at } = decision;
    this.#insert.run({
      decisionId,
      stationId,
      surface,
      pseudonym: pseudonym ?? null,
      offerIds: offerIds.join(' '),
      at,
    });
  }

  /** The fact of the exposure, of those offers only that the decision has and that were not exposed before. */
  expose(
    exposure: Writes['expose']['request'],
  ): Extract<JournalBody, { type: 'exposed' }> | 'nothing-new' | 'unknown-decision' {
    const { decisionId, requestId, stationId, at } = exposure;
    const decision = this.#find.get(decisionId);
    if (decision?.station_id !== stationId) return 'unknown-decision';
    const decided = decision.offer_ids.split(' ');
    if (exposure.offerIds.some((offerId) => !decided.includes(offerId))) return 'unknown-decision';
    const offerIds = exposure.offerIds.filter(
      (offerId) => this.#expose.run(decisionId, offerId, at).changes === 1,
    );
    if (offerIds.length === 0) return 'nothing-new';
    const { surface, pseudonym } = decision;
    const fact = {
      type: 'exposed',
      requestId,
      decisionId,
      offerIds,
      stationId,
      surface,
      at,
    } as const;
    return pseudonym === null ? fact : { ...fact, pseudonym };
  }

  erase(pseudonym: Pseudonym): void {
    this.#erase.run(pseudonym);
  }

  /** @returns how many rows went */
  sweep(before: number): number {
    return this.#sweepDecisions.run(before).changes + this.#sweepExposures.run(before).changes;
  }
}
