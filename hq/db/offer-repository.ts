import type { Kysely } from 'kysely';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { type Offer, OfferSchema, type Product } from '../../kernel/domain/offer.ts';
import type { KeptOffer, OfferRepository } from '../offers/offer-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlOfferRepository implements OfferRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async put(
    offer: Omit<Offer, 'version'>,
    now: EpochMs,
  ): Promise<{ offer: Offer; changed: boolean }> {
    const { offerId } = offer;
    const before = await this.#db
      .selectFrom('offer')
      .select(['version', 'body'])
      .where('offerId', '=', offerId)
      .executeTakeFirst();
    const version = before?.version ?? 0;
    // The schema puts the fields in one order, whoever wrote them: the same offer is the same text.
    if (before !== undefined) {
      const same = OfferSchema.parse({ ...offer, version });
      if (before.body === JSON.stringify(same)) return { offer: same, changed: false };
    }
    const next = OfferSchema.parse({ ...offer, version: version + 1 });
    const columns = { version: next.version, body: JSON.stringify(next), changedAt: now };
    await this.#db
      .insertInto('offer')
      .values({ offerId, ...columns })
      .onConflict((conflict) => conflict.column('offerId').doUpdateSet(columns))
      .execute();
    return { offer: next, changed: true };
  }

  async all(): Promise<readonly KeptOffer[]> {
    const rows = await this.#db
      .selectFrom('offer')
      .select(['body', 'changedAt'])
      .select((eb) => [
        eb
          .selectFrom('publishedOffer')
          .select((count) => count.fn.countAll<number>().as('n'))
          .whereRef('publishedOffer.offerId', '=', 'offer.offerId')
          .whereRef('publishedOffer.version', '=', 'offer.version')
          .as('servedBy'),
        eb
          .selectFrom('store')
          .select((count) => count.fn.countAll<number>().as('n'))
          .as('stores'),
      ])
      .orderBy('offerId')
      .execute();
    return rows.map(({ body, changedAt, servedBy, stores }) => ({
      offer: JSON.parse(body) as Offer,
      changedAt,
      published: stores !== null && stores > 0 && servedBy === stores,
    }));
  }

  async putProducts(products: readonly Product[]): Promise<void> {
    for (const product of products) {
      const body = JSON.stringify(product);
      await this.#db
        .insertInto('product')
        .values({ gtin: product.gtin, body })
        .onConflict((conflict) => conflict.column('gtin').doUpdateSet({ body }))
        .execute();
    }
  }

  async products(): Promise<readonly Product[]> {
    const rows = await this.#db.selectFrom('product').select('body').orderBy('gtin').execute();
    return rows.map(({ body }) => JSON.parse(body) as Product);
  }
}
