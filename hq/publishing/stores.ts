import type { Clock } from '../clock.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { StoreId } from '../../kernel/domain/ids.ts';
import type { ShopPart } from '../../kernel/protocol/shop-part.ts';
import type { StorePartSummary } from '../ingest/store-part-repository.ts';
import { LANGUAGES_SERVED, textsFor } from '../profiles/consent-texts.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { renewLease } from './lease.ts';
import type { StoreSummary } from './store-repository.ts';

export interface Stores {
  put(storeId: StoreId, name: string): Promise<void>;
  summaries(): Promise<readonly StoreSummary[]>;
  /** How each store's receivers, scanners and beacons are; a store that never told is left out. */
  partSummaries(): Promise<ReadonlyMap<StoreId, StorePartSummary>>;
  parts(storeId: StoreId): Promise<readonly ShopPart[]>;
  /** Who answers for the data; empty before the first store. */
  controller(): Promise<string>;
}

/** @param controllerGiven - who answers for the data; the first store's name where none is given */
export function createStores(
  database: UnitOfWork,
  crypto: Crypto,
  clock: Clock,
  controllerGiven: string | undefined,
): Stores {
  return {
    put: (storeId, name) =>
      database.write(async (tables, announce) => {
        const now = clock();
        if ((await tables.stores.put(storeId, name, now)) === 'same') return;
        if ((await tables.stores.controller()) === undefined) {
          const controller = controllerGiven ?? name;
          await tables.stores.setController(controller);
          const texts = LANGUAGES_SERVED.flatMap((language) => textsFor(controller, language));
          await tables.consents.keepTexts(texts, now);
        }
        await renewLease(tables, crypto, storeId, now);
        announce({ what: 'stores' });
      }),
    summaries: () => database.read((tables) => tables.stores.summaries()),
    partSummaries: () => database.read((tables) => tables.storeParts.summaries()),
    parts: (storeId) => database.read((tables) => tables.storeParts.of(storeId)),
    controller: async () =>
      (await database.read((tables) => tables.stores.controller())) ?? controllerGiven ?? '',
  };
}
