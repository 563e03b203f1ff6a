import type { CouponId, EpochMs, OfferId } from './ids.ts';
import type { Offer, RedemptionClass } from './offer.ts';

/** All that decides a redemption, as the store knows it at that moment. */
export interface CouponSituation {
  /** Undefined: no coupon of ours has this code here. */
  readonly coupon: { readonly couponId: CouponId; readonly offerId: OfferId } | undefined;
  /** The coupon's offer in the bundle that is served; undefined once it is gone from there. */
  readonly offer: Pick<Offer, 'redemption' | 'validFrom' | 'validUntil' | 'budget'> | undefined;
  /** When it was used before. */
  readonly usedAt: EpochMs | undefined;
}

export const COUPON_REFUSALS = [
  'already-used',
  'expired',
  'unknown',
  'online-only',
  'not-here',
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
    }
  | {
      readonly kind: 'refuse';
      readonly reason: R;
      /** With `already-used`. */
      readonly redeemedAt?: EpochMs;
    };

/**
 * Whether a coupon may be used up now, by its class alone (wire-33): `leased` and `optimistic` here and without
 * HQ, `online-only` never without HQ. A used coupon says so before anything else: that answer never changes.
 */
export function judgeRedemption<O extends CouponSituation['offer']>(
  { coupon, offer, usedAt }: Omit<CouponSituation, 'offer'> & { readonly offer: O },
  now: EpochMs,
): RedemptionJudgement<O> {
  if (coupon === undefined) return { kind: 'refuse', reason: 'unknown' };
  if (usedAt !== undefined) return { kind: 'refuse', reason: 'already-used', redeemedAt: usedAt };
  if (offer === undefined || now >= offer.validUntil) return { kind: 'refuse', reason: 'expired' };
  if (offer.redemption === undefined || now < offer.validFrom) {
    return { kind: 'refuse', reason: 'not-here' };
  }
  if (offer.redemption === 'online-only') return { kind: 'refuse', reason: 'online-only' };
  const { couponId, offerId } = coupon;
  return { kind: 'redeem', offer, couponId, offerId, redemption: offer.redemption };
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
