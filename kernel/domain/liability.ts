import type { Offer } from './offer.ts';

/**
 * What a store may give away without a line in coupons that other stores take too (class `optimistic`): should two take
 * one, the chain has given it twice, and never more of that than all its stores' caps (reliability.md, f4; goal-7).
 */
export interface Liability {
  /** Minor units; what this store may owe at most. */
  readonly cap: number;
  /** Of uses that HQ has not acknowledged. */
  readonly open: number;
}

/** Whether one more use fits: a coupon's worth counts until HQ has it. */
export function isLiable({ cap, open }: Liability, worth: number): boolean {
  return open + worth <= cap;
}

/** Of a coupon whose offer does not say what it is worth: a percentage of what nobody knows yet. */
const UNKNOWN_WORTH = 1_000;

/** What the use of a coupon counts for until HQ has it, in minor units; undefined where no other store takes it. */
export function worthOf({
  redemption,
  benefit,
  valueMinor,
}: Pick<Offer, 'redemption' | 'benefit' | 'valueMinor'>): number | undefined {
  if (redemption !== 'optimistic') return undefined;
  return benefit.kind === 'amount' ? benefit.amount.minor : (valueMinor ?? UNKNOWN_WORTH);
}
