import type { CustomerId, EpochMs, Pseudonym, StoreId } from '../../kernel/domain/ids.ts';

export interface NewErasure {
  /** 128 random bits, hex. */
  readonly erasureId: string;
  /** Salted: the same person asked for twice is known by it. */
  readonly subjectHash: string;
  readonly askedAt: EpochMs;
}
export interface Erasure extends NewErasure {
  /** Rows that went, by table. */
  readonly removed: Readonly<Record<string, number>>;
  readonly eventsErased: number;
  readonly chainHolds: boolean;
  /** Undefined: the files have not been looked through yet. */
  readonly tracesLeft: number | undefined;
}
export interface AskedStore {
  readonly storeId: StoreId;
  readonly confirmedAt: EpochMs | undefined;
  /** When the store's lease ends or ended: without it no row opens. */
  readonly leaseNotAfter: EpochMs | undefined;
}
export interface ErasedEvents {
  readonly erased: number;
  /** Whether each of them still follows from the one before, and the next one from it. */
  readonly chainHolds: boolean;
}

export interface ErasureRepository {
  /** Of tombstones; drawn once. Hex. */
  salt(): Promise<string>;
  /** Which of these hashes belong to somebody erased. */
  buried(storeId: StoreId, hashes: readonly string[]): Promise<ReadonlySet<string>>;
  bury(storeId: StoreId, hash: string, at: EpochMs): Promise<void>;

  /** Texts in our files that are the person's and nobody else's: ids, numbers, keys, codes. */
  marksOf(customerId: CustomerId): Promise<readonly string[]>;
  /** Takes body, salt and name off what a store wrote about the person. */
  eraseEvents(storeId: StoreId, pseudonym: Pseudonym): Promise<ErasedEvents>;
  /** What is under way to the store about the person. @returns how many */
  forgetChanges(storeId: StoreId, pseudonym: Pseudonym): Promise<number>;
  /** Everything else; of consents stays under the receipt that they were said. @returns rows by table */
  removePerson(customerId: CustomerId, erasureId: string): Promise<Record<string, number>>;

  begin(erasure: NewErasure): Promise<void>;
  finish(
    erasureId: string,
    outcome: Pick<Erasure, 'removed' | 'eventsErased' | 'chainHolds'>,
  ): Promise<void>;
  looked(erasureId: string, tracesLeft: number): Promise<void>;
  asked(erasureId: string, storeId: StoreId, rev: number): Promise<void>;
  /** Whether a store was asked for something up to `rev` that it has not confirmed. */
  isWaiting(storeId: StoreId, rev: number): Promise<boolean>;
  /** The store has applied everything up to `rev`: the names that it was asked to erase go here too. */
  confirm(storeId: StoreId, rev: number, at: EpochMs): Promise<readonly Pseudonym[]>;

  about(subjectHash: string): Promise<Erasure | undefined>;
  /** Newest first. */
  all(limit: number): Promise<readonly Erasure[]>;
  storesOf(erasureId: string): Promise<readonly AskedStore[]>;
}
