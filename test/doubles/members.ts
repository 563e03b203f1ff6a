import type { CohortRow, HeldCoupon, Purpose } from '../../kernel/domain/cohort.ts';
import type { CouponId, EpochMs, OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { newId, newPseudonym } from './facts.ts';

/** A Sunday in the shop. */
export const NOON: EpochMs = Date.UTC(2026, 2, 1, 11);
const DAY_MS = 86_400_000;

/** A member's row as HQ would send it; no consent unless given. */
export function aMember(
  given: Partial<CohortRow> & { readonly consents?: readonly Purpose[] } = {},
): CohortRow {
  const { consents = [], ...fields } = given;
  return {
    pseudonym: newPseudonym(),
    rowVersion: 1,
    test: false,
    language: 'it',
    segments: [],
    affinities: {},
    points: 0,
    coupons: [],
    grants: consents.map((purpose) => ({
      purpose,
      grantedAt: NOON - DAY_MS,
      expiresAt: NOON + DAY_MS,
      textVersion: '1',
    })),
    tokenSources: [],
    rotatingCodes: [],
    phonePublicKeys: [],
    cardHashes: [],
    ...fields,
  };
}

/** An offer for everybody, on kiosk and public screen, all day. */
export function anOffer(offerId: string, given: Partial<Offer> = {}): Offer {
  return {
    offerId: offerId as OfferId,
    version: 1,
    text: { it: { title: offerId, body: '' }, en: { title: offerId, body: '' } },
    benefit: { kind: 'percent', percent: 10 },
    gtins: [],
    categories: [],
    segments: [],
    moments: ['near', 'session', 'scan'],
    surfaces: ['kiosk', 'public'],
    minStrength: 0,
    validFrom: NOON - DAY_MS,
    validUntil: NOON + DAY_MS,
    priority: 50,
    sensitive: false,
    ...given,
  };
}

export function aCoupon(offerId: string, given: Partial<HeldCoupon> = {}): HeldCoupon {
  return {
    couponId: newId<CouponId>(),
    offerId: offerId as OfferId,
    code: `SGK${offerId}`,
    codeHash: '0'.repeat(32),
    ...given,
  };
}
