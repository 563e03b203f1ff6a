import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CouponId, OfferId, Pseudonym, RequestId } from '../../kernel/domain/ids.ts';
import { JournalBodySchema, type JournalBody } from '../../kernel/protocol/journal-events.ts';
import { type CouponUse, factOf } from '../../edge/writes.ts';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says which brand it needs
export const newId = <T extends string>() => uuidv7() as T;
export const newPseudonym = () => randomBytes(16).toString('hex') as Pseudonym;
export const AT = Date.UTC(2026, 3, 1, 10);

/** A product scan, by somebody or nobody. */
export function aProductScan(pseudonym?: Pseudonym): JournalBody {
  return JournalBodySchema.parse({
    type: 'product-scanned',
    gtin: '04006381333931',
    stationId: 'entrance',
    ...(pseudonym === undefined ? {} : { pseudonym }),
    at: AT,
  });
}

/** The use of a coupon as a till's purchase has it. */
export function aCouponUse(given: Partial<CouponUse> = {}): CouponUse {
  const couponId = given.couponId ?? newId<CouponId>();
  const requestId = given.requestId ?? newId<RequestId>();
  const pseudonym = given.pseudonym ?? newPseudonym();
  const offerId = 'oil-20' as OfferId;
  const answer = JSON.stringify({ kind: 'redeemed', couponId, offerId, redeemedAt: AT });
  const fact = factOf(
    JournalBodySchema.parse({
      type: 'coupon-redeemed',
      requestId,
      couponId,
      offerId,
      redemption: 'leased',
      stationId: 'till',
      pseudonym,
      at: AT,
    }),
  );
  const terms = { offerId, storeDay: '2026-04-01', caps: { isSliced: false } };
  return { couponId, requestId, pseudonym, redeemedAt: AT, answer, move: 0, terms, fact, ...given };
}
