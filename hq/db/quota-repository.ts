import type { Kysely } from 'kysely';
import { NO_SLICE, type Slices, type SliceUnit } from '../../kernel/domain/escrow.ts';
import { type OfferId, type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { QuotaRepository } from '../offers/quota-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlQuotaRepository implements QuotaRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async of(offerId: OfferId, unit: SliceUnit): Promise<Slices> {
    const rows = await this.#db
      .selectFrom('slice')
      .selectAll()
      .where('offerId', '=', offerId)
      .where('unit', '=', unit)
      .execute();
    return new Map(
      rows.map(({ storeId, granted, returned, spent, givenBack }) => [
        StoreIdSchema.parse(storeId),
        { granted, returned, spent, givenBack },
      ]),
    );
  }

  async grant(offerId: OfferId, unit: SliceUnit, storeId: StoreId, granted: number): Promise<void> {
    await this.#db
      .insertInto('slice')
      .values({ ...NO_SLICE, offerId, unit, storeId, granted })
      .onConflict((conflict) =>
        conflict.columns(['offerId', 'unit', 'storeId']).doUpdateSet({ granted }),
      )
      .execute();
  }

  spent(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean> {
    return this.#add('spent', offerId, unit, storeId, units);
  }

  returned(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean> {
    return this.#add('returned', offerId, unit, storeId, units);
  }

  givenBack(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean> {
    return this.#add('givenBack', offerId, unit, storeId, units);
  }

  async #add(
    column: 'spent' | 'returned' | 'givenBack',
    offerId: OfferId,
    unit: SliceUnit,
    storeId: StoreId,
    units: number,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('slice')
      .set((eb) => ({ [column]: eb(column, '+', units) }))
      .where('offerId', '=', offerId)
      .where('unit', '=', unit)
      .where('storeId', '=', storeId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
