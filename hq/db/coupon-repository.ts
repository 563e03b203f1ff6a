import type { Kysely } from 'kysely';
import {
  type CouponId,
  CouponIdSchema,
  type CustomerId,
  CustomerIdSchema,
  type EpochMs,
  OfferIdSchema,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import type { Coupon, CouponRepository } from '../profiles/coupon-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlCouponRepository implements CouponRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async of(customerId: CustomerId): Promise<readonly Coupon[]> {
    const rows = await this.#db
      .selectFrom('coupon')
      .selectAll()
      .where('customerId', '=', customerId)
      .orderBy('couponId')
      .execute();
    return rows.map(couponOf);
  }

  async add(coupon: Coupon, now: EpochMs): Promise<void> {
    await this.#db
      .insertInto('coupon')
      .values({
        ...coupon,
        holder: coupon.holder ?? null,
        madeAt: now,
        redeemedAt: coupon.redeemedAt ?? null,
        redeemedIn: coupon.redeemedIn ?? null,
        redemptions: 0,
      })
      .execute();
  }

  async get(couponId: CouponId): Promise<Coupon | undefined> {
    const row = await this.#db
      .selectFrom('coupon')
      .selectAll()
      .where('couponId', '=', couponId)
      .executeTakeFirst();
    return row && couponOf(row);
  }

  async byCode(code: string): Promise<Coupon | undefined> {
    const found = this.#db.selectFrom('coupon').selectAll().where('code', '=', code);
    const row = await found.executeTakeFirst();
    return row && couponOf(row);
  }

  async give(couponId: CouponId, holder: StoreId, move: number): Promise<void> {
    const what = this.#db.updateTable('coupon').set({ holder, move });
    await what.where('couponId', '=', couponId).execute();
  }

  async letGo(couponId: CouponId, holder: StoreId, move: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('coupon')
      .set({ holder: null })
      .where('couponId', '=', couponId)
      .where('holder', '=', holder)
      .where('move', '=', move)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async redeemed(couponId: CouponId, storeId: StoreId, at: EpochMs): Promise<void> {
    await this.#db
      .updateTable('coupon')
      .set((eb) => ({
        redeemedAt: eb.fn.coalesce('redeemedAt', eb.val(at)),
        redeemedIn: eb.fn.coalesce('redeemedIn', eb.val<string>(storeId)),
        redemptions: eb('redemptions', '+', 1),
      }))
      .where('couponId', '=', couponId)
      .execute();
  }

  async givenBack(couponId: CouponId, storeId: StoreId): Promise<void> {
    await this.#db
      .updateTable('coupon')
      .set((eb) => ({
        redeemedAt: null,
        redeemedIn: null,
        redemptions: eb('redemptions', '-', 1),
      }))
      .where('couponId', '=', couponId)
      .where('redeemedIn', '=', storeId)
      .execute();
  }
}

function couponOf(row: {
  couponId: string;
  customerId: string;
  offerId: string;
  holder: string | null;
  move: number;
  code: string;
  redeemedAt: number | null;
  redeemedIn: string | null;
}): Coupon {
  return {
    couponId: CouponIdSchema.parse(row.couponId),
    customerId: CustomerIdSchema.parse(row.customerId),
    offerId: OfferIdSchema.parse(row.offerId),
    holder: row.holder === null ? undefined : StoreIdSchema.parse(row.holder),
    move: row.move,
    code: row.code,
    redeemedAt: row.redeemedAt ?? undefined,
    redeemedIn: row.redeemedIn === null ? undefined : StoreIdSchema.parse(row.redeemedIn),
  };
}
