import { join } from 'node:path';
import Database from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Pseudonym, VisitId, ZoneId } from '../../../kernel/domain/ids.ts';
import { CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import { FoundSchema, SubjectExportSchema } from '../../../kernel/protocol/privacy-api.ts';
import {
  aMeasuredOffer,
  bought,
  decided,
  exposed,
  redeemed,
  returned,
} from '../../support/measured-office.ts';
import { startOffice, TestJournal } from '../../support/head-office.ts';
import { until } from '../../support/until.ts';

async function officeWithTwo() {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  const phone = await office.joinPhone({ storeIds: ['bottega'], firstName: 'Zaffirina' });
  await phone.consent(await office.text('personalise'), true);
  await phone.consent(await office.text('show-name'), true);
  await phone.consent(await office.text('market'), true);
  await phone.consent(await office.text('market'), false);
  const other = await office.joinPhone({ storeIds: ['bottega'], firstName: 'Rimane' });
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const idOf = (card: string) => customers.find(({ cards }) => cards.includes(card))!.customerId;
  const rows = await store.changes('cohort', 'row');
  const { row } = rows.find(({ row: { firstName } }) => firstName === 'Zaffirina')!;
  const journal = new TestJournal();
  const zoneId = 'entrance' as ZoneId;
  for (const pseudonym of [row.pseudonym, '7'.repeat(32) as Pseudonym]) {
    const visitId = uuidv7() as VisitId;
    const at = Date.now();
    journal.write({ type: 'visit-started', visitId, pseudonym, zoneId, evidence: 'token', at });
  }
  const measured = aMeasuredOffer({
    redemption: 'optimistic',
    validUntil: Date.now() + 86_400_000,
  });
  const { offerId } = measured;
  // The coupon is drawn before the experiment begins, which may hold this person out of it.
  const { experiment, ...unmeasured } = measured;
  for (const offer of [unmeasured, { ...unmeasured, experiment }]) {
    await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, offer);
    await office.ask(z.unknown(), 'POST', '/v1/publications', {});
    await until('a row with the coupon', 5_000, async () =>
      (await store.changes('cohort', 'row')).some(
        (each) =>
          each.row.pseudonym === row.pseudonym &&
          each.row.coupons.some((held) => held.offerId === offerId),
      ),
    );
  }
  const rowNow = (await store.changes('cohort', 'row')).find(
    (each) => each.row.pseudonym === row.pseudonym,
  )!.row;
  const coupon = rowNow.coupons.find((each) => each.offerId === offerId)!;
  const somebody = { customerId: idOf(phone.cardNumber), pseudonym: row.pseudonym, arm: 'shown' };
  const at = Date.now() + 1_000;
  journal.write(decided(somebody, at, { bundleVersion: 3 }));
  journal.write(exposed(somebody, at));
  const purchase = bought(somebody, at);
  journal.write(purchase);
  journal.write(returned(purchase, at, 100));
  journal.write(redeemed(coupon.couponId, at));
  for (const lane of ['interact', 'redeem'] as const) await store.push(journal.batch(lane));
  const customerId = idOf(phone.cardNumber);
  return { office, phone, other, customerId, otherId: idOf(other.cardNumber), row };
}

test('a person is found by card, pseudonym, id or first name, whole and no other way', async () => {
  const { office, phone, customerId, row } = await officeWithTwo();
  const find = async (text: string) =>
    (await office.ask(FoundSchema, 'POST', '/v1/privacy/find', { text })).found;
  expect(await find(phone.cardNumber)).toEqual([{ customerId, by: 'card' }]);
  expect(await find(`${phone.cardNumber.slice(0, 4)} ${phone.cardNumber.slice(4)}`)).toEqual([
    { customerId, by: 'card' },
  ]);
  expect(await find(row.pseudonym)).toEqual([{ customerId, by: 'pseudonym' }]);
  expect(await find(customerId)).toEqual([{ customerId, by: 'customer' }]);
  expect(await find('zaffirina')).toEqual([{ customerId, by: 'first-name' }]);
  for (const text of ['Zaff', '%', phone.cardNumber.slice(0, -1)])
    expect(await find(text)).toEqual([]);
  await expect(find('')).rejects.toThrow(/text/);
});

test('[duty-17] the export has every row with the person in it, no other, and no key', async () => {
  const { office, phone, other, customerId, otherId, row } = await officeWithTwo();
  const made = await office.ask(SubjectExportSchema, 'POST', '/v1/privacy/export', { customerId });
  const text = JSON.stringify(made);
  for (const theirs of [customerId, 'Zaffirina', phone.cardNumber, row.pseudonym])
    expect(text).toContain(theirs);
  for (const notTheirs of [otherId, 'Rimane', other.cardNumber, '7'.repeat(32)])
    expect(text).not.toContain(notTheirs);
  expect(made.stores).toMatchObject([{ storeId: 'bottega', row: { firstName: 'Zaffirina' } }]);

  // As counted by reading every column of every table, whatever it is for.
  const db = new Database(join(office.dataDir, 'hq.sqlite'), { readonly: true });
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .all() as { name: string }[];
  const phoneId = (
    db
      .prepare(`SELECT value FROM identity WHERE kind = 'phone' AND customer_id = ?`)
      .get(customerId) as {
      value: string;
    }
  ).value;
  const counted: Record<string, number> = {};
  for (const { name } of tables) {
    const rows = db
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .map((each) => JSON.stringify(each));
    const count = rows.filter((each) =>
      [customerId, phoneId, row.pseudonym].some((mark) => each.includes(mark)),
    ).length;
    if (count > 0) counted[name] = count;
  }
  const secrets = db
    .prepare('SELECT identity_key, code_key FROM phone WHERE phone_id = ?')
    .get(phoneId) as Record<string, string>;
  db.close();
  const measuredIn = ['measured_exposure', 'measured_coupon', 'measured_purchase'];
  for (const table of ['measured', ...measuredIn, 'measured_return'])
    expect(counted[table], table).toBe(1);
  const exported = made.headOffice.map(({ table, rows }) => [table, rows.length] as const);
  expect(Object.fromEntries(exported)).toEqual(counted);
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  for (const { purpose, retention } of made.headOffice)
    expect([purpose, retention]).not.toContain('');
});

test('nobody is exported who is not there', async () => {
  const { office } = await officeWithTwo();
  const ask = office.ask(SubjectExportSchema, 'POST', '/v1/privacy/export', {
    customerId: uuidv7(),
  });
  await expect(ask).rejects.toThrow(/no such customer/);
});
