import type { Clock } from '../clock.ts';
import type { Offer, Product } from '../../kernel/domain/offer.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { KeptOffer } from './offer-repository.ts';

type OfferDraft = Omit<Offer, 'version'>;
export interface Imported {
  readonly offers: number;
  /** Of them, those that differ from what HQ had. */
  readonly changed: number;
  readonly products: number;
}

export interface Offers {
  put(draft: OfferDraft): Promise<Offer>;
  all(): Promise<readonly KeptOffer[]>;
  putProducts(products: readonly Product[]): Promise<void>;
  /** All of it, or nothing. */
  import(drafts: readonly OfferDraft[], products: readonly Product[]): Promise<Imported>;
}

export function createOffers(database: UnitOfWork, clock: Clock): Offers {
  return {
    put: (draft) =>
      database.write(async (tables, announce) => {
        const { offer, changed } = await tables.offers.put(draft, clock());
        if (changed) announce({ what: 'offers' });
        return offer;
      }),
    all: () => database.read((tables) => tables.offers.all()),
    putProducts: (products) => database.write((tables) => tables.offers.putProducts(products)),
    import: (drafts, products) =>
      database.write(async (tables, announce) => {
        let changed = 0;
        for (const draft of drafts) {
          if ((await tables.offers.put(draft, clock())).changed) changed += 1;
        }
        await tables.offers.putProducts(products);
        if (changed > 0) announce({ what: 'offers' });
        return { offers: drafts.length, changed, products: products.length };
      }),
  };
}
