import type { Database, Statement } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import type { SealedRow } from '../writes.ts';
import { LoosePages } from './leftovers.ts';

/** Sealed cohort rows and the keyed hashes that find them. Runs inside the writer worker. */
export class CohortRepository {
  readonly #db: Database;
  readonly #loosePages: LoosePages;
  readonly #add: Statement<[Record<string, unknown>]>;
  readonly #replace: Statement<[Record<string, unknown>]>;
  readonly #remove: Statement<[Pseudonym]>;
  readonly #clear: Statement<[]>;
  readonly #addLookUp: Statement<[string, string, Pseudonym]>;
  readonly #removeLookUps: Statement<[Pseudonym]>;
  readonly #clearLookUps: Statement<[]>;
  readonly #count: Statement<[number]>;
  readonly #countNone: Statement<[]>;

  constructor(db: Database) {
    this.#db = db;
    this.#loosePages = new LoosePages(db);
    this.#add = db.prepare(
      `INSERT INTO cohort (pseudonym, row_version, lease_id, sealed)
       VALUES (@pseudonym, @rowVersion, @leaseId, @sealed) ON CONFLICT DO NOTHING`,
    );
    this.#replace = db.prepare(
      `UPDATE cohort SET row_version = @rowVersion, lease_id = @leaseId, sealed = @sealed
       WHERE pseudonym = @pseudonym`,
    );
    this.#remove = db.prepare('DELETE FROM cohort WHERE pseudonym = ?');
    this.#clear = db.prepare('DELETE FROM cohort');
    this.#addLookUp = db.prepare(
      'INSERT INTO look_up (kind, hash, pseudonym) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#removeLookUps = db.prepare('DELETE FROM look_up WHERE pseudonym = ?');
    this.#clearLookUps = db.prepare('DELETE FROM look_up');
    this.#count = db.prepare(
      `UPDATE meta SET value = CAST(CAST(value AS INTEGER) + ? AS TEXT) WHERE key = 'cohort_rows'`,
    );
    this.#countNone = db.prepare(`UPDATE meta SET value = '0' WHERE key = 'cohort_rows'`);
  }

  put({ pseudonym, rowVersion, leaseId, sealed, lookUps }: SealedRow): void {
    const row = { pseudonym, rowVersion, leaseId, sealed };
    if (this.#add.run(row).changes > 0) this.#count.run(1);
    else {
      this.#replace.run(row);
      this.#removeLookUps.run(pseudonym);
    }
    for (const { kind, hash } of lookUps) this.#addLookUp.run(kind, hash, pseudonym);
  }

  remove(pseudonym: Pseudonym): void {
    if (this.#remove.run(pseudonym).changes > 0) this.#count.run(-1);
    this.#removeLookUps.run(pseudonym);
  }

  /**
   * Everybody at once. A million rows overwritten one by one would keep redemptions waiting for 20 s; what opens them is
   * destroyed already, and the file is written anew right after (commit.ts).
   */
  clear(): void {
    this.#db.pragma('secure_delete = FAST');
    try {
      const { changes } = this.#clear.run();
      this.#clearLookUps.run();
      this.#countNone.run();
      if (changes > 0) this.#loosePages.note(); // of nobody there is nothing to write anew
    } finally {
      this.#db.pragma('secure_delete = ON');
    }
  }
}
