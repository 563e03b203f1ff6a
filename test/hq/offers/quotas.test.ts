import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { CouponId, OfferId, RequestId, StationId } from '../../../kernel/domain/ids.ts';
import { OfferFieldsSchema } from '../../../kernel/domain/offer.ts';
import { startOffice, TestJournal, type TestStore } from '../../support/head-office.ts';

const at = 1_790_000_000_000;
const TOTAL = 16;

/** Two stores and an offer of which there are sixteen in all. */
async function twoStores() {
  const office = await startOffice();
  for (const storeId of ['bottega', 'mercato']) await office.makeStore(storeId);
  await office.publishDemo();
  const Offers = z.object({ offers: z.array(OfferFieldsSchema.loose()) });
  const { offers } = await office.ask(Offers, 'GET', '/v1/offers');
  const { offerId, ...draft } = offers.find(({ redemption }) => redemption !== undefined)!;
  const draftOf = (total: number) => ({ ...draft, caps: { total }, redemption: 'optimistic' });
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, draftOf(TOTAL));
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const stores = [await office.enrolStore('bottega'), await office.enrolStore('mercato')] as const;
  return { office, offerId, draftOf, stores };
}
const sliceOf = async (store: TestStore) => (await store.changes('cohort', 'slice')).at(-1);
function redeem(journal: TestJournal, offerId: OfferId, times: number): void {
  for (let i = 0; i < times; i += 1)
    journal.write({
      type: 'coupon-redeemed',
      requestId: uuidv7() as RequestId,
      couponId: uuidv7() as CouponId,
      offerId,
      redemption: 'optimistic',
      stationId: 'till-1' as StationId,
      at,
    });
}

test('[inv-5] a total is shared out with its publication, and the rest goes where it is used', async () => {
  const { offerId, stores } = await twoStores();
  const [busy, idle] = stores;
  expect(await sliceOf(busy)).toEqual({
    ...{ kind: 'slice', offerId, granted: 2, returned: 0, spent: 0 },
  });
  expect(await sliceOf(idle)).toMatchObject({ granted: 2 });
  const journal = new TestJournal();
  redeem(journal, offerId, 2);
  await busy.push(journal.batch('redeem'));
  expect(await sliceOf(busy)).toMatchObject({ granted: 4, spent: 2 });
  expect(await sliceOf(idle)).toMatchObject({ granted: 2, spent: 0 });
});

test('where nothing is free the other store is asked for half of its own, and what it gives back is granted on', async () => {
  const { offerId, stores } = await twoStores();
  const [busy, idle] = stores;
  const journal = new TestJournal();
  for (let used = 0; used < 14; used += 2) {
    redeem(journal, offerId, 2);
    expect((await busy.push(journal.batch('redeem'))).status).toBe(200);
  }
  expect(await sliceOf(busy)).toMatchObject({ granted: 14, spent: 12 });
  expect(await sliceOf(idle)).toMatchObject({ granted: 2, keep: 1 });
  const others = new TestJournal();
  others.write({ type: 'slice-returned', offerId, units: 1, at });
  await idle.push(others.batch('redeem'));
  expect(await sliceOf(busy)).toMatchObject({ granted: 15 });
});

test('a total that is lowered below what was given out takes nothing back by itself, and gives nothing more', async () => {
  const { office, offerId, draftOf, stores } = await twoStores();
  const [busy] = stores;
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, draftOf(2));
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const journal = new TestJournal();
  redeem(journal, offerId, 2);
  await busy.push(journal.batch('redeem'));
  expect(await sliceOf(busy)).toMatchObject({ granted: 2 });
});

test('[inv-5] a budget is shared out in money, spent by purchases and given back by voids', async () => {
  const { office, offerId, draftOf, stores } = await twoStores();
  const [busy, idle] = stores;
  const budget = { minor: 8_000, currency: 'EUR' };
  const draft = { ...draftOf(TOTAL), caps: undefined, budget };
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, draft);
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const money = { kind: 'slice', offerId, unit: 'minor', returned: 0 };
  expect(await sliceOf(busy)).toEqual({ ...money, granted: 1_000, spent: 0 });
  const journal = new TestJournal();
  const at_ = { stationId: 'till-1' as StationId, at };
  const purchaseId = uuidv7() as RequestId;
  const effects = [{ offerId, minor: 700 }];
  const made = { purchaseId, points: 0, currency: 'EUR', netMinor: 5_000, effects };
  journal.write({ type: 'purchase-made', ...made, ...at_ });
  await busy.push(journal.batch('redeem'));
  expect(await sliceOf(busy)).toEqual({ ...money, granted: 1_700, spent: 700 });
  const voided = { purchaseId, points: 0, couponIds: [], budgets: effects };
  journal.write({ type: 'purchase-voided', ...voided, ...at_ });
  journal.write({ type: 'purchase-made', ...made, purchaseId: uuidv7() as RequestId, ...at_ });
  journal.write({ type: 'slice-returned', offerId, unit: 'minor', units: 900, at });
  await busy.push(journal.batch('redeem'));
  expect(await sliceOf(busy)).toEqual({
    ...{ ...money, granted: 2_600, returned: 900, spent: 1_400, givenBack: 700 },
  });
  expect(await sliceOf(idle)).toMatchObject({ granted: 1_000, spent: 0 });
});

test('[inv-5] of an offer that needs no coupon purchases spend the total, and voids give it back', async () => {
  const { office, offerId, draftOf, stores } = await twoStores();
  const [busy] = stores;
  const draft = { ...draftOf(TOTAL), redemption: undefined };
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, draft);
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const journal = new TestJournal();
  const at_ = { stationId: 'till-1' as StationId, at };
  const made = { points: 0, currency: 'EUR', netMinor: 5_000, effects: [{ offerId, minor: 70 }] };
  const buy = () => {
    const purchaseId = uuidv7() as RequestId;
    journal.write({ type: 'purchase-made', purchaseId, ...made, uses: [offerId], ...at_ });
    return purchaseId;
  };
  const purchaseId = buy();
  buy();
  await busy.push(journal.batch('redeem'));
  expect(await sliceOf(busy)).toMatchObject({ granted: 4, spent: 2 });
  const voided = { purchaseId, points: 0, couponIds: [], uses: [offerId] };
  journal.write({ type: 'purchase-voided', ...voided, ...at_ });
  for (let i = 0; i < 3; i += 1) buy();
  await busy.push(journal.batch('redeem', 3));
  expect(await sliceOf(busy)).toMatchObject({ granted: 6, spent: 5, givenBack: 1 });
});
