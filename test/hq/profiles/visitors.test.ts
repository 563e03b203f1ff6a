import { expect, test } from 'vitest';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { sqlUnitOfWork } from '../../../hq/db/sql-unit-of-work.ts';
import { createCohort } from '../../../hq/profiles/cohort.ts';
import { createCustomers } from '../../../hq/profiles/customers.ts';
import { visitorsOf } from '../../../hq/profiles/visitors.ts';
import { renewLease } from '../../../hq/publishing/lease.ts';
import { createStores } from '../../../hq/publishing/stores.ts';
import type { StoreId } from '../../../kernel/domain/ids.ts';
import { encodeOwnCard } from '../../../kernel/scans/own-code.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { endLater } from '../../support/endings.ts';

const [home, here] = ['casa', 'qui'] as [StoreId, StoreId];
const HOUR_MS = 3_600_000;

/** Head office without its doors: two stores with leases, and somebody of the first. */
async function backOffice() {
  const opened = await openDatabase(':memory:');
  endLater(() => opened.close());
  const database = sqlUnitOfWork(opened.db, () => undefined);
  const time = { now: 1_800_000_000_000 };
  const clock = () => time.now;
  for (const storeId of [home, here]) {
    await createStores(database, nodeCrypto, clock, undefined).put(storeId, storeId);
    await database.write((tables) => renewLease(tables, nodeCrypto, storeId, clock()));
  }
  const customers = createCustomers(database, nodeCrypto, clock);
  const post = { language: 'it', segments: [], storeIds: [home], test: false };
  const customer = await customers.add(post);
  const cohort = createCohort(database, nodeCrypto, clock);
  await cohort.makeRows();
  const find = visitorsOf(database, nodeCrypto, clock);
  const number = customer.cards[0]!;
  const findCard = (storeId: StoreId, card = number) =>
    find(storeId, { kind: 'card', number: card });
  const changes = async (storeId: StoreId) =>
    (await database.read((tables) => tables.changes.since('cohort', storeId, 0, 100))).map(
      ({ change }) => change,
    );
  const memberAt = async (storeId: StoreId) =>
    (await database.read((tables) => tables.members.of(customer.customerId))).find(
      (member) => member.storeId === storeId,
    );
  return { database, time, customers, customer, cohort, findCard, changes, memberAt };
}

test('[cred-6] a visitor is known by another name than at home, until some hours after the last act, and then not', async () => {
  const { database, time, cohort, findCard, changes, memberAt } = await backOffice();
  const answer = await findCard(here);
  if (answer.kind !== 'known') throw new Error(answer.kind);
  const { pseudonym, leasedUntil } = answer.row;
  expect(pseudonym).not.toBe((await memberAt(home))?.pseudonym);
  expect(leasedUntil).toBeGreaterThanOrEqual(time.now + 6 * HOUR_MS);
  expect(leasedUntil).toBeLessThan(time.now + 7 * HOUR_MS + 1);
  expect(await changes(here)).toMatchObject([{ kind: 'row', row: { pseudonym } }]);
  expect(await findCard(here)).toEqual(answer); // the same row again, no other version

  time.now += 5 * HOUR_MS;
  const again = await findCard(here);
  expect(again).toMatchObject({ row: { pseudonym, rowVersion: 2 } });
  const end = async () => {
    await database.write((tables) => tables.members.markOver(here, time.now));
    await cohort.makeRows();
  };
  await end();
  expect(await changes(here)).toMatchObject([{ kind: 'row' }]);
  time.now += 7 * HOUR_MS;
  await end();
  expect(await changes(here)).toEqual([{ kind: 'row-removed', pseudonym }]);
  await end();
  expect(await changes(here)).toHaveLength(1);
  expect(await changes(home)).toMatchObject([{ kind: 'row' }]); // there nothing has changed
  expect(await findCard(here)).toMatchObject({ kind: 'known', row: { pseudonym, rowVersion: 3 } });
});

test('[cred-6] somebody who belongs to the store is no visitor, nor is one who joins it later', async () => {
  const { database, time, customer, findCard, memberAt } = await backOffice();
  const at = await findCard(home);
  expect(at).toMatchObject({ kind: 'known' });
  expect(at.kind === 'known' && 'leasedUntil' in at.row).toBe(false);
  await findCard(here);
  const visiting = await memberAt(here);
  await database.write((tables) =>
    tables.members.add(here, customer.customerId, visiting!.pseudonym, time.now),
  );
  expect((await memberAt(here))?.visitingUntil).toBeUndefined();
  const joined = await findCard(here);
  expect(joined.kind === 'known' && 'leasedUntil' in joined.row).toBe(false);
});

test('[cred-6] thirty that are nobody’s, and the store is answered one in two seconds; another store is', async () => {
  const { time, findCard } = await backOffice();
  const wrong = () => encodeOwnCard(nodeCrypto.randomBytes(8));
  for (let i = 0; i < 30; i += 1)
    expect(await findCard(here, wrong())).toEqual({ kind: 'unknown' });
  expect(await findCard(here)).toEqual({ kind: 'unknown' });
  expect(await findCard(home)).toMatchObject({ kind: 'known' });
  time.now += 2_000;
  expect(await findCard(here)).toMatchObject({ kind: 'known' });
  expect(await findCard(here)).toEqual({ kind: 'unknown' });
});
