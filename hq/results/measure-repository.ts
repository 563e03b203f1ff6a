import type {
  CouponId,
  CustomerId,
  EpochMs,
  OfferId,
  RequestId,
  StoreId,
} from '../../kernel/domain/ids.ts';

/** What is compared, from one version of an offer until it changes. */
export interface Experiment {
  readonly offerId: OfferId;
  readonly sinceVersion: number;
  readonly sinceAt: EpochMs;
  /** Canonical JSON of a `Definition`. */
  readonly definition: string;
}

/** Somebody for whom an offer stood in a store. */
export interface MeasuredPerson {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  /** By HQ's own assignment. */
  readonly arm: string;
  readonly firstAt: EpochMs;
  /** The store decided by another arm at some time. */
  readonly mismatched: boolean;
}
export interface Exposure {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  readonly at: EpochMs;
}
export interface CouponAct {
  readonly storeId: StoreId;
  readonly kind: 'used' | 'given-back';
  readonly couponId: CouponId;
  readonly customerId: CustomerId;
  readonly at: EpochMs;
}
export interface Purchase {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  readonly at: EpochMs;
  readonly currency: string;
  readonly netMinor: number;
  /** What took effect in it. */
  readonly offerIds: readonly OfferId[];
}

export interface MeasureRepository {
  /** That buckets are drawn by; drawn once. 32 bytes, hex. */
  bucketKey(): Promise<string>;

  /** The newest one of the offer that began with this version or before it. */
  experimentAt(offerId: OfferId, version: number): Promise<Experiment | undefined>;
  /** The newest one of the offer. */
  newest(offerId: OfferId): Promise<Experiment | undefined>;
  begin(experiment: Experiment): Promise<void>;
  /** By which ones the store decides now: offer to first version. */
  servedBy(storeId: StoreId): Promise<ReadonlyMap<OfferId, number>>;
  /** From this bundle on the store decides by that one; undefined: by none. */
  serve(
    storeId: StoreId,
    offerId: OfferId,
    from: { readonly bundle: number; readonly at: EpochMs },
    sinceVersion: number | undefined,
  ): Promise<void>;
  /** By which one the store decided with this bundle. */
  servedWith(storeId: StoreId, offerId: OfferId, bundle: number): Promise<Experiment | undefined>;
  /** Whether any store decides by it now. */
  isServed(experiment: Experiment): Promise<boolean>;
  /** Where anybody decides by it, or ever did. */
  storesOf(experiment: Experiment): Promise<readonly StoreId[]>;
  /** Whether the store decides by one of this offer, or of any, or did after `endedAfter`. */
  measures(storeId: StoreId, endedAfter: EpochMs, offerId?: OfferId): Promise<boolean>;

  addPerson(experiment: Experiment, person: MeasuredPerson): Promise<void>;
  addExposure(offerId: OfferId, exposure: Exposure): Promise<void>;
  /** @param source - the same for the same act */
  addCouponAct(offerId: OfferId, act: CouponAct, source: string): Promise<void>;
  addPurchase(purchaseId: RequestId, purchase: Purchase): Promise<void>;
  voidPurchase(
    purchaseId: RequestId,
    voided: Pick<Purchase, 'storeId' | 'customerId' | 'at'>,
  ): Promise<void>;
  /** Some of it came back. @param requestId - the same for the same return */
  addReturn(
    purchaseId: RequestId,
    requestId: RequestId,
    returned: Pick<Purchase, 'storeId' | 'customerId' | 'at' | 'netMinor'>,
  ): Promise<void>;
  /** The person is in no comparison any more with what happened up to then. */
  forget(customerId: CustomerId, until: EpochMs): Promise<void>;

  people(experiment: Experiment): Promise<readonly MeasuredPerson[]>;
  exposures(offerId: OfferId): Promise<readonly Exposure[]>;
  couponActs(offerId: OfferId): Promise<readonly CouponAct[]>;
  /** Of the people of the comparison, less what was paid back; none that is void. */
  purchases(experiment: Experiment): Promise<readonly Purchase[]>;
}
