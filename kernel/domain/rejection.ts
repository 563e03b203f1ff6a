import type { DecisionContext, Known } from './decision-context.ts';
import type { Facts } from './condition-facts.ts';
import { capAgainst } from './ledger.ts';
import type { PreparedOffer } from './prepared-offer.ts';
import { isScheduled } from './schedule.ts';

/** In the order in which they are looked at; the last four are of those that stand. */
export const REJECTIONS = [
  'other-moment',
  'other-surface',
  'not-yet-valid',
  'over',
  'may-be-over',
  'outside-schedule',
  'sensitive-here',
  'other-zone',
  'strength-too-low',
  'not-personal-here',
  'other-product',
  'not-in-segment',
  'not-in-audience',
  'out-of-stock',
  'no-coupon-held',
  'coupon-used',
  'cap-of-person',
  'cap-of-day',
  'slice-spent',
  'budget-spent',
  'price-not-on-record',
  'held-out',
  'group-taken',
  'shown-enough-today',
  'ranked-lower',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** The first reason that stands against an offer of this moment and surface; undefined where it stands. */
export function judge(prepared: PreparedOffer, known: Known): Rejection | undefined {
  const { context, ledger, now, facts, coupons } = known;
  if (now < prepared.validFrom) return 'not-yet-valid';
  if (now >= prepared.validUntil) return 'over';
  if (context.latest !== undefined && context.latest >= prepared.validUntil) return 'may-be-over';
  const { schedule, zones, about, segments, audience } = prepared;
  if (schedule !== undefined && !isScheduled(schedule, context.storeTime))
    return 'outside-schedule';
  const isPublic = context.surface === 'public' || context.surface === 'kiosk';
  if (prepared.sensitive && isPublic) return 'sensitive-here';
  if (zones !== undefined && !(context.zoneId !== undefined && zones.has(context.zoneId)))
    return 'other-zone';
  if (context.strength < prepared.minStrength) return 'strength-too-low';
  if (asksWhoIsThere(prepared, known))
    return context.strength < 3 ? 'strength-too-low' : 'not-personal-here';
  if (about !== undefined && !isAbout(about, facts)) return 'other-product';
  if (segments?.some((segment) => facts.segments?.has(segment)) === false) return 'not-in-segment';
  if (audience?.(facts) === false) return 'not-in-audience';
  if (isOutOfStock(prepared, context.stock)) return 'out-of-stock';
  if (prepared.needsCoupon) {
    const coupon = coupons?.get(prepared.offerId);
    if (coupon === undefined) return 'no-coupon-held';
    if (context.usedCoupons.has(coupon.couponId)) return 'coupon-used';
  }
  return prepared.isCounted ? capAgainst(prepared.offer, ledger) : undefined;
}

/**
 * Whether it turns on a profile or a coupon where nobody's may be used: nobody acted, the surface is everybody's, or there
 * is no yes to personal offers. What a person has or lacks is then no reason, and is not told.
 */
function asksWhoIsThere(prepared: PreparedOffer, { facts, coupons }: Known): boolean {
  if (prepared.needsCoupon && coupons === undefined) return true;
  if (facts.segments !== undefined) return false;
  return (
    prepared.segments !== undefined ||
    (prepared.asksProfile && prepared.audience?.(facts) === false)
  );
}

/** A stock that nobody counts is no obstacle. */
function isOutOfStock(
  { offer, minStock }: PreparedOffer,
  stock: DecisionContext['stock'],
): boolean {
  if (minStock === undefined || stock === undefined) return false;
  return offer.gtins.some((gtin) => (stock.get(gtin) ?? Infinity) < minStock);
}

/** Where no product is in question, offers of any product stand. */
function isAbout(
  { gtins, categories }: NonNullable<PreparedOffer['about']>,
  { scannedProduct, scannedCategory }: Facts,
): boolean {
  if (scannedProduct === undefined || gtins.has(scannedProduct)) return true;
  return scannedCategory !== undefined && categories.has(scannedCategory);
}
