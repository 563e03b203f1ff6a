import type { Kysely } from 'kysely';
import type { EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import type {
  ChainedEvent,
  JournalRepository,
  LaneKey,
  LaneState,
} from '../ingest/journal-repository.ts';
import { subjectOf } from '../ingest/event-subject.ts';
import type { HqTables } from './tables.ts';

export class SqlJournalRepository implements JournalRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async lane({ storeId, epoch, lane }: LaneKey): Promise<LaneState> {
    const row = await this.#db
      .selectFrom('applied')
      .selectAll()
      .where('storeId', '=', storeId)
      .where('epoch', '=', epoch)
      .where('lane', '=', lane)
      .executeTakeFirst();
    return {
      lastSeq: row?.lastSeq ?? 0,
      chainHash: row?.chainHash ?? CHAIN_START,
      quarantinedAt: (await this.#quarantinedAt(storeId, epoch)) ?? undefined,
    };
  }

  async rowHashes(
    { storeId, epoch, lane }: LaneKey,
    fromSeq: number,
    toSeq: number,
  ): Promise<ReadonlyMap<number, string>> {
    const rows = await this.#db
      .selectFrom('event')
      .select(['seq', 'rowHash'])
      .where('storeId', '=', storeId)
      .where('epoch', '=', epoch)
      .where('lane', '=', lane)
      .where('seq', '>=', fromSeq)
      .where('seq', '<=', toSeq)
      .execute();
    return new Map(rows.map(({ seq, rowHash }) => [seq, rowHash]));
  }

  async knownIds(
    storeId: StoreId,
    eventIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db
      .selectFrom('event')
      .select(['eventId', 'contentHash'])
      .where('storeId', '=', storeId)
      .where('eventId', 'in', eventIds)
      .execute();
    return new Map(rows.map(({ eventId, contentHash }) => [eventId, contentHash]));
  }

  async add(
    { storeId, epoch, lane }: LaneKey,
    events: readonly ChainedEvent[],
    receivedAt: EpochMs,
  ): Promise<void> {
    await this.#db
      .insertInto('event')
      .values(
        events.map((event) => ({
          storeId,
          epoch,
          lane,
          seq: event.seq,
          eventId: event.eventId,
          type: event.type,
          v: event.v,
          rowHash: event.rowHash,
          contentHash: event.contentHash,
          salt: event.salt ?? null,
          body: event.body ?? null,
          bootId: event.bootId,
          monoMs: event.monoMs,
          wallMs: event.wallMs,
          receivedAt,
          subject: subjectOf(event) ?? null,
        })),
      )
      .execute();
  }

  async advance(
    { storeId, epoch, lane }: LaneKey,
    lastSeq: number,
    chainHash: string,
  ): Promise<void> {
    await this.#db
      .insertInto('applied')
      .values({ storeId, epoch, lane, lastSeq, chainHash, quarantinedAt: null })
      .onConflict((conflict) =>
        conflict.columns(['storeId', 'epoch', 'lane']).doUpdateSet({ lastSeq, chainHash }),
      )
      .execute();
  }

  async quarantine({ storeId, epoch, lane }: LaneKey, at: EpochMs): Promise<void> {
    const { lastSeq, chainHash } = await this.lane({ storeId, epoch, lane });
    await this.#db
      .insertInto('applied')
      .values({ storeId, epoch, lane, lastSeq, chainHash, quarantinedAt: at })
      .onConflict((conflict) =>
        conflict.columns(['storeId', 'epoch', 'lane']).doUpdateSet({ quarantinedAt: at }),
      )
      .execute();
  }

  async #quarantinedAt(storeId: StoreId, epoch: string): Promise<number | null> {
    const row = await this.#db
      .selectFrom('applied')
      .select((eb) => eb.fn.min<number | null>('quarantinedAt').as('at'))
      .where('storeId', '=', storeId)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return row?.at ?? null;
  }
}
