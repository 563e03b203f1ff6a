import type { CouponId, CustomerId, EpochMs, OfferId, StoreId } from '../../kernel/domain/ids.ts';

export interface Coupon {
  readonly couponId: CouponId;
  readonly customerId: CustomerId;
  readonly offerId: OfferId;
  /** The store that has the right to redeem it; undefined: HQ has. Of an optimistic one it does not matter. */
  readonly holder: StoreId | undefined;
  /** How often that right has moved; each move has a later number. */
  readonly move: number;
  /** Our own coupon code. */
  readonly code: string;
  /** When and where it was first used. */
  readonly redeemedAt: EpochMs | undefined;
  readonly redeemedIn: StoreId | undefined;
}

export interface CouponRepository {
  of(customerId: CustomerId): Promise<readonly Coupon[]>;
  add(coupon: Coupon, now: EpochMs): Promise<void>;
  get(couponId: CouponId): Promise<Coupon | undefined>;
  byCode(code: string): Promise<Coupon | undefined>;
  /** The right to it is the store's by this move. */
  give(couponId: CouponId, holder: StoreId, move: number): Promise<void>;
  /** The right is HQ's again. False where the store had it by another move, or not at all. */
  letGo(couponId: CouponId, holder: StoreId, move: number): Promise<boolean>;
  /** A fact: never refused. The first use keeps its time; each one is counted. */
  redeemed(couponId: CouponId, storeId: StoreId, at: EpochMs): Promise<void>;
  /** Its purchase there was voided: it may be used again, where no other store has used it first. */
  givenBack(couponId: CouponId, storeId: StoreId): Promise<void>;
}
