import type { CouponId, RequestId } from '../../kernel/domain/ids.ts';
import type { Writes } from '../../edge/writes.ts';
import { aRedemption } from '../doubles/facts.ts';

/** The redemption of the coupon with this number. Asked for again, it is the same request. */
export function redemptionNumbered(number: number): Writes['redeem']['request'] {
  return aRedemption({
    couponId: `${COUPON}${hex(number)}` as CouponId,
    requestId: `${REQUEST}${hex(number)}` as RequestId,
  });
}

export function numberOf(couponId: string): number {
  return Number.parseInt(couponId.slice(COUPON.length), 16);
}

/** As a till works whose store has crashed: what got no answer is asked for again, then what is new. */
export function* numbersFrom(first: number, answered: ReadonlySet<number>): Generator<number> {
  for (let number = first; ; number += 1) if (!answered.has(number)) yield number;
}

const COUPON = '00000000-0000-7000-8000-';
const REQUEST = '00000000-0000-7000-9000-';
const hex = (number: number) => number.toString(16).padStart(12, '0');
