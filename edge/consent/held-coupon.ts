import { hash } from 'node:crypto';
import type { HeldCoupon } from '../../kernel/domain/cohort.ts';
import type { CouponRight } from '../../kernel/domain/coupon.ts';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import type { SealedCoupon } from '../writes.ts';
import { open, seal } from './sealing.ts';

/** What a coupon is looked up by: 16 bytes, hex. Of a code with 80 random bits nobody finds the way back. */
export function couponHash(code: string): string {
  return digest('hash', code).slice(0, 32);
}

/**
 * A coupon as it lies in its table: its own code is the key to it, so that whoever shows the code has it redeemed, also
 * without a lease (lease-2); without the code it says that somebody has a coupon, and not which.
 */
export function sealCoupon(
  pseudonym: Pseudonym,
  { code, couponId, offerId, move, isElsewhere }: CouponRight & Pick<HeldCoupon, 'code'>,
): SealedCoupon {
  const text = JSON.stringify({ couponId, offerId, move, isElsewhere } satisfies CouponRight);
  const codeHash = couponHash(code);
  return { codeHash, sealed: seal(keyOf(code), text, bounds(pseudonym, codeHash)) };
}

/**
 * What it is good for; undefined where it is another's or damaged.
 * @param codeHash - what it was found by
 */
export function openCoupon(
  code: string,
  codeHash: string,
  { pseudonym, sealed }: { readonly pseudonym: Pseudonym; readonly sealed: Uint8Array },
): CouponRight | undefined {
  const right = open(keyOf(code), sealed, bounds(pseudonym, codeHash));
  return right as CouponRight | undefined; // written by `sealCoupon`, and the tag holds
}

const keyOf = (code: string) => Buffer.from(digest('key', code), 'hex');
// In one call: a Hash object apiece is a burden to the garbage collector.
const digest = (use: 'hash' | 'key', code: string) =>
  hash('sha256', `soglia-coupon-${use}-v1\n${code}`);

function bounds(pseudonym: Pseudonym, codeHash: string): Buffer {
  return Buffer.from(pseudonym + codeHash, 'hex');
}
