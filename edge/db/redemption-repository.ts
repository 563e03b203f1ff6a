import type { Database, Statement } from 'better-sqlite3';
import type { CouponId, Pseudonym, RequestId } from '../../kernel/domain/ids.ts';
import type { CouponUse } from '../writes.ts';

type Redemption = Omit<CouponUse, 'fact' | 'terms' | 'move'>;

/** One redemption per coupon. A retry of the same request gets the answer that was stored. Runs inside the writer worker. */
export class RedemptionRepository {
  readonly #insert: Statement<[CouponId, RequestId, Redemption['pseudonym'], number, string]>;
  readonly #answerTo: Statement<[RequestId], string>;
  readonly #usedAt: Statement<[CouponId], number>;
  readonly #erase: Statement<[string]>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO redemption (coupon_id, request_id, pseudonym, redeemed_at, answer)
       VALUES (?, ?, ?, ?, ?)`,
    );
    this.#answerTo = db
      .prepare<[RequestId], string>('SELECT answer FROM redemption WHERE request_id = ?')
      .pluck();
    this.#usedAt = db
      .prepare<[CouponId], number>('SELECT redeemed_at FROM redemption WHERE coupon_id = ?')
      .pluck();
    this.#erase = db.prepare(
      'DELETE FROM redemption WHERE pseudonym IN (SELECT value FROM json_each(?))',
    );
  }

  /** What was answered to this request before. */
  answerTo(requestId: RequestId): string | undefined {
    return this.#answerTo.get(requestId);
  }

  /** When the coupon was used; undefined: it was not. */
  usedAt(couponId: CouponId): number | undefined {
    return this.#usedAt.get(couponId);
  }

  /** @throws where the coupon is used already, or the request answered */
  add({ couponId, requestId, pseudonym, redeemedAt, answer }: Redemption): void {
    this.#insert.run(couponId, requestId, pseudonym, redeemedAt, answer);
  }

  /** With the person's row gone nobody can show the coupon again. Reads all rows once, however many people. */
  erase(pseudonyms: readonly Pseudonym[]): void {
    this.#erase.run(JSON.stringify(pseudonyms));
  }
}
