import type { HeldCoupon } from './cohort.ts';
import type { Language, OfferId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { Rejection } from './rejection.ts';

export interface ShownOffer {
  readonly offer: Offer;
  /** Which text of the offer's experiment; undefined: its own. */
  readonly variant: string | undefined;
  /** The subject's own coupon for it. */
  readonly coupon: HeldCoupon | undefined;
  /** One sentence: why this offer. */
  readonly reason: Readonly<Record<Language, string>>;
}
/** Somebody in an experiment for whom an offer stood, whether or not it was then shown (intention to treat). */
export interface Eligible {
  readonly offerId: OfferId;
  readonly layer: string;
  /** `held-out`, a variant's name, or `shown` where there are no variants. */
  readonly arm: string;
}
export interface Decision {
  readonly shown: readonly ShownOffer[];
  readonly eligible: readonly Eligible[];
  /** Candidates for this moment, surface, zone and profile that are not shown; any other offer: `whyNot`. */
  readonly rejected: readonly { readonly offerId: OfferId; readonly reason: Rejection }[];
  /** Versions, context and result as one text, to be hashed. */
  readonly canonical: string;
}
