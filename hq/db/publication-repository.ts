import type { Kysely } from 'kysely';
import { type OfferId, type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { Publication, PublicationRepository } from '../publishing/publication-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlPublicationRepository implements PublicationRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async latest(storeId: StoreId): Promise<Publication | undefined> {
    const row = await this.#db
      .selectFrom('publication')
      .selectAll()
      .where('storeId', '=', storeId)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && { ...row, storeId: StoreIdSchema.parse(row.storeId) };
  }

  async add(
    publication: Publication,
    content: Uint8Array,
    offers: readonly Offer[],
  ): Promise<void> {
    const { storeId, sha256 } = publication;
    await this.#db.insertInto('publication').values(publication).execute();
    // An edge may be fetching the one before at this moment: the last two stay.
    const kept = this.#db
      .selectFrom('publication')
      .select('sha256')
      .where('storeId', '=', storeId)
      .orderBy('version', 'desc')
      .limit(2);
    await this.#db
      .insertInto('content')
      .values({ storeId, sha256, bytes: content })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await this.#db
      .deleteFrom('content')
      .where('storeId', '=', storeId)
      .where('sha256', 'not in', kept)
      .execute();
    await this.#db.deleteFrom('publishedOffer').where('storeId', '=', storeId).execute();
    for (const offer of offers) {
      const { offerId, version } = offer;
      await this.#db
        .insertInto('publishedOffer')
        .values({ storeId, offerId, version, body: JSON.stringify(offer) })
        .execute();
    }
  }

  async content(storeId: StoreId, sha256: string): Promise<Uint8Array | undefined> {
    const row = await this.#db
      .selectFrom('content')
      .select('bytes')
      .where('storeId', '=', storeId)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row?.bytes;
  }

  async servedAs(offerId: OfferId): Promise<ReadonlyMap<StoreId, Offer>> {
    const rows = await this.#db
      .selectFrom('publishedOffer')
      .select(['storeId', 'body'])
      .where('offerId', '=', offerId)
      .orderBy('storeId')
      .execute();
    return new Map(
      rows.map(({ storeId, body }) => [StoreIdSchema.parse(storeId), JSON.parse(body) as Offer]),
    );
  }

  async offersOf(storeId: StoreId): Promise<readonly Offer[]> {
    const rows = await this.#db
      .selectFrom('publishedOffer')
      .select('body')
      .where('storeId', '=', storeId)
      .orderBy('offerId')
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as Offer);
  }
}
