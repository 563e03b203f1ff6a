import type { DecisionContext, Known } from './decision-context.ts';
import type { Facts } from './condition-facts.ts';
import { armOf } from './experiment.ts';
import { capAgainst } from './ledger.ts';
import { ASKS, type PreparedOffer } from './prepared-offer.ts';
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
  'price-not-cut',
  'held-out',
  'group-taken',
  'shown-enough-today',
  'ranked-lower',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

/**
 * The first reason that stands against an offer of this moment and surface; undefined where it stands.
 * @param settled - what need not be asked, by `settledFor`; for an offer that the index did not find nothing is settled
 */
export function judge(prepared: PreparedOffer, known: Known, settled = 0): Rejection | undefined {
  const { context, now, facts } = known;
  if (now < prepared.validFrom) return 'not-yet-valid';
  if (now >= prepared.validUntil) return 'over';
  if (context.latest !== undefined && context.latest >= prepared.validUntil) return 'may-be-over';
  const asks = prepared.asks & ~settled;
  if (asks === 0) return undefined;
  if ((asks & ASKS.schedule) !== 0 && !isInSchedule(prepared, context)) return 'outside-schedule';
  if ((asks & ASKS.discretion) !== 0 && isSeenByAll(context)) return 'sensitive-here';
  if ((asks & ASKS.zone) !== 0 && !isInZone(prepared, context)) return 'other-zone';
  if (context.strength < prepared.minStrength) return 'strength-too-low';
  if ((asks & OF_SOMEBODY) !== 0 && lacksSomebody(prepared, asks, known))
    return context.strength < 3 ? 'strength-too-low' : 'not-personal-here';
  if ((asks & ASKS.product) !== 0 && !isAbout(prepared, facts)) return 'other-product';
  if ((asks & ASKS.segment) !== 0 && !isInSegment(prepared, facts)) return 'not-in-segment';
  if (prepared.audience?.(facts) === false) return 'not-in-audience';
  if ((asks & ASKS.stock) !== 0 && isOutOfStock(prepared, context)) return 'out-of-stock';
  if ((asks & ASKS.coupon) !== 0) {
    const coupon = known.coupons?.get(prepared.offerId);
    if (coupon === undefined) {
      if (!isHeldOut(prepared, known)) return 'no-coupon-held';
    } else if (context.usedCoupons.has(coupon.couponId)) return 'coupon-used';
  }
  return (asks & ASKS.ledger) === 0 ? undefined : capAgainst(prepared.offer, known.ledger);
}

/**
 * Whether an experiment counts the person for whom this is all that stands against an offer. Who holds its coupon does not
 * decide who is compared: HQ draws none for the held-out, and a leased one sits in one store alone.
 */
export function isCounted(
  { offer }: PreparedOffer,
  { ledger }: Known,
  reason: Rejection | undefined,
): boolean {
  if (reason === 'no-coupon-held') return capAgainst(offer, ledger) === undefined;
  return reason === undefined;
}

/** Their coupon is not drawn while the experiment runs: that they have none is no reason of its own. */
const isHeldOut = ({ experiment }: PreparedOffer, { arms }: Known) =>
  armOf(experiment, arms)?.kind === 'held-out';

/** What the index and the context have answered for every candidate alike, as bits of `ASKS`. */
export function settledFor({ context, facts }: Known): number {
  return (
    ASKS.zone | // or it would not be a candidate
    ASKS.segment |
    (isSeenByAll(context) ? 0 : ASKS.discretion) |
    (context.strength === 4 ? ASKS.strength : 0) |
    (facts.scannedProduct === undefined ? ASKS.product : 0) |
    (context.stock === undefined ? ASKS.stock : 0)
  );
}

const OF_SOMEBODY = ASKS.segment | ASKS.audience | ASKS.coupon;

/**
 * Whether it turns on a profile or a coupon where nobody's may be used: nobody acted, the surface is everybody's, or there
 * is no yes to personal offers. What a person has or lacks is then no reason, and is not told.
 */
function lacksSomebody(
  { audience, asksProfile }: PreparedOffer,
  asks: number,
  { facts, coupons }: Known,
): boolean {
  if ((asks & ASKS.coupon) !== 0 && coupons === undefined) return true;
  if (facts.segments !== undefined) return false;
  return (asks & ASKS.segment) !== 0 || (asksProfile && audience?.(facts) === false);
}

function isInSchedule({ schedule }: PreparedOffer, { storeTime }: DecisionContext): boolean {
  return schedule === undefined || isScheduled(schedule, storeTime);
}

function isSeenByAll({ surface }: DecisionContext): boolean {
  return surface === 'public' || surface === 'kiosk';
}

function isInZone({ zones }: PreparedOffer, { zoneId }: DecisionContext): boolean {
  return zones === undefined || (zoneId !== undefined && zones.has(zoneId));
}

function isInSegment({ segments }: PreparedOffer, { segments: owned }: Facts): boolean {
  return segments === undefined || segments.some((segment) => owned?.has(segment));
}

/** A stock that nobody counts is no obstacle. */
function isOutOfStock({ offer, minStock = 0 }: PreparedOffer, { stock }: DecisionContext): boolean {
  return offer.gtins.some((gtin) => (stock?.get(gtin) ?? Infinity) < minStock);
}

/** Where no product is in question, offers of any product stand. */
function isAbout({ about }: PreparedOffer, { scannedProduct, scannedCategory }: Facts): boolean {
  if (about === undefined || scannedProduct === undefined) return true;
  if (about.gtins.has(scannedProduct)) return true;
  return scannedCategory !== undefined && about.categories.has(scannedCategory);
}
