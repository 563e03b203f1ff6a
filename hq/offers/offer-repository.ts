import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { Offer, Product } from '../../kernel/domain/offer.ts';

export interface KeptOffer {
  readonly offer: Offer;
  readonly changedAt: EpochMs;
  /** True where every store was told to serve this very version. */
  readonly published: boolean;
}

export interface OfferRepository {
  /** Gives the next version where something differs. */
  put(offer: Omit<Offer, 'version'>, now: EpochMs): Promise<{ offer: Offer; changed: boolean }>;
  all(): Promise<readonly KeptOffer[]>;
  putProducts(products: readonly Product[]): Promise<void>;
  products(): Promise<readonly Product[]>;
}
