import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleInForce } from '../../../cli/backtest/bundle-in-force.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { StoreId } from '../../../kernel/domain/ids.ts';
import { BundleSchema } from '../../../kernel/domain/offer.ts';
import { aBundle } from '../../doubles/shop-goods.ts';
import { aStoreWithHistory } from '../../doubles/store-with-history.ts';
import { CONFIGURATION } from '../../support/edge.ts';
import { aShop } from '../../support/member-shop.ts';
import { tempDir } from '../../support/temp-dir.ts';

const bundle = BundleSchema.parse(aBundle(3));
const aStore = () => aStoreWithHistory(tempDir(), CONFIGURATION);
async function inForce({ folder }: { readonly folder: string }, storeId = 'bottega') {
  const db = openForReading(join(folder, 'store.db'));
  try {
    return await bundleInForce(new StoreReader(db), folder, storeId as StoreId);
  } finally {
    db.close();
  }
}
/** What somebody else writes into the store's file. */
function change({ database }: ReturnType<typeof aStore>, sql: string): void {
  const db = openForWriting(database);
  db.exec(sql);
  db.close();
}

test('[backtest-6] what head office signed for this store is in force, also once it has expired', async () => {
  const store = aStore();
  expect(await inForce(store)).toBeUndefined();
  store.serves(bundle);
  expect(await inForce(store)).toEqual(bundle);
});

test('[backtest-6] what a store has taken in from head office is in force', async () => {
  const { edge } = await aShop();
  expect(await inForce({ folder: edge.dataDir })).toMatchObject({ version: 1 });
});

test('[backtest-6] a bundle of another key, another store or none that is pinned is refused whole, with place and reason', async () => {
  const store = aStore();
  store.serves(bundle, generateKeyPairSync('ed25519'));
  await expect(inForce(store)).rejects.toMatchObject({
    code: 'bundle/refused',
    message: `${store.database}, bundle: no pinned key signed it`,
  });
  const other = aStore();
  other.serves(bundle);
  await expect(inForce(other, 'mercato')).rejects.toThrow(
    /store\.db, bundle: it is another store’s/,
  );
  rmSync(join(other.folder, 'hq', 'device.json'));
  await expect(inForce(other)).rejects.toThrow(/device\.json, no key of head office is pinned/);
  writeFileSync(join(other.folder, 'hq', 'device.json'), '{}');
  await expect(inForce(other)).rejects.toThrow(/device\.json: no registration of a device/);
});

test.each([
  [
    `manifest = replace(manifest, '"version":3', '"version":4')`,
    'the signature is not of the manifest',
  ],
  [`signature = 'AAAA'`, 'the signature is not of the manifest'],
  [
    `content = CAST(replace(CAST(content AS TEXT), '"version":3', '"version":4') AS BLOB)`,
    'the content has another hash',
  ],
  [`signature = NULL`, 'no signature was kept of it'],
])('[backtest-6] a bundle in which somebody set %s is refused', async (what, reason) => {
  const store = aStore();
  store.serves(bundle);
  change(store, `UPDATE bundle SET ${what}`);
  await expect(inForce(store)).rejects.toThrow(`store.db, bundle: ${reason}`);
});
