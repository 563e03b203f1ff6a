import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Committer } from '../../../edge/db/commit.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { PRICE_DAYS } from '../../../edge/db/price-repository.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import { Catalogue } from '../../../edge/offers/catalogue.ts';
import { PriceJournal } from '../../../edge/offers/price-journal.ts';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';
import type { WriteRequest, Writer } from '../../../edge/writes.ts';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import { type Bundle, BundleSchema } from '../../../kernel/domain/offer.ts';
import { aBundle, anOffer, OIL } from '../../doubles/shop-goods.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 10, 10);
const oil = OIL as Gtin;
const dayOf = (days: number) => new Date(START + days * DAY_MS).toISOString().slice(0, 10);

/** A store's database and its prices, day by day. */
function aStore() {
  const file = join(tempDir(), 'store.db');
  const committer = new Committer(openForWriting(file), () => ({
    ...{ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 },
  }));
  const reads = new StoreReader(openForReading(file));
  let id = 0;
  const commit = (request: WriteRequest) => {
    const [settled] = committer.commit([{ id: (id += 1), request }]);
    if (settled === undefined || !('result' in settled)) throw new Error('not written');
    return settled.result;
  };
  const writer = {
    write: (kind: string, request: object) =>
      Promise.resolve(commit({ kind, ...request } as WriteRequest)),
  } as Writer;
  const catalogue = new Catalogue({ storeName: 'Bottega', noticeUrl: 'http://127.0.0.1/' });
  const storeTime = storeTimeIn('Europe/Rome');
  const opened = () => new PriceJournal({ reads, writer, catalogue, storeTime });
  let journal = opened();
  let version = 0;
  const cut = (percent: number, given: object = {}) =>
    anOffer('cut', {
      ...{ gtins: [OIL], guards: { priceEvidence: true }, benefit: { kind: 'percent', percent } },
      ...{ validFrom: START - DAY_MS, validUntil: START + 900 * DAY_MS, ...given },
    });
  const store = {
    reads,
    commit,
    cut,
    /** The bundle from this day on. */
    serve: (days: number, minor: number, offers: readonly unknown[] = []) => {
      const bundle = aBundle((version += 1));
      const products = bundle.products.map((each) => ({
        ...each,
        price: { ...each.price, minor },
      }));
      catalogue.serve(BundleSchema.parse({ ...bundle, products, offers }) satisfies Bundle);
      return store.keep(days);
    },
    keep: (days: number) => journal.keep(START + days * DAY_MS),
    take: (days: number, minor: number, from?: string) =>
      journal.take(
        { currency: 'EUR', prices: [{ gtin: oil, minor }], ...(from !== undefined && { from }) },
        START + days * DAY_MS,
      ),
    found: (days: number) => journal.evidence(catalogue.offers[0]!, dayOf(days)),
    restart: () => (journal = opened()),
    journal: () => journal,
  };
  return store;
}
const onRecord = (minor: number, since?: string) => ({
  kind: 'on-record',
  lowest: new Map([[oil, { minor, ...(since !== undefined && { since }) }]]),
});

test('[price-3] a store that writes prices down since yesterday shows no cut; after 30 days it does', async () => {
  const { serve, keep, cut, found } = aStore();
  await serve(0, 1_000, [cut(20)]);
  expect(found(0)).toEqual({ kind: 'not-on-record', gtins: [oil] });
  expect(found(29).kind).toBe('not-on-record');
  await keep(30);
  expect(found(30)).toEqual(onRecord(1_000));
});

test('[price-5] a price is written once, however often its bundle comes, and after a restart', async () => {
  const { serve, keep, restart, reads } = aStore();
  expect(await serve(0, 1_000)).toBe(true);
  expect(await keep(1)).toBe(false);
  expect(await serve(2, 1_000)).toBe(false);
  restart();
  expect(await keep(3)).toBe(false);
  expect(await serve(4, 900)).toBe(true);
  expect(reads.priceHistory(oil)).toEqual({
    keptSince: dayOf(0),
    shelf: [
      { from: dayOf(0), until: dayOf(4), minor: 1_000 },
      { from: dayOf(4), until: undefined, minor: 900 },
    ],
    cuts: [],
  });
});

test('[price-2] a cut that grows day after day keeps its first reference; one that paused does not', async () => {
  const { serve, keep, cut, found } = aStore();
  await serve(0, 1_000);
  await serve(40, 1_000, [cut(10)]);
  for (let day = 41; day < 80; day += 1) await keep(day);
  expect(found(79)).toEqual(onRecord(1_000));
  await serve(80, 1_000, [cut(20)]);
  expect(found(80)).toEqual(onRecord(1_000));
  await serve(81, 1_000);
  await keep(82);
  await serve(83, 1_000, [cut(20)]);
  expect(found(83)).toEqual({ kind: 'not-cut', gtins: [oil] });
  await serve(84, 1_000, [cut(25)]);
  expect(found(84)).toEqual(onRecord(800));
});

test('[price-2] a box that was off for days interrupts no cut', async () => {
  const { serve, keep, cut, found, restart } = aStore();
  await serve(0, 1_000);
  await serve(40, 1_000, [cut(10)]);
  await keep(41);
  restart();
  await keep(60);
  expect(found(60)).toEqual(onRecord(1_000));
  restart();
  await serve(65, 1_000, [cut(20)]); // deepened while it was off
  expect(found(65)).toEqual(onRecord(1_000));
  await keep(66);
  await serve(67, 1_000);
  await serve(68, 1_000, [cut(20)]);
  expect(found(68)).toEqual({ kind: 'not-cut', gtins: [oil] });
});

test('[price-4] a cut that is not shown is no price that anybody paid', async () => {
  const { serve, keep, cut, found, reads } = aStore();
  await serve(0, 1_000, [cut(20)]);
  for (let day = 1; day < 30; day += 1) await keep(day);
  expect(reads.priceHistory(oil)?.cuts).toEqual([]);
  await keep(30);
  expect(reads.priceHistory(oil)?.cuts).toEqual([
    { from: dayOf(30), until: dayOf(30), minor: 800 },
  ]);
  expect(found(30)).toEqual(onRecord(1_000));
});

test('[price-5] the shop’s own list counts beside the bundle: the lower price is the one that was', async () => {
  const { serve, keep, take, cut, found, journal } = aStore();
  await serve(0, 1_000);
  expect(await take(20, 850)).toBe(1);
  expect(await take(20, 850)).toBe(0);
  await take(25, 1_000);
  await serve(45, 1_000, [cut(10)]);
  expect(found(45)).toEqual({ kind: 'not-cut', gtins: [oil] });
  await keep(56);
  expect(found(56)).toEqual(onRecord(1_000));
  expect(journal().lowestOf(oil, START + 56 * DAY_MS)).toEqual({ minor: 1_000 });
});

test('[price-5] prices of before may be told later, and the days to come may not', async () => {
  const { serve, take, cut, found } = aStore();
  await serve(0, 1_000, [cut(20)]);
  expect(await take(0, 950, dayOf(-60))).toBe(1);
  await take(0, 1_000, dayOf(-20));
  expect(found(0)).toEqual(onRecord(950));
  await expect(take(0, 950, dayOf(1))).rejects.toThrow(/from: .* is still to come/);
  await expect(take(0, 950, dayOf(-500))).rejects.toThrow(/too long ago/);
});

test('a price that another replaced 400 days ago goes; the one in force stays', async () => {
  const { serve, reads, commit } = aStore();
  await serve(0, 1_000);
  await serve(10, 900);
  await serve(20, 800);
  const now = START + (10 + PRICE_DAYS + 1) * DAY_MS;
  expect(commit({ kind: 'sweep', now })).toMatchObject({ prices: 1 });
  expect(reads.priceHistory(oil)?.shelf.map(({ minor }) => minor)).toEqual([900, 800]);
  commit({ kind: 'sweep', now: now + 1_000 * DAY_MS });
  expect(reads.priceHistory(oil)?.shelf).toEqual([
    { from: dayOf(20), until: undefined, minor: 800 },
  ]);
});
