import type { Database, Statement } from 'better-sqlite3';
import type { CouponId } from '../../kernel/domain/ids.ts';

/**
 * Coupons that this store gave up the right to, each with the last move by which it had come: a row that was under way
 * meanwhile does not bring it back. Runs inside the writer worker.
 */
export class ReleasedCouponRepository {
  readonly #moveOf: Statement<[CouponId], number>;
  readonly #add: Statement<[CouponId, number]>;

  constructor(db: Database) {
    this.#moveOf = db.prepare<[CouponId], number>(RELEASED_MOVE).pluck();
    this.#add = db.prepare(
      `INSERT INTO released_coupon (coupon_id, move) VALUES (?, ?)
       ON CONFLICT (coupon_id) DO UPDATE SET move = excluded.move WHERE move < excluded.move`,
    );
  }

  /** Undefined: it was never given up. */
  moveOf(couponId: CouponId): number | undefined {
    return this.#moveOf.get(couponId);
  }

  /** False where it was given up before. */
  add(couponId: CouponId, move: number): boolean {
    return this.#add.run(couponId, move).changes === 1;
  }
}

export const RELEASED_MOVE = 'SELECT move FROM released_coupon WHERE coupon_id = ?';
