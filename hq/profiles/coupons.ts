import { uuidv7 } from 'uuidv7';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { Grant } from '../../kernel/domain/cohort.ts';
import {
  CouponIdSchema,
  type CustomerId,
  type EpochMs,
  type StoreId,
} from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { encodeOwnCoupon } from '../../kernel/scans/own-code.ts';
import { heldOutOf } from '../results/buckets.ts';
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
 * The coupons that this store has of the person; those that are missing are drawn. A leased coupon sits with the first
 * store that asks until it is shown in another (inv-4, move-1); one for online use with HQ until it is shown. Of an offer that
 * an experiment holds the person out of none is drawn while it runs in any of their stores; one that they got before stays
 * theirs.
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
  const earned = offers.filter((offer) => earnsCoupon(offer, customer.segments, grants, now));
  // A visitor's coupon may still be wanted where they belong.
  const lacking = visitingUntil === undefined && earned.some(({ offerId }) => !known.has(offerId));
  const around = lacking ? await offersAround(tables, customerId, storeId, offers) : [];
  const heldOut = await heldOutOf(tables, crypto, customerId, around);
  const coupons: Coupon[] = [];
  for (const offer of earned) {
    const { offerId } = offer;
    if (!known.has(offerId) && (visitingUntil !== undefined || heldOut.has(offerId))) continue;
    const drawn = known.get(offerId) ?? draw(crypto, offer, customerId, storeId);
    if (!known.has(offerId)) await tables.coupons.add(drawn, now);
    const isFree = visitingUntil === undefined && isLeasable(offer, drawn);
    const coupon = isFree ? await leased(tables, drawn, storeId) : drawn;
    // A used one stays where it was used, so that the store can say "already used"; elsewhere it is no more.
    const isHere = offer.redemption !== 'leased' || coupon.holder === storeId;
    const isOver = coupon.redeemedIn !== undefined && coupon.redeemedIn !== storeId;
    if (isHere && !isOver) coupons.push(coupon);
  }
  return coupons;
}

/** The right to it is HQ's, and a store may have it unasked. */
function isLeasable({ redemption }: Offer, { holder, redeemedIn }: Coupon): boolean {
  return redemption === 'leased' && holder === undefined && redeemedIn === undefined;
}

async function leased(tables: Tables, coupon: Coupon, holder: StoreId): Promise<Coupon> {
  const move = coupon.move + 1;
  await tables.coupons.give(coupon.couponId, holder, move);
  return { ...coupon, holder, move };
}

/** What this store serves, and what the person's other stores do. */
async function offersAround(
  tables: Tables,
  customerId: CustomerId,
  here: StoreId,
  offers: readonly Offer[],
): Promise<readonly Offer[]> {
  const around = [...offers];
  for (const { storeId } of await tables.members.of(customerId))
    if (storeId !== here) around.push(...(await tables.publications.offersOf(storeId)));
  return around;
}

function draw(
  crypto: Crypto,
  { offerId, redemption }: Offer,
  customerId: Coupon['customerId'],
  storeId: StoreId,
): Coupon {
  return {
    couponId: CouponIdSchema.parse(uuidv7()),
    customerId,
    offerId,
    holder: redemption === 'online-only' ? undefined : storeId,
    move: 0,
    code: encodeOwnCoupon(crypto.randomBytes(10)),
    redeemedAt: undefined,
    redeemedIn: undefined,
  };
}
