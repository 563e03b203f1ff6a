import type { HeldLease } from '../../edge/consent/lease.ts';
import { openRow } from '../../edge/consent/sealing.ts';
import type { StoreReads } from '../../edge/reads.ts';
import { type ConsentedRow, withConsent, withdrawOlder } from '../../kernel/domain/consent.ts';
import type { CouponId, EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';

export type TodaysPerson =
  | {
      readonly kind: 'consented';
      readonly subject: ConsentedRow<'personalise'>;
      readonly usedCoupons: ReadonlySet<CouponId>;
    }
  | { readonly kind: 'left-out'; readonly reason: 'without-yes' | 'not-known-today' };

type Reads = Pick<StoreReads, 'cohortRow' | 'redeemedAt' | 'withdrawals'>;

/** A person of back then by the row of today, opened for this one moment: only with a yes that was given by then, and lives. */
export function todaysPerson(
  reads: Reads,
  lease: HeldLease,
  { pseudonym, at }: { readonly pseudonym: Pseudonym; readonly at: EpochMs },
  now: EpochMs,
): TodaysPerson {
  const stored = reads.cohortRow(pseudonym);
  const opened = stored?.leaseId === lease.leaseId ? openRow(lease.sealingKey, stored) : undefined;
  if (opened === undefined || now >= (opened.leasedUntil ?? Infinity))
    return { kind: 'left-out', reason: 'not-known-today' };
  let row = opened;
  for (const [purpose, withdrawnAt] of reads.withdrawals(pseudonym))
    row = withdrawOlder(row, purpose, withdrawnAt);
  const grants = row.grants.filter(({ grantedAt }) => grantedAt <= at);
  const subject = withConsent({ ...row, grants }, 'personalise', lease, now);
  if (subject.kind === 'refused') return { kind: 'left-out', reason: 'without-yes' };
  const used = row.coupons
    .map(({ couponId }) => couponId)
    .filter((couponId) => (reads.redeemedAt(couponId) ?? Infinity) <= at);
  return { kind: 'consented', subject, usedCoupons: new Set(used) };
}
