import { expect, test } from 'vitest';
import { z } from 'zod';
import { bucketOf } from '../../../hq/results/buckets.ts';
import type { CustomerId } from '../../../kernel/domain/ids.ts';
import { SAMPLE_RATIO_ALARM, sampleRatioP } from '../../../kernel/domain/sample-ratio.ts';
import { OfferResultsSchema, OffersSchema } from '../../../kernel/protocol/console-api.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { startOffice } from '../../support/head-office.ts';

/** Head office's key of buckets. */
const under = (key: string) => ({
  measures: { bucketKey: () => Promise.resolve(key.repeat(32)) } as never,
});
const KEY = under('5e');

test('[lift-7] buckets fill evenly, and those of two layers have nothing to do with each other', async () => {
  const people = 4_000;
  const tenths = Array.from({ length: 10 }, () => 0);
  let both = 0;
  for (let i = 0; i < people; i += 1) {
    // Ids of one moment, alike but for their end, as a long evening of joining makes them.
    const customerId = `01900000-0000-7000-8000-${i.toString(16).padStart(12, '0')}` as CustomerId;
    const bucket = await bucketOf(KEY, nodeCrypto, customerId, 'offers');
    const other = await bucketOf(KEY, nodeCrypto, customerId, 'kiosk');
    tenths[Math.floor(bucket / 1_000)]! += 1;
    if (bucket < 5_000 && other < 5_000) both += 1;
  }
  const even = sampleRatioP(tenths.map((each) => ({ people: each, buckets: 1_000 })));
  expect(even).toBeGreaterThan(SAMPLE_RATIO_ALARM);
  const quarter = sampleRatioP([
    { people: both, buckets: 2_500 },
    { people: people - both, buckets: 7_500 },
  ]);
  expect(quarter).toBeGreaterThan(SAMPLE_RATIO_ALARM);
});

test('[lift-7] a bucket stays a person’s own, and without the key nobody can reckon it', async () => {
  const customerId = '01900000-0000-7000-8000-000000000000' as CustomerId;
  const bucket = await bucketOf(KEY, nodeCrypto, customerId, 'offers');
  expect(await bucketOf(KEY, nodeCrypto, customerId, 'offers')).toBe(bucket);
  const others = new Set<number>();
  for (const key of ['5f', '60', '61'])
    others.add(await bucketOf(under(key), nodeCrypto, customerId, 'offers'));
  expect(others.size).toBe(3);
});

test('[lift-7] a store is told the bucket of whoever allows `personalise`, in the layers of its offers', async () => {
  const office = await startOffice();
  for (const storeId of ['bottega', 'altra']) await office.makeStore(storeId);
  await office.publishDemo();
  const stores = [await office.enrolStore('bottega'), await office.enrolStore('altra')] as const;
  const phone = await office.joinPhone({ storeIds: ['bottega', 'altra'] });
  const armsIn = async (store: (typeof stores)[number]) =>
    (await store.changes('cohort', 'row')).at(-1)!.row.arms;
  await phone.consent(await office.text('personalise'), true);
  expect(await armsIn(stores[0])).toBeUndefined(); // nothing is compared there yet

  const { offers } = await office.ask(OffersSchema, 'GET', '/v1/offers');
  const [draft] = offers;
  const { offerId } = draft!;
  const experiment = { layer: 'offers', holdOut: 1_000 };
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, { ...draft, experiment });
  const results = () => office.ask(OfferResultsSchema, 'GET', `/v1/offers/${offerId}/results`);
  expect(await results()).toEqual({ kind: 'not-measured', reason: 'not-published' });
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  expect(await results()).toMatchObject({ kind: 'measured', holdOut: 1_000 });
  const arms = await armsIn(stores[0]);
  expect(arms).toEqual({ offers: expect.any(Number) as number });
  expect(await armsIn(stores[1])).toEqual(arms); // one bucket, wherever the person goes

  await phone.consent(await office.text('personalise'), false);
  expect(await armsIn(stores[0])).toBeUndefined();
});
