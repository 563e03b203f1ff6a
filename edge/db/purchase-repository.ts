import type { Database, Statement } from 'better-sqlite3';
import type { CouponId, OfferId, Pseudonym, RequestId } from '../../kernel/domain/ids.ts';
import {
  goneBack,
  remainingOf,
  type Returned,
  returnOf,
  type Sold,
} from '../../kernel/domain/returning.ts';
import type { ReturnAnswer, VoidAnswer } from '../../kernel/protocol/pos-api.ts';
import type { Counted } from './ledger-repository.ts';
import { ReturnRepository } from './return-repository.ts';
import { factOf, type Fact, type Spending, type Writes } from '../writes.ts';

type Purchase = Writes['purchase']['request'];
type VoidRequest = Writes['void-purchase']['request'];
type ReturnRequest = Writes['return-lines']['request'];
type ReturnResult = Writes['return-lines']['result'];

interface PurchaseRow {
  readonly pseudonym: Pseudonym | null;
  readonly points: number;
  readonly net_minor: number | null;
  readonly void_answer: string | null;
}
interface CouponRow {
  readonly coupon_id: CouponId;
  readonly offer_id: OfferId;
  readonly pseudonym: Pseudonym;
  readonly day: string;
}

/** What goes back with a void or a return. */
export interface GivenBack {
  readonly answer: string;
  /** None where it was written before, and only the answer is asked for again. */
  readonly fact?: Fact;
  /** What the ledger has counted of its coupons, and of offers that need none. */
  readonly uses: readonly Counted[];
  readonly plainUses: readonly Counted[];
  readonly budgets: readonly Spending[];
}

/** Purchases, so that each is written once and given back once. Runs inside the writer worker. */
export class PurchaseRepository {
  readonly #answerTo: Statement<[RequestId], { readonly answer: string }>;
  readonly #isUsed: Statement<[CouponId], { readonly used: number }>;
  readonly #insert: Statement<[Record<string, unknown>]>;
  readonly #insertCoupon: Statement<[RequestId, CouponId, OfferId, Pseudonym, string]>;
  readonly #get: Statement<[RequestId], PurchaseRow>;
  readonly #coupons: Statement<[RequestId], CouponRow>;
  readonly #giveBack: Statement<[CouponId]>;
  readonly #dropCoupon: Statement<[RequestId, CouponId]>;
  readonly #dropUse: Statement<[RequestId, OfferId]>;
  readonly #setVoid: Statement<[string, RequestId]>;
  readonly #eraseName: Statement<[string]>;
  readonly #eraseCoupons: Statement<[string]>;
  readonly #sweepCoupons: Statement<[number]>;
  readonly #insertBudget: Statement<[RequestId, OfferId, number]>;
  readonly #budgets: Statement<[RequestId], Spending>;
  readonly #sweepBudgets: Statement<[number]>;
  readonly #insertUse: Statement<[RequestId, OfferId, Pseudonym | null, string]>;
  readonly #uses: Statement<[RequestId], Counted>;
  readonly #eraseUses: Statement<[string]>;
  readonly #sweepUses: Statement<[number]>;
  readonly #sweep: Statement<[number]>;
  readonly #returns: ReturnRepository;

  constructor(db: Database) {
    this.#answerTo = db.prepare('SELECT answer FROM purchase WHERE request_id = ?');
    this.#isUsed = db.prepare('SELECT 1 AS used FROM redemption WHERE coupon_id = ?');
    this.#insert = db.prepare(
      `INSERT INTO purchase (purchase_id, request_id, pseudonym, points, at, answer)
       VALUES (@purchaseId, @requestId, @pseudonym, @points, @at, @answer)`,
    );
    this.#insertCoupon = db.prepare(
      'INSERT INTO purchase_coupon (purchase_id, coupon_id, offer_id, pseudonym, day) VALUES (?, ?, ?, ?, ?)',
    );
    this.#get = db.prepare(
      `SELECT pseudonym, points, answer ->> 'netMinor' AS net_minor, void_answer
       FROM purchase WHERE purchase_id = ?`,
    );
    this.#coupons = db.prepare(
      'SELECT coupon_id, offer_id, pseudonym, day FROM purchase_coupon WHERE purchase_id = ? ORDER BY coupon_id',
    );
    this.#giveBack = db.prepare('DELETE FROM redemption WHERE coupon_id = ?');
    this.#dropCoupon = db.prepare(
      'DELETE FROM purchase_coupon WHERE purchase_id = ? AND coupon_id = ?',
    );
    this.#dropUse = db.prepare('DELETE FROM purchase_use WHERE purchase_id = ? AND offer_id = ?');
    this.#setVoid = db.prepare('UPDATE purchase SET void_answer = ? WHERE purchase_id = ?');
    const erased = 'WHERE pseudonym IN (SELECT value FROM json_each(?))';
    this.#eraseName = db.prepare(`UPDATE purchase SET pseudonym = NULL ${erased}`);
    this.#eraseCoupons = db.prepare(`DELETE FROM purchase_coupon ${erased}`);
    this.#sweepCoupons = db.prepare(
      'DELETE FROM purchase_coupon WHERE purchase_id IN (SELECT purchase_id FROM purchase WHERE at < ?)',
    );
    this.#insertBudget = db.prepare(
      'INSERT INTO purchase_budget (purchase_id, offer_id, minor) VALUES (?, ?, ?)',
    );
    this.#budgets = db.prepare(
      'SELECT offer_id AS offerId, minor FROM purchase_budget WHERE purchase_id = ? ORDER BY offer_id',
    );
    this.#sweepBudgets = db.prepare(
      'DELETE FROM purchase_budget WHERE purchase_id IN (SELECT purchase_id FROM purchase WHERE at < ?)',
    );
    this.#insertUse = db.prepare(
      'INSERT INTO purchase_use (purchase_id, offer_id, pseudonym, day) VALUES (?, ?, ?, ?)',
    );
    this.#uses = db.prepare(
      'SELECT offer_id AS offerId, pseudonym, day FROM purchase_use WHERE purchase_id = ? ORDER BY offer_id',
    );
    this.#eraseUses = db.prepare(`UPDATE purchase_use SET pseudonym = NULL ${erased}`);
    this.#sweepUses = db.prepare(
      'DELETE FROM purchase_use WHERE purchase_id IN (SELECT purchase_id FROM purchase WHERE at < ?)',
    );
    this.#sweep = db.prepare('DELETE FROM purchase WHERE at < ?');
    this.#returns = new ReturnRepository(db);
  }

  /** What was answered to this request before, or that a coupon of it was used meanwhile; undefined: it may be written. */
  before({
    requestId,
    coupons,
  }: Purchase): Exclude<Writes['purchase']['result'], { kind: 'recorded' }> | undefined {
    const stored = this.#answerTo.get(requestId);
    if (stored !== undefined) return { kind: 'stored', answer: stored.answer };
    return coupons.some(({ couponId }) => this.#isUsed.get(couponId) !== undefined)
      ? { kind: 'already-used' }
      : undefined;
  }

  add({ coupons, budgets, uses, lines, ...purchase }: Purchase): void {
    const { purchaseId, requestId, pseudonym, points, at, answer } = purchase;
    const row = { purchaseId, requestId, points, at, answer };
    this.#insert.run({ ...row, pseudonym: pseudonym ?? null });
    for (const { couponId, pseudonym: holder, terms } of coupons)
      this.#insertCoupon.run(purchaseId, couponId, terms.offerId, holder, terms.storeDay);
    for (const { offerId, minor } of budgets) this.#insertBudget.run(purchaseId, offerId, minor);
    for (const { terms, pseudonym: whose } of uses)
      this.#insertUse.run(purchaseId, terms.offerId, whose ?? null, terms.storeDay);
    this.#returns.addLines(purchaseId, lines);
  }

  /** What did not come back before, the first time with the fact to be written; asked again the answer alone. */
  void({ purchaseId, stationId, at }: VoidRequest): GivenBack | undefined {
    const purchase = this.#get.get(purchaseId);
    if (purchase === undefined) return undefined;
    const { pseudonym, net_minor: netMinor, void_answer: before } = purchase;
    if (before !== null) return { answer: before, ...NOTHING };
    const back = goneBack(this.#soldOf(purchaseId, purchase));
    const points = purchase.points - back.points;
    const budgets = this.#budgets
      .all(purchaseId)
      .map(({ offerId, minor }) => ({ offerId, minor: minor - (back.offers.get(offerId) ?? 0) }))
      .filter(({ minor }) => minor > 0);
    const plainUses = this.#uses.all(purchaseId);
    const coupons = this.#coupons.all(purchaseId);
    for (const { coupon_id: couponId } of coupons) this.#giveBack.run(couponId);
    const answer: VoidAnswer = {
      ...{ kind: 'voided', purchaseId, at, points },
      givenBack: coupons.map(({ offer_id: offerId }) => offerId),
      paidBackMinor: (netMinor ?? 0) - back.paidMinor,
    };
    const text = JSON.stringify(answer);
    this.#setVoid.run(text, purchaseId);
    const fact = factOf({
      type: 'purchase-voided',
      purchaseId,
      stationId,
      ...(pseudonym !== null && { pseudonym }),
      points,
      ...givenBackIn({ coupons, budgets, plainUses }),
      at,
    });
    return { answer: text, fact, uses: usesOf(coupons), plainUses, budgets };
  }

  /** Some of its pieces, the first time with the fact to be written; asked again the answer alone. */
  return(
    request: ReturnRequest,
  ): ({ readonly kind: 'returned' } & GivenBack) | Exclude<ReturnResult, { kind: 'returned' }> {
    const { purchaseId, requestId, stationId, at } = request;
    const before = this.#returns.before(requestId);
    if (before?.purchaseId === purchaseId)
      return { kind: 'returned', answer: before.answer, ...NOTHING };
    const purchase = this.#get.get(purchaseId);
    if (purchase === undefined) return { kind: 'unknown-purchase' };
    if (before !== undefined) return { kind: 'closed', reason: 'other-purchase' };
    if (purchase.void_answer !== null) return { kind: 'closed', reason: 'voided' };
    const sold = this.#soldOf(purchaseId, purchase);
    if (sold.lines.length === 0) return { kind: 'closed', reason: 'without-lines' };
    const returned = returnOf(sold, request.lines);
    if (returned.kind === 'refused') return returned;
    const coupons = this.#couponsOver(purchaseId, returned);
    const plainUses = this.#usesOver(purchaseId, returned);
    const ofBudgets = new Set(this.#budgets.all(purchaseId).map(({ offerId }) => offerId));
    const budgets = returned.offers.filter(({ offerId }) => ofBudgets.has(offerId));
    const text = JSON.stringify(answerOf(request, returned, coupons));
    this.#returns.add(request, returned.sold, text);
    const fact = factOf({
      ...{ type: 'purchase-returned', purchaseId, requestId, stationId },
      ...(purchase.pseudonym !== null && { pseudonym: purchase.pseudonym }),
      ...{ points: returned.points, netMinor: returned.paidMinor, isAll: returned.isAll },
      ...givenBackIn({ coupons, budgets, plainUses }),
      at,
    });
    return { kind: 'returned', answer: text, fact, uses: usesOf(coupons), plainUses, budgets };
  }

  #soldOf(purchaseId: RequestId, { points }: PurchaseRow): Sold {
    return { points, lines: this.#returns.linesOf(purchaseId) };
  }

  /** Coupons may be used again, once nothing is left of what they applied to. */
  #couponsOver(purchaseId: RequestId, { over }: Returned): readonly CouponRow[] {
    const coupons = this.#coupons
      .all(purchaseId)
      .filter(({ offer_id: offerId }) => over.includes(offerId));
    for (const { coupon_id: couponId } of coupons) {
      this.#giveBack.run(couponId);
      this.#dropCoupon.run(purchaseId, couponId);
    }
    return coupons;
  }

  #usesOver(purchaseId: RequestId, { over }: Returned): readonly Counted[] {
    const uses = this.#uses.all(purchaseId).filter(({ offerId }) => over.includes(offerId));
    for (const { offerId } of uses) this.#dropUse.run(purchaseId, offerId);
    return uses;
  }

  /** Whose it was goes; that so much was bought is about nobody then. */
  erase(pseudonyms: readonly Pseudonym[]): void {
    this.#eraseName.run(JSON.stringify(pseudonyms));
    this.#eraseCoupons.run(JSON.stringify(pseudonyms));
    this.#eraseUses.run(JSON.stringify(pseudonyms));
  }

  /** Older ones can be given back no more. */
  sweep(before: number): number {
    this.#returns.sweep(before);
    this.#sweepCoupons.run(before);
    this.#sweepBudgets.run(before);
    this.#sweepUses.run(before);
    return this.#sweep.run(before).changes;
  }
}

const NOTHING = { uses: [], plainUses: [], budgets: [] } as const;

/** As the ledger has counted them. */
function usesOf(coupons: readonly CouponRow[]): readonly Counted[] {
  return coupons.map(({ offer_id: offerId, pseudonym, day }) => ({ offerId, pseudonym, day }));
}

/** As facts say it. */
function givenBackIn({
  coupons,
  budgets,
  plainUses,
}: Pick<GivenBack, 'budgets' | 'plainUses'> & { readonly coupons: readonly CouponRow[] }) {
  return {
    couponIds: coupons.map(({ coupon_id: couponId }) => couponId),
    ...(budgets.length > 0 && { budgets: [...budgets] }),
    ...(plainUses.length > 0 && { uses: plainUses.map(({ offerId }) => offerId) }),
  };
}

function answerOf(
  { purchaseId, at }: ReturnRequest,
  { lines, paidMinor, points, sold }: Returned,
  coupons: readonly CouponRow[],
): ReturnAnswer {
  return {
    ...{ kind: 'returned', purchaseId, at, paidBackMinor: paidMinor, points },
    lines: [...lines],
    givenBack: coupons.map(({ offer_id: offerId }) => offerId),
    remaining: remainingOf(sold),
  };
}
