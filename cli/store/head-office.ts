import { z } from 'zod';
import type { StoreId } from '../../kernel/domain/ids.ts';
import { OffersSchema, PublishedSchema, StoresSchema } from '../../kernel/protocol/console-api.ts';
import { askOperator } from '../../node/operator-client.ts';
import { readOfferFile } from '../offer-file.ts';

export interface HeadOffice {
  /** Makes sure that HQ knows the store and has something to say there. What is there already stays as it is. */
  prepareStore(storeId: StoreId, offerFile: string, tell: (line: string) => void): Promise<void>;
  /** A link to the console whose token is spent by the page, not by opening it. */
  consoleLink(): Promise<string>;
}

const STORE_NAME = 'Bottega Soglia';
const anything = z.unknown();

export function openHeadOffice(operatorSocket: string): HeadOffice {
  const ask = <T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body?: unknown,
  ) => askOperator(operatorSocket, schema, { method, path, body, deadlineMs: 30_000 });
  return {
    async prepareStore(storeId, offerFile, tell) {
      const { stores } = await ask(StoresSchema, 'GET', '/v1/stores');
      if (!stores.some((store) => store.storeId === storeId)) {
        await ask(anything, 'PUT', `/v1/stores/${storeId}`, { name: STORE_NAME });
      }
      const { offers } = await ask(OffersSchema, 'GET', '/v1/offers');
      if (offers.length > 0) return;
      const file = readOfferFile(offerFile);
      await ask(anything, 'POST', '/v1/offers/import', file);
      await ask(PublishedSchema, 'POST', '/v1/publications', {});
      tell(`${String(file.offers.length)} offers of the example published`);
    },
    async consoleLink() {
      const { url } = await ask(z.object({ url: z.string() }), 'POST', '/v1/console-links', {});
      return url;
    },
  };
}
