import type { Kysely } from 'kysely';
import type { StoreId } from '../../kernel/domain/ids.ts';
import type { Change, Stream } from '../../kernel/protocol/hq-sync.ts';
import type { ChangeRepository, NumberedChange } from '../publishing/change-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlChangeRepository implements ChangeRepository {
  readonly #db: Kysely<HqTables>;
  readonly #appended: (storeId: StoreId, stream: Stream) => void;
  constructor(db: Kysely<HqTables>, appended: (storeId: StoreId, stream: Stream) => void) {
    this.#db = db;
    this.#appended = appended;
  }

  async append(
    stream: Stream,
    storeId: StoreId,
    change: Change,
    replaces?: string,
  ): Promise<number> {
    const { rev } = await this.#db
      .insertInto('streamHead')
      .values({ stream, storeId, rev: 1 })
      .onConflict((conflict) =>
        conflict
          .columns(['stream', 'storeId'])
          .doUpdateSet((eb) => ({ rev: eb('streamHead.rev', '+', 1) })),
      )
      .returning('rev')
      .executeTakeFirstOrThrow();
    if (replaces !== undefined) {
      await this.#db
        .deleteFrom('change')
        .where('stream', '=', stream)
        .where('storeId', '=', storeId)
        .where('subject', '=', replaces)
        .execute();
    }
    await this.#db
      .insertInto('change')
      .values({ stream, storeId, rev, subject: replaces ?? null, body: JSON.stringify(change) })
      .execute();
    this.#appended(storeId, stream);
    return rev;
  }

  async since(
    stream: Stream,
    storeId: StoreId,
    rev: number,
    limit: number,
  ): Promise<readonly NumberedChange[]> {
    const rows = await this.#db
      .selectFrom('change')
      .select(['rev', 'body'])
      .where('stream', '=', stream)
      .where('storeId', '=', storeId)
      .where('rev', '>', rev)
      .orderBy('rev')
      .limit(limit)
      .execute();
    // Written by `append` above and by nobody else: not parsed again by its schema.
    return rows.map((row) => ({ rev: row.rev, change: JSON.parse(row.body) as Change }));
  }
}
