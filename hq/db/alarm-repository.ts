import type { Kysely } from 'kysely';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { type AlarmView, AlarmViewSchema } from '../../kernel/protocol/console-api.ts';
import type { Alarm, AlarmRepository } from '../alarms/alarm-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlAlarmRepository implements AlarmRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async add(alarm: Alarm): Promise<boolean> {
    const { alarmId, kind, storeId, otherStoreId, zoneId, customerId, at, source } = alarm;
    const result = await this.#db
      .insertInto('alarm')
      .values({
        ...{ alarmId, kind, storeId, at, source, acknowledgedAt: null },
        otherStoreId: otherStoreId ?? null,
        zoneId: zoneId ?? null,
        customerId: customerId ?? null,
      })
      .onConflict((conflict) => conflict.column('source').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async newest(limit: number): Promise<readonly AlarmView[]> {
    const rows = await this.#db
      .selectFrom('alarm')
      .selectAll()
      .orderBy('at', 'desc')
      .orderBy('alarmId', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) =>
      AlarmViewSchema.parse({
        ...row,
        otherStoreId: row.otherStoreId ?? undefined,
        zoneId: row.zoneId ?? undefined,
        customerId: row.customerId ?? undefined,
        acknowledgedAt: row.acknowledgedAt ?? undefined,
      }),
    );
  }

  async acknowledge(alarmIds: readonly AlarmView['alarmId'][], at: EpochMs): Promise<void> {
    await this.#db
      .updateTable('alarm')
      .set({ acknowledgedAt: at })
      .where('alarmId', 'in', alarmIds)
      .where('acknowledgedAt', 'is', null)
      .execute();
  }

  async counts(): ReturnType<AlarmRepository['counts']> {
    const rows = await this.#db
      .selectFrom('alarm')
      .select((eb) => [
        'kind',
        eb.fn.countAll<number>().as('all'),
        eb.fn.count<number>('acknowledgedAt').as('acknowledged'),
      ])
      .groupBy('kind')
      .execute();
    const none = { all: 0, open: 0 };
    const counts = { replay: none, 'two-stores': none, 'used-twice': none };
    for (const { kind, all, acknowledged } of rows)
      counts[kind] = { all, open: all - acknowledged };
    return counts;
  }
}
