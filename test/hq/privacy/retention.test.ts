import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Kysely } from 'kysely';
import { databaseFiles } from '../../../hq/db/database-files.ts';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { sqlUnitOfWork } from '../../../hq/db/sql-unit-of-work.ts';
import type { HqTables } from '../../../hq/db/tables.ts';
import { createRetention } from '../../../hq/privacy/retention.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY = 86_400_000;
const MONTH = (365 / 12) * DAY;
const START = Date.UTC(2026, 0, 1);

let close = () => Promise.resolve();
afterEach(() => close());

async function aHeadOffice() {
  const path = join(tempDir(), 'hq.sqlite');
  const opened = await openDatabase(path);
  close = () => opened.close();
  const { db } = opened;
  const store = { storeId: 'bottega', name: 'B', lastSeenAt: null, madeAt: START };
  await db.insertInto('store').values(store).execute();
  const customer = { customerId: 'c1', language: 'it', firstName: null, segments: '[]', test: 0 };
  await db
    .insertInto('customer')
    .values({ ...customer, joinedAt: START })
    .execute();
  const clock = { now: START };
  const told: Record<string, number> = {};
  const retention = createRetention(
    sqlUnitOfWork(db, () => undefined),
    databaseFiles(db, path),
    () => clock.now,
    (rule, rows) => (told[rule] = rows),
  );
  /** What is left this long after the start, and what the log was told. */
  const after = async (ms: number) => {
    clock.now = START + ms;
    for (const rule of Object.keys(told)) Reflect.deleteProperty(told, rule);
    await retention.sweep();
    return { ...told };
  };
  return { db, after };
}
const entry = (kind: string) => ({
  ...{ entryId: kind, customerId: 'c1', at: START, kind, storeId: 'bottega', stationId: null },
  ...{ offerIds: null, details: '{}', source: kind },
});
const kindsOf = async (db: Kysely<HqTables>) =>
  (await db.selectFrom('timeline').select('kind').orderBy('kind').execute()).map(
    ({ kind }) => kind,
  );

test('[duty-14] [duty-15] what somebody did goes after 12 months, what came of coupons after 24, by name and number', async () => {
  const { db, after } = await aHeadOffice();
  const kinds = ['visit', 'session', 'exposure', 'product-scan', 'redemption', 'joined'];
  await db.insertInto('timeline').values(kinds.map(entry)).execute();
  expect(await after(11.9 * MONTH)).toEqual({});
  expect(await kindsOf(db)).toHaveLength(6);
  expect(await after(13 * MONTH)).toEqual({ 'behaviour: 12 months': 4 });
  expect(await kindsOf(db)).toEqual(['joined', 'redemption']);
  expect(await after(25 * MONTH)).toEqual({ 'redemptions: 24 months': 1 });
  expect(await kindsOf(db)).toEqual(['joined']);
});

test('[duty-14] whom an offer stood for, and what they then did, goes after 12 months', async () => {
  const { db, after } = await aHeadOffice();
  const here = { storeId: 'bottega', customerId: 'c1' };
  const person = { offerId: 'o', sinceVersion: 1, ...here, arm: 'shown', mismatched: 0 };
  await db
    .insertInto('measured')
    .values({ ...person, firstAt: START })
    .execute();
  await db
    .insertInto('measuredExposure')
    .values({ offerId: 'o', ...here, at: START })
    .execute();
  const used = { source: 'u', kind: 'used' as const, couponId: 'k', offerId: 'o' };
  await db
    .insertInto('measuredCoupon')
    .values({ ...here, ...used, at: START })
    .execute();
  const amount = { currency: 'EUR', netMinor: 1, offerIds: '[]', voided: 0 };
  await db
    .insertInto('measuredPurchase')
    .values({ ...here, purchaseId: 'p', at: START, ...amount })
    .execute();
  await db
    .insertInto('measuredReturn')
    .values({ ...here, purchaseId: 'p', requestId: 'r', at: START, netMinor: 1 })
    .execute();
  expect(await after(11.9 * MONTH)).toEqual({});
  expect(await after(13 * MONTH)).toEqual({ 'measures: 12 months': 5 });
});

test('events lose body, salt and subject by their lane, and keep their hashes', async () => {
  const { db, after } = await aHeadOffice();
  const event = (lane: string) => ({
    ...{
      storeId: 'bottega',
      epoch: 'e',
      lane,
      seq: 1,
      eventId: lane,
      type: 't',
      v: 1,
      rowHash: 'r',
    },
    ...{ contentHash: 'h', salt: 's', body: '{}', bootId: 'b', monoMs: 0, wallMs: START },
    ...{ receivedAt: START, subject: 'p' },
  });
  await db.insertInto('event').values(['interact', 'redeem', 'privacy'].map(event)).execute();
  await after(13 * MONTH);
  const whole = async () =>
    (await db.selectFrom('event').selectAll().where('subject', 'is not', null).execute()).map(
      ({ lane }) => lane,
    );
  expect(await whole()).toEqual(['privacy', 'redeem']);
  await after(25 * MONTH);
  const rows = await db.selectFrom('event').selectAll().execute();
  expect(rows).toHaveLength(3);
  for (const row of rows)
    expect(row).toMatchObject({ body: null, salt: null, subject: null, rowHash: 'r' });
});

test('[duty-16] the proof of a consent stays 5 years after the last word was no, and as long as it is yes', async () => {
  const { db, after } = await aHeadOffice();
  const record = (purpose: string, given: number, at: number) => ({
    ...{
      consentId: `${purpose}${String(given)}`,
      customerId: 'c1',
      purpose,
      given,
      textVersion: '1',
    },
    ...{ textSha256: null, language: 'it', channel: 'phone', place: null, actor: 'person', at },
    ...{ receivedAt: at, signature: null, signedBy: null, proof: null },
  });
  const said = [
    record('market', 1, START),
    record('market', 0, START + MONTH),
    record('personalise', 0, START),
    record('personalise', 1, START + MONTH),
  ];
  await db.insertInto('consentRecord').values(said).execute();
  expect(await after(60.5 * MONTH)).toEqual({});
  expect(await after(62 * MONTH)).toEqual({ 'withdrawn consents: 60 months': 2 });
  const left = await db.selectFrom('consentRecord').select('purpose').execute();
  expect(left.map(({ purpose }) => purpose)).toEqual(['personalise', 'personalise']);
});

test('a used coupon goes after 24 months, unless its offer could give the person another', async () => {
  const { db, after } = await aHeadOffice();
  const coupon = (offerId: string) => ({
    ...{ couponId: offerId, customerId: 'c1', offerId, holder: 'bottega', code: offerId },
    ...{ move: 0, madeAt: START, redeemedAt: START, redeemedIn: 'bottega' },
  });
  await db
    .insertInto('coupon')
    .values([coupon('over'), coupon('served')])
    .execute();
  const served = { storeId: 'bottega', offerId: 'served', version: 1, body: '{}' };
  await db.insertInto('publishedOffer').values(served).execute();
  expect(await after(25 * MONTH)).toEqual({ 'used coupons: 24 months': 1 });
});
