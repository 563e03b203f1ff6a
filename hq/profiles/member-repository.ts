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
}

export interface MemberRepository {
  /** Nothing happens if the store knows the person already. */
  add(storeId: StoreId, customerId: CustomerId, pseudonym: Pseudonym, now: EpochMs): Promise<void>;
  of(customerId: CustomerId): Promise<readonly Member[]>;
  find(storeId: StoreId, pseudonym: Pseudonym): Promise<Member | undefined>;
  visited(member: Member, at: EpochMs): Promise<void>;
  /** Their rows are made anew after this transaction. */
  markCustomer(customerId: CustomerId): Promise<void>;
  markStore(storeId: StoreId): Promise<void>;
  /** Some whose rows wait to be made. */
  marked(storeId: StoreId | undefined, limit: number): Promise<readonly Member[]>;
  /** The row is made: no longer marked. */
  made(member: Member, rowVersion: number, rowDigest: string): Promise<void>;
}
