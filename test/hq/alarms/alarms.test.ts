import { once } from 'node:events';
import { get } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TWO_WINDOWS_MS } from '../../../hq/alarms/alarms.ts';
import type {
  Pseudonym,
  RequestId,
  StationId,
  VisitId,
  ZoneId,
} from '../../../kernel/domain/ids.ts';
import { OfferFieldsSchema } from '../../../kernel/domain/offer.ts';
import { AlarmsSchema, CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import { ErasureReceiptSchema, SubjectExportSchema } from '../../../kernel/protocol/privacy-api.ts';
import { startOffice, TestJournal, type TestStore } from '../../support/head-office.ts';

const START = Date.now() - 3_600_000;
const zoneId = 'entrance' as ZoneId;

interface Branch {
  readonly store: TestStore;
  readonly journal: TestJournal;
  readonly pseudonym: Pseudonym;
}

/** One customer, known in two stores, by another name in each. */
async function twoStores() {
  const office = await startOffice();
  const storeIds = ['bottega', 'altra'];
  const stores: TestStore[] = [];
  for (const storeId of storeIds) {
    await office.makeStore(storeId);
    stores.push(await office.enrolStore(storeId));
  }
  await office.joinPhone({ storeIds });
  const branches: Branch[] = [];
  for (const store of stores) {
    const [row] = await store.changes('cohort', 'row');
    branches.push({ store, journal: new TestJournal(), pseudonym: row!.row.pseudonym });
  }
  const alarms = async () => (await office.ask(AlarmsSchema, 'GET', '/v1/alarms')).alarms;
  const [here, there] = branches as [Branch, Branch];
  return { office, here, there, alarms };
}

/** A stay of so many seconds, told to head office whole or only as far as its beginning. */
async function visit(
  { store, journal, pseudonym }: Branch,
  fromS: number,
  forS: number | undefined,
): Promise<void> {
  const visitId = uuidv7() as VisitId;
  const at = START + fromS * 1_000;
  const before = journal.rows.get('interact')?.length ?? 0;
  journal.write({ type: 'visit-started', visitId, pseudonym, zoneId, evidence: 'token', at });
  if (forS !== undefined)
    journal.write({ type: 'visit-ended', visitId, pseudonym, at: at + forS * 1_000 });
  const { status } = await store.push(journal.batch('interact', before + 1));
  expect(status).toBe(200);
}

describe('[alarm-2] [threat-2] one customer in two stores', () => {
  const windowsS = TWO_WINDOWS_MS / 1_000;

  test('at once raises one alarm that names stores and customer, however often it is told', async () => {
    const { here, there, alarms } = await twoStores();
    await visit(here, 0, 600);
    expect(await alarms()).toEqual([]);
    await visit(there, 300, 600);
    const raised = await alarms();
    expect(raised).toMatchObject([
      { kind: 'two-stores', storeId: 'bottega', otherStoreId: 'altra', at: START + 300_000 },
    ]);
    expect(raised[0]).toHaveProperty('customerId');
  });

  test('while one visit is still going on is told when that ends', async () => {
    const { here, there, alarms } = await twoStores();
    await visit(there, 3_000, 60);
    await visit(here, 0, undefined);
    expect(await alarms()).toEqual([]);
    await visit(here, 0, 3_100);
    expect(await alarms()).toHaveLength(1);
  });

  test.each([
    [windowsS, 1],
    [windowsS + 1, 0],
    [-windowsS - 120, 1],
    [-windowsS - 121, 0],
  ])('the second beginning %s s after the first began or ended: %s alarms', async (gapS, count) => {
    const { here, there, alarms } = await twoStores();
    await visit(there, gapS + (gapS > 0 ? 60 : 0), 120);
    await visit(here, 0, 60);
    expect(await alarms()).toHaveLength(count);
  });

  test('two visits in one store raise none', async () => {
    const { here, alarms } = await twoStores();
    await visit(here, 0, 60);
    await visit(here, 70, 60);
    expect(await alarms()).toEqual([]);
  });
});

test('[alarm-4] [goal-7] a coupon that two stores took is found with the second one’s word, whoever was first counts', async () => {
  const { office, here, there, alarms } = await twoStores();
  await office.publishDemo();
  const Offers = z.object({ offers: z.array(OfferFieldsSchema.loose()) });
  const { offers } = await office.ask(Offers, 'GET', '/v1/offers');
  const { offerId, ...draft } = offers.find(
    ({ segments, redemption }) => redemption !== undefined && segments.length === 0,
  )!;
  const anyStore = { ...draft, redemption: 'optimistic' };
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, anyStore);
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const rows = await here.store.changes('cohort', 'row');
  const coupon = rows.at(-1)!.row.coupons.find((each) => each.offerId === offerId)!;
  const take = async ({ store, journal }: Branch, requestId: RequestId, at: number) => {
    const stationId = 'till-1' as StationId;
    const { couponId } = coupon;
    const redemption = 'optimistic' as const;
    const first = journal.rows.get('redeem')?.length ?? 0;
    journal.write({
      type: 'coupon-redeemed',
      requestId,
      couponId,
      offerId,
      redemption,
      stationId,
      at,
    });
    expect((await store.push(journal.batch('redeem', first + 1))).status).toBe(200);
  };
  await take(there, uuidv7() as RequestId, START + 60_000);
  expect(await alarms()).toEqual([]);
  await take(here, uuidv7() as RequestId, START); // earlier, and it came later
  const raised = await alarms();
  expect(raised).toMatchObject([
    { kind: 'used-twice', storeId: 'altra', otherStoreId: 'bottega', at: START },
  ]);
  expect(raised[0]).toHaveProperty('customerId');
  const [row] = (await there.store.changes('cohort', 'row')).slice(-1);
  expect(row!.row.coupons.map(({ couponId }) => couponId)).toContain(coupon.couponId);
  const [other] = (await here.store.changes('cohort', 'row')).slice(-1);
  expect(other!.row.coupons.map(({ couponId }) => couponId)).not.toContain(coupon.couponId);
});

test('an alarm of a store says where and when, and of nobody; staff acknowledge it', async () => {
  const { office, here, alarms } = await twoStores();
  here.journal.write({ type: 'replay-suspected', zoneId, at: START });
  await here.store.push(here.journal.batch('health'));
  const [alarm] = await alarms();
  expect(alarm).toEqual({
    ...{ alarmId: alarm!.alarmId, kind: 'replay', storeId: 'bottega', zoneId, at: START },
  });
  const acknowledge = () =>
    office.ask(z.unknown(), 'POST', '/v1/alarms/acknowledged', { alarmIds: [alarm!.alarmId] });
  office.clock.now = START + 1_000;
  await acknowledge();
  office.clock.now = START + 2_000;
  await acknowledge();
  expect(await alarms()).toMatchObject([{ acknowledgedAt: START + 1_000 }]);
  await expect(
    office.ask(z.unknown(), 'POST', '/v1/alarms/acknowledged', { alarmIds: [] }),
  ).rejects.toThrow(/alarmIds/);
});

test('the numbers of alarms are metrics', async () => {
  const { office, here, there } = await twoStores();
  await visit(here, 0, 60);
  await visit(there, 30, 60);
  const socketPath = office.hq.operatorSocket;
  const [response] = (await once(get({ socketPath, path: '/metrics' }), 'response')) as [Readable];
  expect(await text(response)).toContain('soglia_hq_alarms_open{kind="two-stores"} 1');
});

test('[duty-17] [duty-19] an alarm about a person is in their export, and goes with them', async () => {
  const { office, here, there, alarms } = await twoStores();
  await visit(here, 0, 60);
  await visit(there, 30, 60);
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const { customerId } = customers[0]!;
  const exported = await office.ask(SubjectExportSchema, 'POST', '/v1/privacy/export', {
    customerId,
  });
  expect(JSON.stringify(exported)).toContain('two-stores');
  await office.ask(ErasureReceiptSchema, 'POST', '/v1/privacy/erasures', { customerId });
  expect(await alarms()).toEqual([]);
});
