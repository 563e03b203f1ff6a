import type { Database, Statement } from 'better-sqlite3';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { StoredCoupon } from '../reads.ts';
import type { SealedCoupon, SealedRow } from '../writes.ts';

/**
 * Coupons that may be redeemed here, with or without a lease: with their holder's row they come and change and go, but
 * that they outlive a row which goes with the lease. Runs inside the writer worker.
 */
export class HeldCouponRepository {
  readonly #find: Statement<[string], StoredCoupon>;
  readonly #add: Statement<[string, Pseudonym, Uint8Array]>;
  readonly #give: Statement<[string, Pseudonym, Uint8Array]>;
  readonly #remove: Statement<[Pseudonym]>;
  readonly #orphan: Statement<[EpochMs]>;
  readonly #sweep: Statement<[EpochMs]>;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT pseudonym, sealed FROM held_coupon WHERE code_hash = ?');
    this.#add = db.prepare(
      'INSERT INTO held_coupon (code_hash, pseudonym, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#give = db.prepare(
      `INSERT INTO held_coupon (code_hash, pseudonym, sealed) VALUES (?, ?, ?)
       ON CONFLICT (code_hash, pseudonym) DO UPDATE SET sealed = excluded.sealed`,
    );
    this.#remove = db.prepare('DELETE FROM held_coupon WHERE pseudonym = ?');
    this.#orphan = db.prepare(
      'UPDATE held_coupon SET without_row_since = ? WHERE without_row_since IS NULL',
    );
    this.#sweep = db.prepare('DELETE FROM held_coupon WHERE without_row_since < ?');
  }

  /** Those of this code: more than one where two people's rows claim it. */
  find(codeHash: string): readonly StoredCoupon[] {
    return this.#find.all(codeHash);
  }

  /** One more of somebody, in place of what was known of it. */
  give(pseudonym: Pseudonym, { codeHash, sealed }: SealedCoupon): void {
    this.#give.run(codeHash, pseudonym, sealed);
  }

  put({ pseudonym, coupons }: Pick<SealedRow, 'pseudonym' | 'coupons'>): void {
    this.#remove.run(pseudonym);
    for (const { codeHash, sealed } of coupons) this.#add.run(codeHash, pseudonym, sealed);
  }

  remove(pseudonym: Pseudonym): void {
    this.#remove.run(pseudonym);
  }

  /** All rows went: the coupons wait for them to come anew. */
  orphan(at: EpochMs): void {
    this.#orphan.run(at);
  }

  /** Deletes those whose row has been gone since before `before`. */
  sweep(before: EpochMs): number {
    return this.#sweep.run(before).changes;
  }
}
