import type { EpochMs, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';

export interface Publication {
  readonly storeId: StoreId;
  readonly version: number;
  /** Of the content's bytes, hex. */
  readonly sha256: string;
  /** The bytes that are signed, as text. */
  readonly manifest: string;
  readonly signature: string;
  readonly keyId: string;
  readonly publishedAt: EpochMs;
}

export interface PublicationRepository {
  latest(storeId: StoreId): Promise<Publication | undefined>;
  /** Keeps the publication, its content and, for coupons, its offers in place of the ones before. */
  add(publication: Publication, content: Uint8Array, offers: readonly Offer[]): Promise<void>;
  content(storeId: StoreId, sha256: string): Promise<Uint8Array | undefined>;
  /** Which stores were told to serve an offer, each with the version it was given. */
  servedAs(offerId: OfferId): Promise<ReadonlyMap<StoreId, Offer>>;
  /** The offers that the store was told to serve. */
  offersOf(storeId: StoreId): Promise<readonly Offer[]>;
}
