import type { CouponId, CustomerId, EpochMs, OfferId, StoreId } from '../../kernel/domain/ids.ts';

export interface Coupon {
  readonly couponId: CouponId;
  readonly customerId: CustomerId;
  readonly offerId: OfferId;
  /** The one store where a leased coupon may be used. */
  readonly holder: StoreId;
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
  /** A fact: never refused. The first use keeps its time; each one is counted. */
  redeemed(couponId: CouponId, storeId: StoreId, at: EpochMs): Promise<void>;
  /** Its purchase there was voided: it may be used again, where no other store has used it first. */
  givenBack(couponId: CouponId, storeId: StoreId): Promise<void>;
}
