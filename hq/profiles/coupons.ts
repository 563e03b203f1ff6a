import { uuidv7 } from 'uuidv7';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { Grant } from '../../kernel/domain/cohort.ts';
import { CouponIdSchema, type EpochMs, type StoreId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { encodeOwnCoupon } from '../../kernel/scans/own-code.ts';
import type { Tables } from '../unit-of-work.ts';
import type { Coupon } from './coupon-repository.ts';
import type { Customer } from './customer-repository.ts';
import type { Member } from './member-repository.ts';

/** Whether a person gets a coupon of this offer: personal offers only with `personalise` (duty-1). */
export function earnsCoupon(
  offer: Offer,
  segments: readonly string[],
  grants: readonly Grant[],
  now: EpochMs,
): boolean {
  if (offer.redemption === undefined || now >= offer.validUntil) return false;
  if (offer.segments.length === 0) return true;
  if (!grants.some(({ purpose }) => purpose === 'personalise')) return false;
  return offer.segments.some((segment) => segments.includes(segment));
}

/**
 * The coupons that this store may redeem for the person; those that are missing are drawn. A leased coupon sits with the
 * first store that asks, and with no other (inv-4).
 * @param offers - as the store serves them
 */
export async function couponsAt(
  tables: Tables,
  crypto: Crypto,
  { storeId, customerId, visitingUntil }: Member,
  customer: Customer,
  grants: readonly Grant[],
  now: EpochMs,
  offers: readonly Offer[],
): Promise<readonly Coupon[]> {
  const known = new Map((await tables.coupons.of(customerId)).map((each) => [each.offerId, each]));
  const coupons: Coupon[] = [];
  for (const offer of offers) {
    if (!earnsCoupon(offer, customer.segments, grants, now)) continue;
    // A visitor's coupon may still be wanted where they belong.
    if (visitingUntil !== undefined && !known.has(offer.offerId)) continue;
    const coupon = known.get(offer.offerId) ?? draw(crypto, offer, customerId, storeId);
    if (!known.has(offer.offerId)) await tables.coupons.add(coupon, now);
    // A used one stays where it was used, so that the store can say "already used"; elsewhere it is no more.
    const isHere = offer.redemption !== 'leased' || coupon.holder === storeId;
    const isOver = coupon.redeemedIn !== undefined && coupon.redeemedIn !== storeId;
    if (isHere && !isOver) coupons.push(coupon);
  }
  return coupons;
}

function draw(
  crypto: Crypto,
  { offerId }: Offer,
  customerId: Coupon['customerId'],
  holder: StoreId,
): Coupon {
  return {
    couponId: CouponIdSchema.parse(uuidv7()),
    customerId,
    offerId,
    holder,
    code: encodeOwnCoupon(crypto.randomBytes(10)),
    redeemedAt: undefined,
    redeemedIn: undefined,
  };
}
