import { type Kysely, sql } from 'kysely';
import { type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import { needsCare, type ShopPart, ShopPartSchema } from '../../kernel/protocol/shop-part.ts';
import type { StorePartRepository, StorePartSummary } from '../ingest/store-part-repository.ts';
import type { HqTables } from './tables.ts';

/** A list of stores shows so many troubles of each. */
const MOST_SHOWN = 5;

export class SqlStorePartRepository implements StorePartRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async put(storeId: StoreId, parts: readonly ShopPart[], anew: boolean): Promise<void> {
    if (anew) await this.#db.deleteFrom('storePart').where('storeId', '=', storeId).execute();
    for (const part of parts) {
      const row = { care: needsCare(part) ? 1 : 0, body: JSON.stringify(part) };
      await this.#db
        .insertInto('storePart')
        .values({ storeId, kind: part.kind, partId: part.id, ...row })
        .onConflict((conflict) => conflict.columns(['storeId', 'kind', 'partId']).doUpdateSet(row))
        .execute();
    }
  }

  async of(storeId: StoreId): Promise<readonly ShopPart[]> {
    const rows = await this.#db
      .selectFrom('storePart')
      .select('body')
      .where('storeId', '=', storeId)
      .orderBy('kind')
      .orderBy('partId')
      .execute();
    return rows.map(partOf);
  }

  async summaries(): Promise<ReadonlyMap<StoreId, StorePartSummary>> {
    const counts = await this.#db
      .selectFrom('storePart')
      .select(['storeId', (eb) => eb.fn.countAll<number>().as('of')])
      .select(sql<number>`sum(json_extract(body, '$.state') = 'working')`.as('working'))
      .groupBy('storeId')
      .execute();
    const troubles = await this.#db
      .selectFrom('storePart')
      .select(['storeId', 'body'])
      .where('care', '=', 1)
      .orderBy('storeId')
      .orderBy('kind')
      .orderBy('partId')
      .execute();
    const careOf = new Map<string, ShopPart[]>();
    for (const { storeId, body } of troubles) {
      const care = careOf.get(storeId) ?? [];
      if (care.length < MOST_SHOWN) care.push(partOf({ body }));
      careOf.set(storeId, care);
    }
    return new Map(
      counts.map(({ storeId, of, working }) => {
        const care = careOf.get(storeId) ?? [];
        return [StoreIdSchema.parse(storeId), { working, of, care }];
      }),
    );
  }
}

/** Written by this file alone, from a part that was parsed. */
function partOf({ body }: { readonly body: string }): ShopPart {
  return ShopPartSchema.parse(JSON.parse(body));
}
