import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym, StationId } from '../../kernel/domain/ids.ts';
import type { CredentialAnswer, CredentialAsk } from '../../kernel/protocol/relay.ts';
import type { Clock } from '../clock.ts';
import { WrongCodes } from '../redemption/failures.ts';
import { factOf, type Writer } from '../writes.ts';
import type { Cohort } from './cohort.ts';

/** Answered within 800 ms, or undefined: no line, or no answer. */
export type AskHq = (ask: CredentialAsk) => Promise<CredentialAnswer | undefined>;

export interface VisitorParts {
  readonly crypto: Crypto;
  readonly cohort: Pick<Cohort, 'lease' | 'row' | 'seal' | 'index'>;
  /** The row without what was taken back here and HQ may not know yet. */
  readonly withoutWithdrawn: (row: CohortRow) => CohortRow;
  readonly askHq: AskHq;
  readonly writer: Writer;
  readonly clock: Clock;
}

/**
 * Somebody whose card or code the store does not know, and HQ may: their row is leased for the visit. What is asked stays
 * in memory; only the row that comes is kept, sealed like any other.
 */
export class Visitors {
  readonly #parts: VisitorParts;
  /** Asking HQ about whatever comes would let a stranger find out which cards there are. */
  readonly #wrong = new WrongCodes();
  /** By asking under way: who withdrew or was erased meanwhile. */
  readonly #gone = new Set<Set<Pseudonym>>();

  constructor(parts: VisitorParts) {
    this.#parts = parts;
  }

  /** `known`: the cohort has them now. `away`: nobody can say. */
  async fetch(ask: CredentialAsk, stationId: StationId): Promise<'known' | 'unknown' | 'away'> {
    const { cohort, askHq, clock } = this.#parts;
    const { lease } = cohort;
    if (lease === undefined) return 'away';
    if (this.#wrong.blockedUntil(stationId, clock.now()) > 0) return 'unknown';
    const gone = new Set<Pseudonym>();
    this.#gone.add(gone);
    try {
      const answer = await askHq(ask);
      if (answer === undefined) return 'away';
      if (answer.kind === 'unknown') {
        this.#wrong.note(stationId, clock.now());
        return 'unknown';
      }
      // Sealed under a lease that is still on its way, or over, nobody could find them.
      if (answer.leaseId !== cohort.lease?.leaseId) return 'away';
      return await this.#take(answer.row, gone);
    } finally {
      this.#gone.delete(gone);
    }
  }

  /** Writes down that the card was shown, for HQ to find out whose it is. False without a lease to hash it under. */
  async keepForLater(number: string, stationId: StationId): Promise<boolean> {
    const { crypto, cohort, writer, clock } = this.#parts;
    const { lease } = cohort;
    if (lease === undefined) return false;
    const cardHash = await lookUpHash(crypto, lease.indexKey, 'card', number);
    const fact = factOf({ type: 'card-shown', cardHash, stationId, at: clock.now() });
    await writer.write('record', { facts: [fact] });
    return true;
  }

  /** Consent withdrawn, or erased: a row that is on its way from HQ may not know it yet. */
  forget(pseudonym: Pseudonym): void {
    for (const gone of this.#gone) gone.add(pseudonym);
  }

  async #take(given: CohortRow, gone: ReadonlySet<Pseudonym>): Promise<'known' | 'away'> {
    const { cohort, withoutWithdrawn, writer, clock } = this.#parts;
    const { pseudonym, rowVersion } = given;
    if (gone.has(pseudonym)) return 'away';
    const held = cohort.row(pseudonym, clock.now());
    if (held !== undefined && held.rowVersion >= rowVersion) return 'known';
    const row = withoutWithdrawn(given);
    const operations = [{ kind: 'put' as const, row: cohort.seal(row) }];
    await writer.write('change-cohort', { operations, facts: [] });
    if (gone.has(pseudonym)) return 'away';
    cohort.index(row);
    return 'known';
  }
}
