import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { type Bundle, BundleSchema, type Offer } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { BundleManifest } from '../../kernel/protocol/hq-sync.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import { shareOut } from '../offers/quotas.ts';
import { noteServed } from '../results/experiments.ts';
import { noticeOf } from './notice.ts';
import type { BundleSigner } from './signing-key.ts';
import type { Store } from './store-repository.ts';

const DAY_MS = 86_400_000;
/** A store away for longer shows evergreen offers only. */
export const BUNDLE_LIFE_MS = 14 * DAY_MS;
/** An edge's clock may be a little behind ours. */
const CLOCK_SLACK_MS = 60_000;

export interface Publishing {
  /**
   * Signs and publishes the present offers and products. None named: every store.
   * @throws {SogliaError} 'request/not-found' for a store that HQ does not have
   */
  publish(
    storeIds: readonly StoreId[] | undefined,
  ): Promise<readonly { storeId: StoreId; version: number }[]>;
  /** Signs what a store serves once more, before it is too old to be believed. */
  refresh(storeId: StoreId): Promise<void>;
}

export function createPublishing(
  database: UnitOfWork,
  signer: BundleSigner,
  clock: Clock,
  publicUrl: () => string,
): Publishing {
  async function publishTo(
    tables: Tables,
    store: Store,
    offers: readonly Offer[],
    now: EpochMs,
  ): Promise<number> {
    const { storeId } = store;
    const version = ((await tables.publications.latest(storeId))?.version ?? 0) + 1;
    const bundle: Bundle = BundleSchema.parse({
      storeId,
      storeName: store.name,
      version,
      publishedAt: now,
      offers,
      products: await tables.offers.products(),
      notice: noticeOf((await tables.stores.controller()) ?? store.name, publicUrl()),
    });
    const content = Buffer.from(JSON.stringify(bundle), 'utf8');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const manifest = JSON.stringify({
      stream: 'catalogue',
      storeId,
      version,
      sha256,
      bytes: content.length,
      notBefore: now - CLOCK_SLACK_MS,
      expires: now + BUNDLE_LIFE_MS,
    } satisfies BundleManifest);
    const signed = { manifest, signature: signer.sign(manifest), keyId: signer.keyId };
    const publication = { storeId, version, sha256, ...signed, publishedAt: now };
    await tables.publications.add(publication, content, offers);
    await noteServed(tables, storeId, version, offers, now);
    await tables.changes.append('catalogue', storeId, { kind: 'bundle', ...signed }, 'bundle');
    await tables.members.markStore(storeId); // coupons follow the offers
    return version;
  }

  return {
    publish: (storeIds) =>
      database.write(async (tables, announce: Announce) => {
        const stores = await storesNamed(tables, storeIds);
        const offers = (await tables.offers.all()).map(({ offer }) => offer);
        const published: { storeId: StoreId; version: number }[] = [];
        for (const store of stores) {
          const version = await publishTo(tables, store, offers, clock());
          published.push({ storeId: store.storeId, version });
        }
        for (const { offerId, caps, budget } of offers) {
          if (caps?.total !== undefined) await shareOut(tables, offerId);
          if (budget !== undefined) await shareOut(tables, offerId, 'minor');
        }
        announce({ what: 'offers' });
        announce({ what: 'stores' });
        return published;
      }),

    async refresh(storeId) {
      const latest = await database.read((tables) => tables.publications.latest(storeId));
      if (latest === undefined || clock() - latest.publishedAt < BUNDLE_LIFE_MS / 2) return;
      await database.write(async (tables) => {
        const store = await tables.stores.get(storeId);
        if (store === undefined) return;
        await publishTo(tables, store, await tables.publications.offersOf(storeId), clock());
      });
    },
  };
}

async function storesNamed(
  tables: Tables,
  storeIds: readonly StoreId[] | undefined,
): Promise<readonly Store[]> {
  if (storeIds === undefined) return tables.stores.all();
  const stores: Store[] = [];
  for (const [i, storeId] of storeIds.entries()) {
    const store = await tables.stores.get(storeId);
    if (store === undefined)
      throw new SogliaError('request/not-found', `storeIds.${i}: no store '${storeId}'`);
    stores.push(store);
  }
  return stores;
}
