import type { Slices, SliceUnit } from '../../kernel/domain/escrow.ts';
import type { OfferId, StoreId } from '../../kernel/domain/ids.ts';

/** What of each offer's total and budget lies in which store, as far as HQ was told. */
export interface QuotaRepository {
  of(offerId: OfferId, unit: SliceUnit): Promise<Slices>;
  /** Kept before it is said: a store that never hears it holds nothing against it. */
  grant(offerId: OfferId, unit: SliceUnit, storeId: StoreId, granted: number): Promise<void>;
  /** @returns whether the store has a slice of it */
  spent(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean>;
  givenBack(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean>;
  returned(offerId: OfferId, unit: SliceUnit, storeId: StoreId, units: number): Promise<boolean>;
}
