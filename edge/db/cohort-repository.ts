import type { Database, Statement } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import type { SealedRow } from '../writes.ts';

/** Sealed cohort rows and the keyed hashes that find them. Runs inside the writer worker. */
export class CohortRepository {
  readonly #put: Statement<[Record<string, unknown>]>;
  readonly #remove: Statement<[Pseudonym]>;
  readonly #clear: Statement<[]>;
  readonly #addLookUp: Statement<[string, string, Pseudonym]>;
  readonly #removeLookUps: Statement<[Pseudonym]>;
  readonly #clearLookUps: Statement<[]>;

  constructor(db: Database) {
    this.#put = db.prepare(
      `INSERT INTO cohort (pseudonym, row_version, lease_id, sealed)
       VALUES (@pseudonym, @rowVersion, @leaseId, @sealed)
       ON CONFLICT (pseudonym) DO UPDATE SET row_version = @rowVersion, lease_id = @leaseId, sealed = @sealed`,
    );
    this.#remove = db.prepare('DELETE FROM cohort WHERE pseudonym = ?');
    this.#clear = db.prepare('DELETE FROM cohort');
    this.#addLookUp = db.prepare(
      'INSERT INTO look_up (kind, hash, pseudonym) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#removeLookUps = db.prepare('DELETE FROM look_up WHERE pseudonym = ?');
    this.#clearLookUps = db.prepare('DELETE FROM look_up');
  }

  put({ pseudonym, rowVersion, leaseId, sealed, lookUps }: SealedRow): void {
    this.#put.run({ pseudonym, rowVersion, leaseId, sealed });
    this.#removeLookUps.run(pseudonym);
    for (const { kind, hash } of lookUps) this.#addLookUp.run(kind, hash, pseudonym);
  }

  remove(pseudonym: Pseudonym): void {
    this.#remove.run(pseudonym);
    this.#removeLookUps.run(pseudonym);
  }

  clear(): void {
    this.#clear.run();
    this.#clearLookUps.run();
  }
}
