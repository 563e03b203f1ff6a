import type { CouponId, Pseudonym, RequestId } from '../../kernel/domain/ids.ts';
import type { Writes } from '../../edge/writes.ts';
import { aCoupon, type Coupon, holding, redemptionOf } from '../doubles/held-coupons.ts';

/** As many as a person's row may hold. */
const HELD_TOGETHER = 50;

/** The redemption of the coupon with this number. Asked for again, it is the same request, a moment later. */
export function redemptionNumbered(number: number, at?: number): Writes['redeem']['request'] {
  const requestId = `${REQUEST}${hex(number)}` as RequestId;
  return redemptionOf(couponNumbered(number), { requestId, ...(at !== undefined && { at }) });
}

/** What makes the store know the coupons with these numbers, each person's once: to be written before. */
export function* holdingNumbered(
  numbers: Iterable<number>,
  known: Set<number>,
): Generator<ReturnType<typeof holding>> {
  for (const number of numbers) {
    const person = Math.floor(number / HELD_TOGETHER);
    if (known.has(person)) continue;
    known.add(person);
    const [first, ...others] = Array.from({ length: HELD_TOGETHER }, (_, i) =>
      couponNumbered(person * HELD_TOGETHER + i),
    );
    if (first !== undefined) yield holding(first, ...others);
  }
}

function couponNumbered(number: number): Coupon {
  const pseudonym = Math.floor(number / HELD_TOGETHER)
    .toString(16)
    .padStart(32, '0') as Pseudonym;
  return aCoupon({ couponId: `${COUPON}${hex(number)}` as CouponId, pseudonym });
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
