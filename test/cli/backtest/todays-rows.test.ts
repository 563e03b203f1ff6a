import { expect, test } from 'vitest';
import { todaysPerson } from '../../../cli/backtest/todays-rows.ts';
import { openForReading } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import type { LeaseId } from '../../../kernel/domain/ids.ts';
import { newId } from '../../doubles/facts.ts';
import { aMember } from '../../doubles/members.ts';
import { aStoreWithHistory } from '../../doubles/store-with-history.ts';
import { CONFIGURATION } from '../../support/edge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = Date.now();
const HOUR_MS = 3_600_000;
const yes = (grantedAt: number, expiresAt = NOW + HOUR_MS) => ({
  ...{ purpose: 'personalise' as const, grantedAt, expiresAt, textVersion: '1' },
});

function asked(given: Partial<CohortRow>, { at = NOW - HOUR_MS, withdrawnAt = 0 } = {}) {
  const store = aStoreWithHistory(tempDir(), CONFIGURATION);
  const row = aMember(given);
  const { pseudonym } = row;
  store.knows([row]);
  if (withdrawnAt > 0)
    store.commit([{ kind: 'withdraw', pseudonym, purpose: 'personalise', at: withdrawnAt }], []);
  const reads = new StoreReader(openForReading(store.database));
  return { ...store, reads, row, person: todaysPerson(reads, store.lease, { pseudonym, at }, NOW) };
}
const leftOut = (reason: string) => ({ kind: 'left-out', reason });

test('[backtest-1] a moment counts with a yes that was given by then and lives today', () => {
  expect(asked({ grants: [yes(NOW - 2 * HOUR_MS)] }).person.kind).toBe('consented');
  expect(asked({}).person).toEqual(leftOut('without-yes'));
  expect(asked({ grants: [yes(NOW - 1)] }).person).toEqual(leftOut('without-yes')); // said later
  expect(asked({ grants: [yes(0, NOW)] }).person).toEqual(leftOut('without-yes')); // over today
});

test('[backtest-1] a yes that was taken back here counts no more, though its row still has it', () => {
  const grants = [yes(NOW - 2 * HOUR_MS)];
  expect(asked({ grants }, { withdrawnAt: NOW - 1 }).person).toEqual(leftOut('without-yes'));
  expect(asked({ grants }, { withdrawnAt: NOW - 3 * HOUR_MS }).person.kind).toBe('consented');
});

test('[backtest-1] nobody is known by a row of another lease, or of a visit that is over', () => {
  const { reads, lease, row } = asked({ grants: [yes(0)] });
  const other = { ...lease, leaseId: newId<LeaseId>() };
  expect(todaysPerson(reads, other, { pseudonym: row.pseudonym, at: NOW }, NOW)).toEqual(
    leftOut('not-known-today'),
  );
  expect(asked({ grants: [yes(0)], leasedUntil: NOW }).person).toEqual(leftOut('not-known-today'));
});
