import type { CohortOperation, UseMoment, WriteRequest, Writes } from '../../edge/writes.ts';
import { sealCoupon } from '../../edge/consent/held-coupon.ts';
import type {
  CouponId,
  LeaseId,
  OfferId,
  Pseudonym,
  RequestId,
  StationId,
} from '../../kernel/domain/ids.ts';
import { type Offer, OfferSchema } from '../../kernel/domain/offer.ts';
import { AT, newId, newPseudonym } from './facts.ts';
import { anOffer } from './shop-goods.ts';

/** A coupon in somebody's hands. */
export interface Coupon {
  readonly code: string;
  readonly couponId: CouponId;
  readonly offerId: OfferId;
  readonly pseudonym: Pseudonym;
  readonly move?: number;
}

export function aCoupon(given: Partial<Coupon> = {}): Coupon {
  const couponId = given.couponId ?? newId<CouponId>();
  const code = `SGK${couponId}`;
  return { code, couponId, offerId: 'oil-20' as OfferId, pseudonym: newPseudonym(), ...given };
}

type ChangeCohort = Extract<WriteRequest, { kind: 'change-cohort' }>;

/** The store hears of these coupons, all of one person, in place of those that it had of the person. */
export function holding(...coupons: [Coupon, ...Coupon[]]): ChangeCohort {
  const { pseudonym } = coupons[0];
  const row = {
    ...{ pseudonym, rowVersion: 1, leaseId: newId<LeaseId>(), sealed: Buffer.alloc(40) },
    ...{ lookUps: [], coupons: coupons.map((coupon) => sealCoupon(pseudonym, coupon)) },
  };
  return { kind: 'change-cohort', facts: [], operations: [{ kind: 'put', row }] };
}

/** The store hears of these offers, in place of those that it had. */
export function serving(...offers: readonly unknown[]): ChangeCohort {
  const content = Buffer.from(JSON.stringify({ offers }));
  const bundle: CohortOperation = {
    kind: 'bundle',
    version: (bundles += 1),
    ...{ manifest: '', signature: '', keyId: '' },
    content,
  };
  return { kind: 'change-cohort', facts: [], operations: [bundle] };
}
let bundles = Date.now(); // a store that is opened again has older ones

/** An offer that stands at all times. */
export function aStandingOffer(
  offerId: string,
  given: Partial<Record<keyof Offer, unknown>> = {},
): Offer {
  const always = { validFrom: 0, validUntil: Date.UTC(2100) };
  return OfferSchema.parse(anOffer(offerId, { redemption: 'leased', ...always, ...given }));
}
/** What coupons are for that say nothing else. */
export const OIL = aStandingOffer('oil-20');

/** Minor units. */
export const OWED_AT_MOST = 50_000;

/** A redemption as redemption/ asks the writer for it. */
export function redemptionOf(
  { code }: Pick<Coupon, 'code'>,
  {
    requestId = newId<RequestId>(),
    ...moment
  }: Partial<UseMoment & Pick<Writes['redeem']['request'], 'requestId'>> = {},
): Writes['redeem']['request'] {
  const stationId = 'till' as StationId;
  const usual = { at: AT, storeDay: '2026-04-01', owedAtMost: OWED_AT_MOST };
  return { requestId, code, stationId, moment: { ...usual, ...moment } };
}
