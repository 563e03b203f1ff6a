import type { HeldCoupon } from './cohort.ts';
import type { CouponId, EpochMs, OfferId } from './ids.ts';
import type { Offer, RedemptionClass } from './offer.ts';

/** What a coupon is good for, and by which move it came. */
export type CouponRight = Pick<HeldCoupon, 'couponId' | 'offerId' | 'move' | 'isElsewhere'>;

/** All that decides a redemption, as the store knows it at that moment. */
export interface CouponSituation {
  /** Undefined: no coupon of ours has this code here. */
  readonly coupon: CouponRight | undefined;
  /** The coupon's offer in the bundle that is served; undefined once it is gone from there. */
  readonly offer: Pick<Offer, 'redemption' | 'validFrom' | 'validUntil' | 'budget'> | undefined;
  /** When it was used before. */
  readonly usedAt: EpochMs | undefined;
  /** The last move by which it had come when the right to it was given up here. */
  readonly releasedMove?: number | undefined;
}

export const COUPON_REFUSALS = [
  'already-used',
  'expired',
  'unknown',
  'online-only',
  'not-here',
  /** The right to redeem it lies in another store, and could not be had from there. */
  'elsewhere',
  /** Of the person, of the day here, or of this store's part of the whole. */
  'over-cap',
  /** What it takes off counts against a budget, and only a till knows how much that is. */
  'till-only',
] as const;
export type CouponRefusal = (typeof COUPON_REFUSALS)[number];
/** At a till. */
type TillRefusal = Exclude<CouponRefusal, 'till-only'>;
export type RedemptionJudgement<O = CouponSituation['offer'], R = TillRefusal> =
  | {
      readonly kind: 'redeem';
      readonly offer: NonNullable<O>;
      readonly couponId: CouponId;
      readonly offerId: OfferId;
      readonly redemption: RedemptionClass;
      /** Of the right that it takes; undefined where it takes none. */
      readonly move: number | undefined;
    }
  | {
      readonly kind: 'refuse';
      readonly reason: R;
      /** With `already-used`. */
      readonly redeemedAt?: EpochMs;
    };

/**
 * Whether a coupon may be used up now, by its class alone (wire-33): `optimistic` in any store, `leased` and `online-only`
 * where the right to them is. A used coupon says so before anything else: that answer never changes.
 */
export function judgeRedemption<O extends CouponSituation['offer']>(
  { coupon, offer, usedAt, releasedMove }: Omit<CouponSituation, 'offer'> & { readonly offer: O },
  now: EpochMs,
): RedemptionJudgement<O> {
  if (coupon === undefined) return { kind: 'refuse', reason: 'unknown' };
  if (usedAt !== undefined) return { kind: 'refuse', reason: 'already-used', redeemedAt: usedAt };
  if (offer === undefined || now >= offer.validUntil) return { kind: 'refuse', reason: 'expired' };
  if (offer.redemption === undefined || now < offer.validFrom) {
    return { kind: 'refuse', reason: 'not-here' };
  }
  const { redemption } = offer;
  const { couponId, offerId } = coupon;
  if (redemption === 'optimistic')
    return { kind: 'redeem', offer, couponId, offerId, redemption, move: undefined };
  const move = moveOfRight(coupon, redemption);
  if (move === undefined || isReleased(move, releasedMove))
    return { kind: 'refuse', reason: redemption === 'leased' ? 'elsewhere' : redemption };
  return { kind: 'redeem', offer, couponId, offerId, redemption, move };
}

/** Whether the right that came by this move was given up since: only a later move brings it back. */
export function isReleased(move: number, releasedMove: number | undefined): boolean {
  return releasedMove !== undefined && move <= releasedMove;
}

/** Undefined: it never came here. A leased coupon may be drawn for a store, one for online use comes by a move alone. */
function moveOfRight(
  { move, isElsewhere }: CouponRight,
  redemption: Exclude<RedemptionClass, 'optimistic'>,
): number | undefined {
  if (isElsewhere === true) return undefined;
  return move ?? (redemption === 'leased' ? 0 : undefined);
}

/** Refusals that a move of the coupon may mend. */
export function mayMove(reason: CouponRefusal): boolean {
  return reason === 'unknown' || reason === 'elsewhere' || reason === 'online-only';
}

/**
 * The same where no basket is known. What an offer with a budget takes off is counted by the till alone: elsewhere its
 * coupon is not used up.
 */
export function judgeWithoutBasket<O extends CouponSituation['offer']>(
  situation: Omit<CouponSituation, 'offer'> & { readonly offer: O },
  now: EpochMs,
): RedemptionJudgement<O, CouponRefusal> {
  const judgement = judgeRedemption(situation, now);
  if (judgement.kind === 'refuse' || situation.offer?.budget === undefined) return judgement;
  return { kind: 'refuse', reason: 'till-only' };
}
