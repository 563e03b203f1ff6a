import type { Slices } from '../../kernel/domain/escrow.ts';
import type { OfferId, StoreId } from '../../kernel/domain/ids.ts';

/** What of each offer's total lies in which store, as far as HQ was told. */
export interface QuotaRepository {
  of(offerId: OfferId): Promise<Slices>;
  /** Kept before it is said: a store that never hears it holds nothing against it. */
  grant(offerId: OfferId, storeId: StoreId, granted: number): Promise<void>;
  /** @returns whether the store has a slice of it */
  spent(offerId: OfferId, storeId: StoreId, units: number): Promise<boolean>;
  returned(offerId: OfferId, storeId: StoreId, units: number): Promise<boolean>;
}
