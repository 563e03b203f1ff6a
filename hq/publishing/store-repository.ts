import type { EpochMs, LeaseId, StoreId } from '../../kernel/domain/ids.ts';

export interface Store {
  readonly storeId: StoreId;
  readonly name: string;
  readonly lastSeenAt: EpochMs | undefined;
}
export interface StoreSummary extends Store {
  readonly enrolled: boolean;
  readonly publishedVersion: number;
  readonly members: number;
  readonly events: number;
  /** Undefined before it had a lease. */
  readonly leaseNotAfter: EpochMs | undefined;
}
/** The keys under which a store's rows are sealed and looked up, and until when. */
export interface StoreLease {
  readonly leaseId: LeaseId;
  /** 32 bytes, base64url. */
  readonly sealingKey: string;
  readonly indexKey: string;
  readonly notAfter: EpochMs;
}

export interface StoreRepository {
  put(storeId: StoreId, name: string, now: EpochMs): Promise<'made' | 'renamed' | 'same'>;
  get(storeId: StoreId): Promise<Store | undefined>;
  all(): Promise<readonly Store[]>;
  summaries(): Promise<readonly StoreSummary[]>;
  seen(storeId: StoreId, at: EpochMs): Promise<void>;
  leaseOf(storeId: StoreId): Promise<StoreLease | undefined>;
  putLease(storeId: StoreId, lease: StoreLease): Promise<void>;
  /** Who answers for the data, as the consent texts name them. */
  controller(): Promise<string | undefined>;
  setController(name: string): Promise<void>;
}
