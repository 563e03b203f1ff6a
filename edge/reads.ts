import type { Outcomes } from '../kernel/domain/chance.ts';
import type { Purpose } from '../kernel/domain/cohort.ts';
import type { Slice } from '../kernel/domain/escrow.ts';
import type {
  CouponId,
  DeviceId,
  Gtin,
  LeaseId,
  OfferId,
  Pseudonym,
  VisitId,
  ZoneId,
} from '../kernel/domain/ids.ts';
import type { PriceHistory } from '../kernel/domain/price-history.ts';
import type { DeviceKind } from '../kernel/protocol/enrolment.ts';
import type { PushedEvent, Stream } from '../kernel/protocol/hq-sync.ts';
import type { Lane } from '../kernel/protocol/journal-events.ts';

export interface OpenVisit {
  readonly visitId: VisitId;
  readonly pseudonym: Pseudonym;
  readonly zoneId: ZoneId;
  readonly startedAt: number;
  readonly lastHeardAt: number;
}
export interface StoredRow {
  readonly pseudonym: Pseudonym;
  readonly rowVersion: number;
  /** Under whose key it was sealed. */
  readonly leaseId: LeaseId;
  readonly sealed: Uint8Array;
}
export interface NumberedRow extends StoredRow {
  readonly id: number;
}
export type LookUpKind = 'card' | 'code';
export interface StoredCoupon {
  readonly pseudonym: Pseudonym;
  readonly sealed: Uint8Array;
}
export interface StoredDevice {
  readonly deviceId: DeviceId;
  readonly kind: DeviceKind;
  readonly name: string | undefined;
  readonly publicKey: string;
  readonly enrolledAt: number;
}
export interface LaneRange {
  /** rowHash of the event before the first. */
  readonly previousHash: string;
  readonly events: readonly PushedEvent[];
}

/** What the ledger's tables say of an offer; `usesOfDay` of one day by the shop's clocks, where it is counted. */
export interface OfferCount extends Outcomes {
  /** Of those accepted. */
  readonly voided: number;
  readonly slice: Slice | undefined;
  /** Of its budget, in minor units. */
  readonly money: Slice | undefined;
  readonly usesOfDay: number;
}

/** What the store has on disk, read without waiting for a flush. Each answer is as of the last commit. */
export interface StoreReads {
  meta(key: string): string | undefined;
  cursor(stream: Stream): { readonly hqEpoch: string; readonly rev: number } | undefined;
  /** The next events of a lane after `seq`, 500 or about 200 kB of text at most. */
  laneAfter(lane: Lane, seq: number): LaneRange | undefined;
  ackedSeq(lane: Lane, epoch: string): number;
  /** The oldest that is still here; 0: none. */
  firstSeq(lane: Lane): number;
  lastSeq(lane: Lane): number;
  /** Facts that HQ has not committed yet. */
  unsent(epoch: string): number;
  /** When a coupon was used here; undefined: it was not. */
  redeemedAt(couponId: CouponId): number | undefined;
  /** The last move by which a coupon had come when the right to it was given up; undefined: it was not. */
  releasedMove(couponId: CouponId): number | undefined;
  /** What was given in coupons that other stores take too, and HQ has not heard of, in minor units. */
  owed(): number;
  /** Every offer that anything was counted of. @param day - YYYY-MM-DD */
  offerCounts(day: string): readonly (readonly [OfferId, OfferCount])[];
  offerCount(offerId: OfferId, day: string): OfferCount;
  /** Offers that the person was shown that day. */
  shownOfDay(pseudonym: Pseudonym, day: string): number;
  /** Uses of an offer by a person after that instant; of offers with a cap for each person alone. */
  usesOfPerson(pseudonym: Pseudonym, offerId: OfferId, since: number): number;
  /** The answer that a purchase got before, byte for byte. */
  purchaseAnswer(requestId: string): string | undefined;
  /** What a product cost here; undefined: nobody wrote it down. */
  priceHistory(gtin: Gtin): PriceHistory | undefined;
  cohortRow(pseudonym: Pseudonym): StoredRow | undefined;
  /** Whose rows under this lease have that keyed hash. */
  lookUp(kind: LookUpKind, hash: string, leaseId: LeaseId): readonly Pseudonym[];
  /** Who holds a coupon of a code with this hash, with or without a lease. */
  heldCoupons(codeHash: string): readonly StoredCoupon[];
  /** The cohort in pages, by id. @param after - 0 for the first */
  cohortPage(after: number, limit: number): readonly NumberedRow[];
  device(deviceId: string): StoredDevice | undefined;
  openVisits(): readonly OpenVisit[];
  /** By purpose, when it was last withdrawn here. */
  withdrawals(pseudonym: Pseudonym): ReadonlyMap<Purpose, number>;
  bundle(): KeptBundle | undefined;
}

/** What is served, and by whom it is signed: null in a row that another version of the program wrote. */
export interface KeptBundle {
  readonly manifest: string;
  readonly signature: string | null;
  readonly keyId: string | null;
  readonly content: Uint8Array;
}
