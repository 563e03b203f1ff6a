import type { Database, Statement } from 'better-sqlite3';
import type { CouponId, Pseudonym, RequestId } from '../../kernel/domain/ids.ts';
import type { Writes } from '../writes.ts';

type Redemption = Omit<Writes['redeem']['request'], 'fact' | 'terms'>;

/** One redemption per coupon. A retry of the same request gets the answer that was stored. Runs inside the writer worker. */
export class RedemptionRepository {
  readonly #insert: Statement<[Redemption]>;
  readonly #answerTo: Statement<[RequestId], { readonly answer: string }>;
  readonly #useOf: Statement<[CouponId], { readonly redeemed_at: number }>;
  readonly #erase: Statement<[string]>;

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO redemption (coupon_id, request_id, pseudonym, redeemed_at, answer)
       VALUES (@couponId, @requestId, @pseudonym, @redeemedAt, @answer)`,
    );
    this.#answerTo = db.prepare('SELECT answer FROM redemption WHERE request_id = ?');
    this.#useOf = db.prepare('SELECT redeemed_at FROM redemption WHERE coupon_id = ?');
    this.#erase = db.prepare(
      'DELETE FROM redemption WHERE pseudonym IN (SELECT value FROM json_each(?))',
    );
  }

  /** What was answered before, to the same request or to another one for the same coupon. */
  before({
    couponId,
    requestId,
  }: Pick<Redemption, 'couponId' | 'requestId'>): Writes['redeem']['result'] | undefined {
    const stored = this.#answerTo.get(requestId);
    if (stored !== undefined) return { kind: 'stored', answer: stored.answer };
    const use = this.#useOf.get(couponId);
    return use && { kind: 'already-used', redeemedAt: use.redeemed_at };
  }

  /** @throws where the coupon is used already, or the request answered */
  add({ couponId, requestId, pseudonym, redeemedAt, answer }: Redemption): void {
    this.#insert.run({ couponId, requestId, pseudonym, redeemedAt, answer });
  }

  /** With the person's row gone nobody can show the coupon again. Reads all rows once, however many people. */
  erase(pseudonyms: readonly Pseudonym[]): void {
    this.#erase.run(JSON.stringify(pseudonyms));
  }
}
