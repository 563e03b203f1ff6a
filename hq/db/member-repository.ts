import type { Kysely } from 'kysely';
import {
  type CustomerId,
  CustomerIdSchema,
  type EpochMs,
  type Pseudonym,
  PseudonymSchema,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import type { Member, MemberRepository } from '../profiles/member-repository.ts';
import type { HqTables } from './tables.ts';

/** Of whom no row was made yet. */
const aNewMember = (now: EpochMs) => ({
  ...{ rowVersion: 0, rowDigest: null, lastVisitAt: null },
  ...{ joinedAt: now, dirty: 1 },
});

export class SqlMemberRepository implements MemberRepository {
  readonly #db: Kysely<HqTables>;
  readonly #marked: () => void;
  constructor(db: Kysely<HqTables>, marked: () => void) {
    this.#db = db;
    this.#marked = marked;
  }

  async add(
    storeId: StoreId,
    customerId: CustomerId,
    pseudonym: Pseudonym,
    now: EpochMs,
  ): Promise<void> {
    await this.#db
      .insertInto('member')
      .values({ ...aNewMember(now), storeId, customerId, pseudonym, visitingUntil: null })
      .onConflict((conflict) =>
        conflict
          .columns(['storeId', 'customerId'])
          .doUpdateSet({ visitingUntil: null, dirty: 1 })
          .where('member.visitingUntil', 'is not', null),
      )
      .execute();
    this.#marked();
  }

  async visit(
    storeId: StoreId,
    customerId: CustomerId,
    pseudonym: Pseudonym,
    now: EpochMs,
    until: EpochMs,
  ): Promise<void> {
    await this.#db
      .insertInto('member')
      .values({ ...aNewMember(now), storeId, customerId, pseudonym, visitingUntil: until })
      .onConflict((conflict) =>
        conflict
          .columns(['storeId', 'customerId'])
          .doUpdateSet({ visitingUntil: until, dirty: 1 })
          .where('member.visitingUntil', '<', until),
      )
      .execute();
  }

  async markOver(storeId: StoreId, now: EpochMs): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('member')
      .set({ dirty: 1 })
      .where('storeId', '=', storeId)
      .where('visitingUntil', '<=', now)
      .where('rowDigest', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) this.#marked();
  }

  async of(customerId: CustomerId): Promise<readonly Member[]> {
    const rows = await this.#db
      .selectFrom('member')
      .selectAll()
      .where('customerId', '=', customerId)
      .orderBy('joinedAt')
      .orderBy('storeId')
      .execute();
    return rows.map(memberOf);
  }

  async find(storeId: StoreId, pseudonym: Pseudonym): Promise<Member | undefined> {
    const row = await this.#db
      .selectFrom('member')
      .selectAll()
      .where('pseudonym', '=', pseudonym)
      .where('storeId', '=', storeId)
      .executeTakeFirst();
    return row && memberOf(row);
  }

  async stays({ storeId, customerId }: Member, until: EpochMs): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('member')
      .set({ visitingUntil: until, dirty: 1 })
      .where('storeId', '=', storeId)
      .where('customerId', '=', customerId)
      .where('visitingUntil', '<', until)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) this.#marked();
  }

  async unmade({ storeId, customerId }: Member): Promise<void> {
    await this.#db
      .updateTable('member')
      .set({ rowDigest: null, dirty: 0 })
      .where('storeId', '=', storeId)
      .where('customerId', '=', customerId)
      .execute();
  }

  async visited(member: Member, at: EpochMs, until: EpochMs): Promise<void> {
    const { storeId, customerId } = member;
    await this.stays(member, until);
    await this.#db
      .updateTable('member')
      .set({ lastVisitAt: at, dirty: 1 })
      .where('storeId', '=', storeId)
      .where('customerId', '=', customerId)
      .execute();
    this.#marked();
  }

  async markCustomer(customerId: CustomerId): Promise<void> {
    await this.#db
      .updateTable('member')
      .set({ dirty: 1 })
      .where('customerId', '=', customerId)
      .execute();
    this.#marked();
  }

  async markStore(storeId: StoreId): Promise<void> {
    await this.#db.updateTable('member').set({ dirty: 1 }).where('storeId', '=', storeId).execute();
    this.#marked();
  }

  async marked(storeId: StoreId | undefined, limit: number): Promise<readonly Member[]> {
    let query = this.#db.selectFrom('member').selectAll().where('dirty', '=', 1);
    if (storeId !== undefined) query = query.where('storeId', '=', storeId);
    return (await query.limit(limit).execute()).map(memberOf);
  }

  async made(
    { storeId, customerId }: Member,
    rowVersion: number,
    rowDigest: string,
  ): Promise<void> {
    await this.#db
      .updateTable('member')
      .set({ rowVersion, rowDigest, dirty: 0 })
      .where('storeId', '=', storeId)
      .where('customerId', '=', customerId)
      .execute();
  }
}

function memberOf(row: {
  storeId: string;
  customerId: string;
  pseudonym: string;
  rowVersion: number;
  rowDigest: string | null;
  lastVisitAt: number | null;
  joinedAt: number;
  visitingUntil: number | null;
}): Member {
  return {
    storeId: StoreIdSchema.parse(row.storeId),
    customerId: CustomerIdSchema.parse(row.customerId),
    pseudonym: PseudonymSchema.parse(row.pseudonym),
    rowVersion: row.rowVersion,
    rowDigest: row.rowDigest ?? undefined,
    lastVisitAt: row.lastVisitAt ?? undefined,
    joinedAt: row.joinedAt,
    visitingUntil: row.visitingUntil ?? undefined,
  };
}
