import Database from 'better-sqlite3';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { RequestId, StationId } from '../../../kernel/domain/ids.ts';
import { CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import { startOffice, TestJournal } from '../../support/head-office.ts';

/** A store with somebody who holds a coupon. */
async function anOffice() {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  await office.joinPhone({ storeIds: ['bottega'], segments: ['wine'] });
  const { pseudonym, coupons } = (await store.changes('cohort', 'row'))[0]!.row;
  const { couponId, offerId } = coupons[0]!;
  const journal = new TestJournal();
  const fact = { stationId: 'till' as StationId, pseudonym, at: 1_790_000_000_000 };
  const push = async () => {
    for (let i = 0; i < 2; i += 1)
      expect((await store.push(journal.batch('redeem'))).status).toBe(200);
  };
  const customer = async () =>
    (await office.ask(CustomersSchema, 'GET', '/v1/customers')).customers[0]!;
  const redeemedIn = () => {
    const file = new Database(join(office.dataDir, 'hq.sqlite'), { readonly: true });
    const row = file
      .prepare<[string], { redeemed_in: string | null; redemptions: number }>(
        'SELECT redeemed_in, redemptions FROM coupon WHERE coupon_id = ?',
      )
      .get(couponId);
    file.close();
    return row;
  };
  return { ...{ push, journal, customer, redeemedIn, office }, ...{ couponId, offerId, fact } };
}

test('[pos-7] points of what comes back are taken back once a return, and the coupon is free with the last of it', async () => {
  const { push, journal, customer, redeemedIn, couponId, offerId, fact, office } = await anOffice();
  const purchaseId = uuidv7() as RequestId;
  const used = { requestId: uuidv7() as RequestId, couponId, offerId };
  journal.write({ type: 'coupon-redeemed', redemption: 'leased', ...used, ...fact });
  const money = { currency: 'EUR', netMinor: 1_901, effects: [{ offerId, minor: 475 }] };
  journal.write({ type: 'purchase-made', purchaseId, points: 7, ...money, ...fact });
  const back = (points: number, isAll: boolean) =>
    journal.write({
      ...{ type: 'purchase-returned', purchaseId, requestId: uuidv7() as RequestId, points },
      ...{ netMinor: 900, isAll, couponIds: isAll ? [couponId] : [], ...fact },
    });
  back(3, false);
  await push();
  expect((await customer()).points).toBe(4);
  expect(redeemedIn()).toEqual({ redeemed_in: 'bottega', redemptions: 1 });
  back(4, true);
  await push();
  expect((await customer()).points).toBe(0);
  expect(redeemedIn()).toEqual({ redeemed_in: null, redemptions: 0 });
  const entries = await office.timeline((await customer()).customerId);
  expect(
    entries
      .filter(({ kind }) => kind === 'purchase-returned')
      .map(({ details }) => details['points'])
      .sort(),
  ).toEqual([3, 4]);
});

test('[pos-5] points of a purchase are kept once, and a void takes them back once and frees the coupon', async () => {
  const { push, journal, customer, redeemedIn, couponId, offerId, fact, office } = await anOffice();
  const purchaseId = uuidv7() as RequestId;
  const requestId = uuidv7() as RequestId;
  const used = { requestId, couponId, offerId, redemption: 'leased' as const };
  journal.write({ type: 'coupon-redeemed', ...used, ...fact });
  const money = { currency: 'EUR', netMinor: 1_901, effects: [{ offerId, minor: 475 }] };
  journal.write({ type: 'purchase-made', purchaseId, points: 7, ...money, ...fact });
  await push();
  expect((await customer()).points).toBe(7);
  expect(redeemedIn()).toEqual({ redeemed_in: 'bottega', redemptions: 1 });

  journal.write({ type: 'purchase-voided', purchaseId, points: 7, couponIds: [couponId], ...fact });
  await push();
  expect((await customer()).points).toBe(0);
  expect(redeemedIn()).toEqual({ redeemed_in: null, redemptions: 0 });
  const kinds = (await office.timeline((await customer()).customerId)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith('purchase')).sort()).toEqual([
    'purchase',
    'purchase-voided',
  ]);
});
