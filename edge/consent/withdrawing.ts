import type { CohortRow, Purpose } from '../../kernel/domain/cohort.ts';
import { withdraw, withdrawOlder } from '../../kernel/domain/consent.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { Visits } from '../presence/visits.ts';
import type { StoreReads } from '../reads.ts';
import type { CohortOperation } from '../writes.ts';
import type { Cohort } from './cohort.ts';

export interface WithdrawingParts {
  readonly cohort: Pick<Cohort, 'index' | 'heldRow' | 'seal' | 'withdraw'>;
  readonly visits: Pick<Visits, 'forget'>;
}
/** What is left to do once the memory has forgotten. */
export interface Withdrawn {
  readonly operations: readonly CohortOperation[];
  /** Once the operations are on disk. */
  readonly afterwards: () => void;
}

/** Takes grants back: at once in memory, whoever asked for it; the caller writes it down (duty-6). */
export function takeBack(
  { cohort, visits }: WithdrawingParts,
  pseudonym: Pseudonym,
  purposes: readonly Purpose[],
  at: EpochMs,
  now: EpochMs,
): Withdrawn {
  const row = cohort.heldRow(pseudonym, now);
  const written = cohort.withdraw(pseudonym, purposes, at);
  if (purposes.includes('recognise')) visits.forget(pseudonym, 'withdrawn');
  const operations: CohortOperation[] = purposes.map((purpose) => ({
    kind: 'withdraw',
    pseudonym,
    purpose,
    at,
  }));
  if (row === undefined) return { operations, afterwards: written };
  const without = purposes.reduce(withdraw, row);
  operations.push({ kind: 'put', row: cohort.seal(without) });
  return {
    operations,
    afterwards: () => {
      written();
      cohort.index(without);
    },
  };
}

/** The row without what was taken back here after it was granted: HQ may not have known it yet. */
export function withoutWithdrawn(
  reads: Pick<StoreReads, 'withdrawals'>,
  given: CohortRow,
): CohortRow {
  let row = given;
  for (const [purpose, withdrawnAt] of reads.withdrawals(row.pseudonym))
    row = withdrawOlder(row, purpose, withdrawnAt);
  return row;
}
