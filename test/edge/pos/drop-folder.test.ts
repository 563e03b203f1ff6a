import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { DropFolder } from '../../../edge/pos/drop-folder.ts';
import type { Sold } from '../../../edge/pos/till.ts';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';
import type { StationId } from '../../../kernel/domain/ids.ts';
import { SogliaError } from '../../../kernel/errors.ts';
import type { CodeOutcome, PricesPost } from '../../../kernel/protocol/pos-api.ts';
import { createLog } from '../../../node/logs.ts';
import { OIL } from '../../doubles/shop-goods.ts';
import { aShopWith } from '../../support/member-shop.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const HEAD = 'receipt,time,codes,gtin,quantity,price';
const EAN = '4006381333931';
const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 3, 30, 10);

/** A folder and the clock that it goes by; purchases and price lists are remembered. */
function aFolder() {
  const folder = tempDir();
  const sold: Sold[] = [];
  const lists: PricesPost[] = [];
  let now = NOON;
  let failure: Error | undefined;
  let outcomes: readonly CodeOutcome[] = [];
  const drop = new DropFolder({
    ...{ folder, stationId: 'till' as StationId, currency: 'EUR' },
    till: {
      recordSold: (one) => {
        if (failure !== undefined) return Promise.reject(failure);
        sold.push(one);
        return Promise.resolve(outcomes);
      },
    },
    takePrices: (list) => {
      if (failure !== undefined) return Promise.reject(failure);
      lists.push(list);
      return Promise.resolve(1);
    },
    categoryOf: () => 'oil',
    storeTime: storeTimeIn('Europe/Rome'),
    clock: { now: () => now, counted: () => now, isCoarse: false },
    log: createLog('edge', { level: 'silent' }),
  });
  const put = (name: string, ...lines: string[]) => {
    writeFileSync(join(folder, name), [...lines, ''].join('\n'));
  };
  return {
    ...{ folder, sold, lists, put },
    tick: (afterMs = 0) => {
      now += afterMs;
      return drop.tick();
    },
    settle: async () => {
      for (const wait of [0, 2_000]) {
        now += wait;
        await drop.tick();
      }
    },
    fail: (error: Error | undefined) => (failure = error),
    answer: (codes: readonly CodeOutcome[]) => (outcomes = codes),
    in: (where: 'done' | 'refused' | '') => readdirSync(join(folder, where)).sort(),
    text: (path: string) => readFileSync(join(folder, path), 'utf8'),
  };
}
const SALE = `0001,2026-04-30 11:30,,${EAN},2,9.90`;

test('[csv-3] a file is taken once it has not changed for two seconds, and not under another name', async () => {
  const { put, tick, sold, folder, in: list } = aFolder();
  put('sales.csv.part', HEAD, SALE);
  put('.sales.csv', HEAD, SALE);
  for (let i = 0; i < 4; i += 1) await tick(2_000);
  expect(sold).toEqual([]);
  put('sales.csv', HEAD);
  await tick();
  await tick(1_900);
  put('sales.csv', HEAD, SALE);
  await tick(200);
  await tick(1_900);
  expect(sold).toEqual([]);
  await tick(200);
  expect(sold).toMatchObject([
    {
      soldAt: Date.UTC(2026, 3, 30, 9, 30),
      basket: {
        currency: 'EUR',
        lines: [{ line: 1, gtin: OIL, category: 'oil', quantity: 2, unitPriceMinor: 990 }],
      },
    },
  ]);
  renameSync(join(folder, 'sales.csv.part'), join(folder, 'sales.csv'));
  await tick(2_000);
  await tick(2_000);
  expect(list('done')).toEqual(['sales-2.csv', 'sales.csv']);
  expect(sold[1]?.requestId).toBe(sold[0]?.requestId);
});

test('[csv-2] a file with a wrong line is refused whole, with its reasons beside it', async () => {
  const { put, settle, sold, text, in: list } = aFolder();
  put('bad.csv', HEAD, SALE, `0002,2026-04-30 11:30,,${EAN},many,9.90`);
  put('old.csv', HEAD, `0003,2025-12-01 11:30,,${EAN},1,1`, `0004,2026-05-02 11:30,,${EAN},1,1`);
  await settle();
  expect(sold).toEqual([]);
  expect(list('refused')).toEqual(['bad.csv', 'bad.reasons.csv', 'old.csv', 'old.reasons.csv']);
  expect(text('refused/bad.reasons.csv')).toBe(
    'line,field,reason\r\n3,"quantity","is not a whole number from 1 to 1000"\r\n',
  );
  expect(text('refused/old.reasons.csv')).toBe(
    'line,field,reason\r\n2,"time","is more than 60 days ago"\r\n3,"time","is still to come"\r\n',
  );
});

test('[csv-3] while the store cannot write, the file stays, and is taken later', async () => {
  const { put, settle, tick, sold, fail, in: list } = aFolder();
  put('sales.csv', HEAD, SALE);
  fail(new SogliaError('store/busy', 'busy'));
  await expect(settle()).rejects.toThrow('busy');
  fail(undefined);
  await tick(2_000);
  expect(sold).toEqual([]); // it rests for half a minute
  await tick(30_000);
  expect(sold).toHaveLength(1);
  expect(list('done')).toEqual(['sales.csv']);
});

test('[csv-4] a code that did nothing is named, and the purchase counts', async () => {
  const { put, settle, answer, text, sold } = aFolder();
  answer([{ kind: 'refused', reason: 'expired', say: {} }]);
  put('sales.csv', HEAD, SALE.replace(',,', ',SGK1,'));
  await settle();
  expect(sold).toHaveLength(1);
  expect(text('done/sales.reasons.csv')).toContain('2,"codes","code 1 of receipt 0001: expired"');
});

test('[csv-5] a price list goes to the price journal, each day by itself; what it refuses is named', async () => {
  const { put, settle, tick, lists, fail, text, in: list } = aFolder();
  put('prices.csv', 'gtin;price;from', `${EAN};3,20;`, `${EAN};3,00;2026-04-01`);
  await settle();
  expect(lists).toEqual([
    { currency: 'EUR', prices: [{ gtin: OIL, minor: 320 }] },
    { currency: 'EUR', from: '2026-04-01', prices: [{ gtin: OIL, minor: 300 }] },
  ]);
  fail(new SogliaError('request/invalid', 'currency: EUR, and this store’s is CHF'));
  put('more.csv', 'gtin,price', `${EAN},3.20`);
  await tick();
  await tick(2_000);
  expect(text('refused/more.reasons.csv')).toContain('2,"currency","EUR, and this store’s is CHF"');
  expect(list('')).toEqual(['done', 'refused']);
});

test('what was taken goes after a week: codes of cards stand in it', async () => {
  const { put, settle, tick, folder } = aFolder();
  put('sales.csv', HEAD, SALE);
  await settle();
  expect(existsSync(join(folder, 'done/sales.csv'))).toBe(true);
  await tick(Date.now() - NOON + 8 * DAY_MS);
  expect(existsSync(join(folder, 'done/sales.csv'))).toBe(false);
});

test('[csv-3] [pos-3] a file dropped twice gives points once, in a whole store', async () => {
  const folder = tempDir();
  const more = { tills: [{ station: 'till', folder }] };
  const { hq, members } = await aShopWith(more, { segments: ['wine'], coupons: [] });
  const time = new Date().toISOString().slice(0, 10);
  const rows = [HEAD, `0001,${time} 00:00,${members[0].card},${EAN},3,9.90`, ''].join('\n');
  for (const name of ['sales.csv', 'sales-2.csv']) {
    writeFileSync(join(folder, `${name}.part`), rows);
    renameSync(join(folder, `${name}.part`), join(folder, name));
    await until('the file taken', 10_000, () => existsSync(join(folder, 'done', name)));
  }
  await until('the purchase at HQ', 10_000, () => hq.bodies('purchase-made').length > 0);
  expect(hq.bodies('purchase-made')).toMatchObject([
    { stationId: 'till', netMinor: 2_376, effects: [{ offerId: 'bread', minor: 594 }] },
  ]);
});
