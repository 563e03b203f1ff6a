import { type Kysely, type SqlBool, sql } from 'kysely';
import {
  type CustomerId,
  CustomerIdSchema,
  type DecisionId,
  type EpochMs,
  type OfferId,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import { type TimelineEntry, TimelineEntrySchema } from '../../kernel/protocol/console-api.ts';
import type { TimelineRepository, Visit } from '../profiles/timeline-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlTimelineRepository implements TimelineRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async add(customerId: CustomerId, entry: TimelineEntry, source: string): Promise<boolean> {
    const { entryId, at, kind, storeId, stationId, offerIds, details } = entry;
    const result = await this.#db
      .insertInto('timeline')
      .values({
        entryId,
        customerId,
        at,
        kind,
        storeId: storeId ?? null,
        stationId: stationId ?? null,
        offerIds: offerIds === undefined ? null : JSON.stringify(offerIds),
        details: JSON.stringify(details),
        source,
      })
      .onConflict((conflict) => conflict.column('source').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async extend(source: string, details: TimelineEntry['details']): Promise<boolean> {
    const before = await this.#db
      .selectFrom('timeline')
      .select('details')
      .where('source', '=', source)
      .executeTakeFirst();
    if (before === undefined) return false;
    const merged = { ...(JSON.parse(before.details) as TimelineEntry['details']), ...details };
    await this.#db
      .updateTable('timeline')
      .set({ details: JSON.stringify(merged) })
      .where('source', '=', source)
      .execute();
    return true;
  }

  async visit(source: string): Promise<Visit | undefined> {
    const row = await this.#db
      .selectFrom('timeline')
      .selectAll()
      .where('source', '=', source)
      .where('kind', '=', 'visit')
      .executeTakeFirst();
    return row && visitOf(row);
  }

  async visitsWithin(
    customerId: CustomerId,
    from: EpochMs,
    until: EpochMs,
  ): Promise<readonly Visit[]> {
    const rows = await this.#db
      .selectFrom('timeline')
      .selectAll()
      .where('customerId', '=', customerId)
      .where('kind', '=', 'visit')
      .where('at', '<=', until)
      .where(sql<SqlBool>`coalesce(json_extract(details, '$.until'), at) >= ${from}`)
      .execute();
    return rows.map(visitOf);
  }

  async of(customerId: CustomerId, limit: number): Promise<readonly TimelineEntry[]> {
    const rows = await this.#db
      .selectFrom('timeline')
      .selectAll()
      .where('customerId', '=', customerId)
      .orderBy('at', 'desc')
      .orderBy('entryId', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) =>
      TimelineEntrySchema.parse({
        entryId: row.entryId,
        at: row.at,
        kind: row.kind,
        storeId: row.storeId ?? undefined,
        stationId: row.stationId ?? undefined,
        offerIds: row.offerIds === null ? undefined : (JSON.parse(row.offerIds) as unknown),
        details: JSON.parse(row.details) as unknown,
      }),
    );
  }

  async firstShown(
    storeId: StoreId,
    decisionId: DecisionId,
    offerIds: readonly OfferId[],
  ): Promise<readonly OfferId[]> {
    const first: OfferId[] = [];
    for (const offerId of offerIds) {
      const result = await this.#db
        .insertInto('exposure')
        .values({ storeId, decisionId, offerId })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if ((result.numInsertedOrUpdatedRows ?? 0n) > 0n) first.push(offerId);
    }
    return first;
  }
}

function visitOf(row: {
  customerId: string;
  storeId: string | null;
  source: string;
  at: number;
  details: string;
}): Visit {
  const { until } = JSON.parse(row.details) as TimelineEntry['details'];
  return {
    customerId: CustomerIdSchema.parse(row.customerId),
    storeId: StoreIdSchema.parse(row.storeId),
    source: row.source,
    from: row.at,
    until: typeof until === 'number' ? until : row.at,
  };
}
