import { randomBytes } from 'node:crypto';
import { type DeleteResult, type Kysely, type Selectable, sql } from 'kysely';
import {
  type CustomerId,
  type EpochMs,
  type Pseudonym,
  PseudonymSchema,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import { rowHashOf } from '../../node/journal-chain.ts';
import type {
  AskedStore,
  ErasedEvents,
  Erasure,
  ErasureRepository,
  NewErasure,
} from '../privacy/erasure-repository.ts';
import type { HqTables } from './tables.ts';

const SALT = 'tombstoneSalt';

export class SqlErasureRepository implements ErasureRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async salt(): Promise<string> {
    const kept = () =>
      this.#db.selectFrom('meta').select('value').where('key', '=', SALT).executeTakeFirst();
    const before = await kept();
    if (before !== undefined) return before.value;
    await this.#db
      .insertInto('meta')
      .values({ key: SALT, value: randomBytes(32).toString('hex') })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await kept())?.value ?? '';
  }

  async buried(storeId: StoreId, hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db
      .selectFrom('tombstone')
      .select('subjectHash')
      .where('storeId', '=', storeId)
      .where('subjectHash', 'in', hashes)
      .execute();
    return new Set(rows.map(({ subjectHash }) => subjectHash));
  }

  async bury(storeId: StoreId, hash: string, at: EpochMs): Promise<void> {
    await this.#db
      .insertInto('tombstone')
      .values({ storeId, subjectHash: hash, at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async marksOf(customerId: CustomerId): Promise<readonly string[]> {
    const db = this.#db;
    const identities = await db
      .selectFrom('identity')
      .select('value')
      .where('customerId', '=', customerId)
      .execute();
    const members = await db
      .selectFrom('member')
      .select('pseudonym')
      .where('customerId', '=', customerId)
      .execute();
    const coupons = await db
      .selectFrom('coupon')
      .select(['couponId', 'code'])
      .where('customerId', '=', customerId)
      .execute();
    const consents = await db
      .selectFrom('consentRecord')
      .select('consentId')
      .where('customerId', '=', customerId)
      .execute();
    const phones = await db
      .selectFrom('phone')
      .selectAll()
      .where('phoneId', 'in', identities.map(({ value }) => value).concat(''))
      .execute();
    return [
      customerId,
      ...identities.map(({ value }) => value),
      ...members.map(({ pseudonym }) => pseudonym),
      ...coupons.flatMap(({ couponId, code }) => [couponId, code]),
      ...consents.map(({ consentId }) => consentId),
      ...phones.flatMap((phone) => [
        phone.signingKey,
        phone.identityKey,
        phone.codeId,
        phone.codeKey,
      ]),
    ];
  }

  async eraseEvents(storeId: StoreId, pseudonym: Pseudonym): Promise<ErasedEvents> {
    const erased = await this.#db
      .updateTable('event')
      .set({ body: null, salt: null, subject: null })
      .where('storeId', '=', storeId)
      .where('subject', '=', pseudonym)
      .returning(['epoch', 'lane', 'seq'])
      .execute();
    let chainHolds = true;
    for (const place of erased) chainHolds &&= await this.#linksAround({ storeId, ...place });
    return { erased: erased.length, chainHolds };
  }

  async forgetChanges(storeId: StoreId, pseudonym: Pseudonym): Promise<number> {
    const rows = await this.#db
      .deleteFrom('change')
      .where('storeId', '=', storeId)
      .where('stream', '=', 'cohort')
      .where('subject', '=', pseudonym)
      .executeTakeFirst();
    // Withdrawals each stand for themselves and have no subject; there are few, and one store's only.
    const withdrawals = await this.#db
      .deleteFrom('change')
      .where('storeId', '=', storeId)
      .where('stream', '=', 'erase')
      .where(sql<number>`instr(body, ${pseudonym})`, '>', 0)
      .executeTakeFirst();
    return Number(rows.numDeletedRows + withdrawals.numDeletedRows);
  }

  async removePerson(customerId: CustomerId, erasureId: string): Promise<Record<string, number>> {
    await this.#keepConsents(customerId, erasureId);
    const phones = await this.#db
      .selectFrom('identity')
      .select('value')
      .where('customerId', '=', customerId)
      .where('kind', '=', 'phone')
      .execute();
    const phoneIds = phones.map(({ value }) => value).concat('');
    // Whoever refers goes before what is referred to.
    const removed: Record<string, number> = {};
    const db = this.#db;
    for (const table of [
      'alarm',
      'measured',
      'measuredExposure',
      'measuredCoupon',
      'measuredPurchase',
      'measuredReturn',
      'timeline',
      'coupon',
      'member',
      'consentRecord',
      'identity',
    ] as const) {
      const of = db.deleteFrom(table).where('customerId', '=', customerId);
      removed[table] = countOf(await of.executeTakeFirst());
    }
    removed['phone'] = countOf(
      await db.deleteFrom('phone').where('phoneId', 'in', phoneIds).executeTakeFirst(),
    );
    removed['device'] = countOf(
      await db.deleteFrom('device').where('deviceId', 'in', phoneIds).executeTakeFirst(),
    );
    removed['oneTimeToken'] = countOf(
      await db
        .deleteFrom('oneTimeToken')
        .where(sql<number>`instr(body, ${customerId})`, '>', 0)
        .executeTakeFirst(),
    );
    removed['customer'] = countOf(
      await db.deleteFrom('customer').where('customerId', '=', customerId).executeTakeFirst(),
    );
    return removed;
  }

  async begin(erasure: NewErasure): Promise<void> {
    await this.#db
      .insertInto('erasure')
      .values({ ...erasure, removed: '{}', eventsErased: 0, chainHolds: 1, tracesLeft: null })
      .execute();
  }

  async finish(
    erasureId: string,
    { removed, eventsErased, chainHolds }: Parameters<ErasureRepository['finish']>[1],
  ): Promise<void> {
    await this.#db
      .updateTable('erasure')
      .set({ removed: JSON.stringify(removed), eventsErased, chainHolds: chainHolds ? 1 : 0 })
      .where('erasureId', '=', erasureId)
      .execute();
  }

  async looked(erasureId: string, tracesLeft: number): Promise<void> {
    await this.#db
      .updateTable('erasure')
      .set({ tracesLeft })
      .where('erasureId', '=', erasureId)
      .execute();
  }

  async asked(erasureId: string, storeId: StoreId, rev: number): Promise<void> {
    await this.#db
      .insertInto('erasureStore')
      .values({ erasureId, storeId, rev, confirmedAt: null })
      .execute();
  }

  async isWaiting(storeId: StoreId, rev: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('erasureStore')
      .select('rev')
      .where('storeId', '=', storeId)
      .where('rev', '<=', rev)
      .where('confirmedAt', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async confirm(storeId: StoreId, rev: number, at: EpochMs): Promise<readonly Pseudonym[]> {
    const confirmed = await this.#db
      .updateTable('erasureStore')
      .set({ confirmedAt: at })
      .where('storeId', '=', storeId)
      .where('rev', '<=', rev)
      .where('confirmedAt', 'is', null)
      .returning('rev')
      .execute();
    const changes = await this.#db
      .deleteFrom('change')
      .where('stream', '=', 'erase')
      .where('storeId', '=', storeId)
      .where(
        'rev',
        'in',
        confirmed.map((row) => row.rev),
      )
      .returning('body')
      .execute();
    return changes.map(({ body }) =>
      PseudonymSchema.parse((JSON.parse(body) as { pseudonym: string }).pseudonym),
    );
  }

  async about(subjectHash: string): Promise<Erasure | undefined> {
    const row = await this.#db
      .selectFrom('erasure')
      .selectAll()
      .where('subjectHash', '=', subjectHash)
      .executeTakeFirst();
    return row && erasureOf(row);
  }

  async all(limit: number): Promise<readonly Erasure[]> {
    const rows = await this.#db
      .selectFrom('erasure')
      .selectAll()
      .orderBy('askedAt', 'desc')
      .limit(limit)
      .execute();
    return rows.map(erasureOf);
  }

  async storesOf(erasureId: string): Promise<readonly AskedStore[]> {
    const rows = await this.#db
      .selectFrom('erasureStore')
      .leftJoin('lease', 'lease.storeId', 'erasureStore.storeId')
      .select(['erasureStore.storeId', 'erasureStore.confirmedAt', 'lease.notAfter'])
      .where('erasureId', '=', erasureId)
      .orderBy('erasureStore.storeId')
      .execute();
    return rows.map(({ storeId, confirmedAt, notAfter }) => ({
      storeId: StoreIdSchema.parse(storeId),
      confirmedAt: confirmedAt ?? undefined,
      leaseNotAfter: notAfter ?? undefined,
    }));
  }

  /** The event's hash follows from the one before it, and the next one's from its own. */
  async #linksAround(place: {
    storeId: StoreId;
    epoch: string;
    lane: string;
    seq: number;
  }): Promise<boolean> {
    const { storeId, epoch, lane, seq } = place;
    const rows = await this.#db
      .selectFrom('event')
      .select(['seq', 'type', 'contentHash', 'rowHash'])
      .where('storeId', '=', storeId)
      .where('epoch', '=', epoch)
      .where('lane', '=', lane)
      .where('seq', '>=', seq - 1)
      .where('seq', '<=', seq + 1)
      .execute();
    const hashes = new Map(rows.map((row) => [row.seq, row.rowHash]));
    return rows.every((row) => {
      const previous = row.seq === 1 ? CHAIN_START : hashes.get(row.seq - 1);
      return previous === undefined || rowHashOf(previous, { lane, ...row }) === row.rowHash;
    });
  }

  /** Without who, where, or what lies in a binder: a proof that a person with the receipt can ask for (duty-16). */
  async #keepConsents(customerId: CustomerId, erasureId: string): Promise<void> {
    const records = await this.#db
      .selectFrom('consentRecord')
      .select([
        ...(['purpose', 'given', 'textVersion', 'textSha256', 'language', 'channel'] as const),
        ...(['actor', 'at', 'receivedAt', 'signature'] as const),
      ])
      .where('customerId', '=', customerId)
      .orderBy('hqRev')
      .execute();
    if (records.length === 0) return;
    await this.#db
      .insertInto('keptConsent')
      .values(records.map((record, i) => ({ erasureId, number: i + 1, ...record })))
      .execute();
  }
}

const countOf = ({ numDeletedRows }: DeleteResult) => Number(numDeletedRows);

function erasureOf(row: Selectable<HqTables['erasure']>): Erasure {
  const { erasureId, subjectHash, askedAt, eventsErased } = row;
  return {
    ...{ erasureId, subjectHash, askedAt, eventsErased },
    removed: JSON.parse(row.removed) as Erasure['removed'],
    chainHolds: row.chainHolds === 1,
    tracesLeft: row.tracesLeft ?? undefined,
  };
}
