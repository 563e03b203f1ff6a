import type { Kysely } from 'kysely';
import {
  type EpochMs,
  LeaseIdSchema,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import type {
  Store,
  StoreLease,
  StoreRepository,
  StoreSummary,
} from '../publishing/store-repository.ts';
import type { HqTables } from './tables.ts';

const CONTROLLER = 'controller';

export class SqlStoreRepository implements StoreRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async put(storeId: StoreId, name: string, now: EpochMs): Promise<'made' | 'renamed' | 'same'> {
    const before = await this.get(storeId);
    if (before?.name === name) return 'same';
    await this.#db
      .insertInto('store')
      .values({ storeId, name, lastSeenAt: null, madeAt: now })
      .onConflict((conflict) => conflict.column('storeId').doUpdateSet({ name }))
      .execute();
    return before === undefined ? 'made' : 'renamed';
  }

  async get(storeId: StoreId): Promise<Store | undefined> {
    const row = await this.#db
      .selectFrom('store')
      .selectAll()
      .where('storeId', '=', storeId)
      .executeTakeFirst();
    return row && storeOf(row);
  }

  async all(): Promise<readonly Store[]> {
    const rows = await this.#db.selectFrom('store').selectAll().orderBy('storeId').execute();
    return rows.map(storeOf);
  }

  async summaries(): Promise<readonly StoreSummary[]> {
    const rows = await this.#db
      .selectFrom('store')
      .selectAll('store')
      .select((eb) => [
        eb
          .selectFrom('device')
          .select((count) => count.fn.countAll<number>().as('n'))
          .whereRef('device.name', '=', 'store.storeId')
          .where('device.kind', '=', 'store')
          .where('device.deniedAt', 'is', null)
          .as('devices'),
        eb
          .selectFrom('publication')
          .select((max) => max.fn.max<number | null>('version').as('n'))
          .whereRef('publication.storeId', '=', 'store.storeId')
          .as('version'),
        eb
          .selectFrom('member')
          .select((count) => count.fn.countAll<number>().as('n'))
          .whereRef('member.storeId', '=', 'store.storeId')
          .as('members'),
        eb
          .selectFrom('applied')
          .select((sum) => sum.fn.sum<number | null>('lastSeq').as('n'))
          .whereRef('applied.storeId', '=', 'store.storeId')
          .as('events'),
        eb
          .selectFrom('lease')
          .select('notAfter')
          .whereRef('lease.storeId', '=', 'store.storeId')
          .as('leaseNotAfter'),
      ])
      .orderBy('storeId')
      .execute();
    return rows.map((row) => ({
      ...storeOf(row),
      enrolled: (row.devices ?? 0) > 0,
      publishedVersion: row.version ?? 0,
      members: row.members ?? 0,
      events: row.events ?? 0,
      leaseNotAfter: row.leaseNotAfter ?? undefined,
    }));
  }

  async seen(storeId: StoreId, at: EpochMs): Promise<void> {
    await this.#db
      .updateTable('store')
      .set({ lastSeenAt: at })
      .where('storeId', '=', storeId)
      .execute();
  }

  async leaseOf(storeId: StoreId): Promise<StoreLease | undefined> {
    const row = await this.#db
      .selectFrom('lease')
      .selectAll()
      .where('storeId', '=', storeId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { leaseId, sealingKey, indexKey, notAfter } = row;
    return { leaseId: LeaseIdSchema.parse(leaseId), sealingKey, indexKey, notAfter };
  }

  async putLease(storeId: StoreId, lease: StoreLease): Promise<void> {
    await this.#db
      .insertInto('lease')
      .values({ storeId, ...lease })
      .onConflict((conflict) => conflict.column('storeId').doUpdateSet({ ...lease }))
      .execute();
  }

  async controller(): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('meta')
      .select('value')
      .where('key', '=', CONTROLLER)
      .executeTakeFirst();
    return row?.value;
  }

  async setController(name: string): Promise<void> {
    await this.#db
      .insertInto('meta')
      .values({ key: CONTROLLER, value: name })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: name }))
      .execute();
  }
}

function storeOf(row: { storeId: string; name: string; lastSeenAt: number | null }): Store {
  return {
    storeId: StoreIdSchema.parse(row.storeId),
    name: row.name,
    lastSeenAt: row.lastSeenAt ?? undefined,
  };
}
