import type { CustomerId, EpochMs, Pseudonym, StoreId } from '../../kernel/domain/ids.ts';

/** That a store may know a person, and by which name. */
export interface Member {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  readonly pseudonym: Pseudonym;
  /** Of the row last sent; 0 before the first. */
  readonly rowVersion: number;
  readonly rowDigest: string | undefined;
  readonly lastVisitAt: EpochMs | undefined;
  readonly joinedAt: EpochMs;
  /** Of somebody who does not belong to the store: the end of their visit. */
  readonly visitingUntil: EpochMs | undefined;
}

export interface MemberRepository {
  /** Nothing happens if the store knows the person already, but that a visitor then belongs to it. */
  add(storeId: StoreId, customerId: CustomerId, pseudonym: Pseudonym, now: EpochMs): Promise<void>;
  /** The store may know the person for the visit; nothing happens if they belong to it. */
  visit(
    storeId: StoreId,
    customerId: CustomerId,
    pseudonym: Pseudonym,
    now: EpochMs,
    until: EpochMs,
  ): Promise<void>;
  /** Visitors whose visit is over are marked, so that their rows go. */
  markOver(storeId: StoreId, now: EpochMs): Promise<void>;
  of(customerId: CustomerId): Promise<readonly Member[]>;
  find(storeId: StoreId, pseudonym: Pseudonym): Promise<Member | undefined>;
  /** @param until - of a visitor: not before this */
  visited(member: Member, at: EpochMs, until: EpochMs): Promise<void>;
  /** An act of a visitor: their visit goes on. */
  stays(member: Member, until: EpochMs): Promise<void>;
  /** Their rows are made anew after this transaction. */
  markCustomer(customerId: CustomerId): Promise<void>;
  markStore(storeId: StoreId): Promise<void>;
  /** Some whose rows wait to be made. */
  marked(storeId: StoreId | undefined, limit: number): Promise<readonly Member[]>;
  /** The row is made: no longer marked. */
  made(member: Member, rowVersion: number, rowDigest: string): Promise<void>;
  /** The store has no row of theirs any more. */
  unmade(member: Member): Promise<void>;
}
