import type { CohortRow, Grant, HeldCoupon, Purpose } from './cohort.ts';
import type { EpochMs } from './ids.ts';

const DAY_MS = 86_400_000;

/** How long a yes lasts, in ms (Garante 24-02-2005: profiling 12 months, marketing 24). */
export const GRANT_LIFE_MS: Readonly<Record<Purpose, number>> = {
  recognise: 365 * DAY_MS,
  personalise: 365 * DAY_MS,
  market: 730 * DAY_MS,
  staff: 365 * DAY_MS,
  'show-name': 365 * DAY_MS,
};

/** One yes or no as it was recorded; the record is kept, never changed (duty-2). */
export interface ConsentRecord {
  readonly purpose: Purpose;
  readonly given: boolean;
  readonly textVersion: string;
  /** When the person said so. */
  readonly at: EpochMs;
  /** HQ's number of the record: the order of the fold. Records from two places may share one. */
  readonly hqRev: number;
  /** False where signature or proof did not stand: the record then counts for nothing. */
  readonly verified: boolean;
}

/**
 * The grants that follow from a person's records (duty-3): per purpose the record of highest `hqRev` decides, at equal
 * numbers a withdrawal wins, and a yes must be younger than any withdrawal, whichever arrived later (duty-8). The same for
 * any order of records and for records that come twice.
 */
export function foldConsents(records: readonly ConsentRecord[]): readonly Grant[] {
  const latest = new Map<Purpose, ConsentRecord>();
  const withdrawnAt = new Map<Purpose, EpochMs>();
  for (const record of records) {
    if (!record.verified) continue;
    const { purpose } = record;
    if (!record.given) {
      withdrawnAt.set(purpose, Math.max(record.at, withdrawnAt.get(purpose) ?? 0));
    }
    const before = latest.get(purpose);
    if (before === undefined || winsOver(record, before)) latest.set(purpose, record);
  }
  const grants = [...latest.values()]
    .filter((record) => record.given && record.at > (withdrawnAt.get(record.purpose) ?? -1))
    .map(({ purpose, at, textVersion }) => ({
      purpose,
      grantedAt: at,
      expiresAt: at + GRANT_LIFE_MS[purpose],
      textVersion,
    }));
  return grants.sort((a, b) => (a.purpose < b.purpose ? -1 : 1));
}

function winsOver(record: ConsentRecord, other: ConsentRecord): boolean {
  if (record.hqRev !== other.hqRev) return record.hqRev > other.hqRev;
  if (record.given !== other.given) return !record.given;
  if (record.at !== other.at) return record.at > other.at;
  return record.textVersion > other.textVersion;
}

/** The lease under which rows may be opened: over at `notAfter`. */
export interface Lease {
  readonly notAfter: EpochMs;
}

declare const consented: unique symbol;
/**
 * A cohort row of somebody who agreed to `P`, in a lease that holds. Only `withConsent` makes one: what asks for a
 * `ConsentedRow` cannot be called without that check.
 */
export interface ConsentedRow<P extends Purpose> {
  readonly kind: 'consented';
  readonly row: Readonly<CohortRow>;
  readonly [consented]: P;
}
export interface ConsentRefused {
  readonly kind: 'refused';
  readonly reason: 'no-grant' | 'expired' | 'lease-over';
}

/** The one gate to a person's row (duty-4): no live grant in a live lease, no personal processing. */
export function withConsent<P extends Purpose>(
  row: Readonly<CohortRow>,
  purpose: P,
  lease: Lease,
  now: EpochMs,
): ConsentedRow<P> | ConsentRefused {
  if (now >= lease.notAfter) return { kind: 'refused', reason: 'lease-over' };
  const grants = row.grants.filter((grant) => grant.purpose === purpose);
  if (grants.length === 0) return { kind: 'refused', reason: 'no-grant' };
  if (!grants.some((grant) => now < grant.expiresAt)) return { kind: 'refused', reason: 'expired' };
  return { kind: 'consented', row } as ConsentedRow<P>;
}

/**
 * What anybody who scans their own card or code is served from, without any grant (duty-1): the coupons in their hand,
 * and nothing that was concluded about them. Only `plainCouponsOf` makes one.
 */
export interface PlainHolder {
  readonly kind: 'plain';
  readonly rowVersion: number;
  readonly coupons: readonly HeldCoupon[];
  readonly [consented]: 'own-act';
}

export function plainCouponsOf(
  row: Readonly<CohortRow>,
  lease: Lease,
  now: EpochMs,
): PlainHolder | ConsentRefused {
  if (now >= lease.notAfter) return { kind: 'refused', reason: 'lease-over' };
  const { rowVersion, coupons } = row;
  const holder: Omit<PlainHolder, typeof consented> = { kind: 'plain', rowVersion, coupons };
  return holder as PlainHolder;
}

/** The purposes that a row grants at `now`. */
export function liveGrants(row: Pick<CohortRow, 'grants'>, now: EpochMs): ReadonlySet<Purpose> {
  return new Set(row.grants.filter((grant) => now < grant.expiresAt).map(({ purpose }) => purpose));
}

/** The row once `purpose` is withdrawn: its grant gone, and with `show-name` the name (duty-6, duty-11). */
export function withdraw(row: Readonly<CohortRow>, purpose: Purpose): CohortRow {
  const grants = row.grants.filter((grant) => grant.purpose !== purpose);
  if (purpose !== 'show-name') return { ...row, grants };
  const nameless = { ...row, grants };
  delete nameless.firstName;
  return nameless;
}

/** The row once `purpose` was withdrawn at `at`: a grant that is younger stands (duty-8). */
export function withdrawOlder(row: Readonly<CohortRow>, purpose: Purpose, at: EpochMs): CohortRow {
  const isOlder = row.grants.some((grant) => grant.purpose === purpose && grant.grantedAt <= at);
  return isOlder ? withdraw(row, purpose) : row;
}
