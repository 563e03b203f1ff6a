import type { Kysely } from 'kysely';
import type { Slices } from '../../kernel/domain/escrow.ts';
import { type OfferId, type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { QuotaRepository } from '../offers/quota-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlQuotaRepository implements QuotaRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async of(offerId: OfferId): Promise<Slices> {
    const rows = await this.#db
      .selectFrom('slice')
      .selectAll()
      .where('offerId', '=', offerId)
      .execute();
    return new Map(
      rows.map(({ storeId, granted, returned, spent }) => [
        StoreIdSchema.parse(storeId),
        { granted, returned, spent },
      ]),
    );
  }

  async grant(offerId: OfferId, storeId: StoreId, granted: number): Promise<void> {
    await this.#db
      .insertInto('slice')
      .values({ offerId, storeId, granted, returned: 0, spent: 0 })
      .onConflict((conflict) => conflict.columns(['offerId', 'storeId']).doUpdateSet({ granted }))
      .execute();
  }

  spent(offerId: OfferId, storeId: StoreId, units: number): Promise<boolean> {
    return this.#add('spent', offerId, storeId, units);
  }

  returned(offerId: OfferId, storeId: StoreId, units: number): Promise<boolean> {
    return this.#add('returned', offerId, storeId, units);
  }

  async #add(
    column: 'spent' | 'returned',
    offerId: OfferId,
    storeId: StoreId,
    units: number,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('slice')
      .set((eb) => ({ [column]: eb(column, '+', units) }))
      .where('offerId', '=', offerId)
      .where('storeId', '=', storeId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
