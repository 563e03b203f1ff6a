import type { StoreId } from '../../kernel/domain/ids.ts';
import type { ShopPart } from '../../kernel/protocol/shop-part.ts';

export interface StorePartSummary {
  readonly working: number;
  readonly of: number;
  /** Those that somebody has to look after, a few at most. */
  readonly care: readonly ShopPart[];
}

/** How the receivers, scanners and beacons of each store are, as the store last told. */
export interface StorePartRepository {
  /** @param anew - what was told of this store before is void */
  put(storeId: StoreId, parts: readonly ShopPart[], anew: boolean): Promise<void>;
  of(storeId: StoreId): Promise<readonly ShopPart[]>;
  /** Stores that never told are left out. */
  summaries(): Promise<ReadonlyMap<StoreId, StorePartSummary>>;
}
