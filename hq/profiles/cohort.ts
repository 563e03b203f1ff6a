import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { CohortRow, Grant } from '../../kernel/domain/cohort.ts';
import { foldConsents } from '../../kernel/domain/consent.ts';
import type { CustomerId, EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { armsOf } from '../results/buckets.ts';
import type { Tables, UnitOfWork } from '../unit-of-work.ts';
import { cohortRowOf } from './cohort-row.ts';
import { couponsAt } from './coupons.ts';
import type { Member } from './member-repository.ts';

const BATCH = 100;

export interface Cohort {
  /** Makes every marked row of one store, or of all, anew and sends those that differ. */
  makeRows(storeId?: StoreId): Promise<void>;
}

/**
 * Rows follow what HQ knows: whoever changes something marks the people concerned in the same transaction, and their rows
 * are made right after, a few at a time. The mark is in the database, so a crash in between loses nothing.
 */
export function createCohort(database: UnitOfWork, crypto: Crypto, clock: Clock): Cohort {
  async function makeSome(storeId: StoreId | undefined): Promise<boolean> {
    const isWaiting = await database.read((tables) => tables.members.marked(storeId, 1));
    if (isWaiting.length === 0) return false;
    return database.write(async (tables) => {
      const members = await tables.members.marked(storeId, BATCH);
      for (const member of members) await makeRow(tables, crypto, member, clock());
      return members.length === BATCH;
    });
  }
  return {
    async makeRows(storeId) {
      while (await makeSome(storeId));
    },
  };
}

/** The grants that hold now: proofs were checked when the records came in. */
export async function grantsOf(
  tables: Tables,
  customerId: CustomerId,
  now: EpochMs,
): Promise<readonly Grant[]> {
  const records = await tables.consents.of(customerId);
  const folded = foldConsents(records.map((record) => ({ ...record, verified: true })));
  return folded.filter((grant) => now < grant.expiresAt);
}

/**
 * Makes one row anew and sends it if it differs; of a visitor whose visit is over, that it goes.
 * @returns the row as the store is to have it; undefined where it is to have none
 */
export async function makeRow(
  tables: Tables,
  crypto: Crypto,
  member: Member,
  now: EpochMs,
): Promise<CohortRow | undefined> {
  const { storeId, customerId, pseudonym, visitingUntil } = member;
  if (visitingUntil !== undefined && now >= visitingUntil) {
    await tables.members.unmade(member);
    if (member.rowDigest !== undefined) {
      const gone = { kind: 'row-removed', pseudonym } as const;
      await tables.changes.append('cohort', storeId, gone, pseudonym);
    }
    return undefined;
  }
  const customer = await tables.customers.get(customerId);
  const lease = await tables.stores.leaseOf(storeId);
  if (customer === undefined || lease === undefined)
    throw new Error('a member without customer or lease');
  const grants = await grantsOf(tables, customerId, now);
  const offers = await tables.publications.offersOf(storeId);
  const row = await cohortRowOf(crypto, {
    member,
    customer,
    grants,
    phones: await tables.customers.phonesOf(customerId),
    cards: await tables.customers.cardsOf(customerId),
    coupons: await couponsAt(tables, crypto, member, customer, grants, now, offers),
    arms: await armsOf(tables, crypto, customerId, offers),
    lease,
  });
  // Under a new lease every row comes anew, even one that says the same.
  const digest = createHash('sha256').update(lease.leaseId).update(JSON.stringify(row));
  const rowDigest = digest.digest('hex');
  if (rowDigest === member.rowDigest) {
    await tables.members.made(member, member.rowVersion, rowDigest);
    return { ...row, rowVersion: member.rowVersion };
  }
  const rowVersion = member.rowVersion + 1;
  await tables.members.made(member, rowVersion, rowDigest);
  const change = { kind: 'row', row: { ...row, rowVersion } } as const;
  await tables.changes.append('cohort', storeId, change, pseudonym);
  return change.row;
}
