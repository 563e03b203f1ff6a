import type { Purpose } from '../kernel/domain/cohort.ts';
import type { SliceUnit, SliceWord } from '../kernel/domain/escrow.ts';
import type {
  CouponId,
  DecisionId,
  DeviceId,
  EpochMs,
  Gtin,
  LeaseId,
  OfferId,
  Pseudonym,
  RequestId,
  StationId,
  VisitId,
  ZoneId,
} from '../kernel/domain/ids.ts';
import { worthOf } from '../kernel/domain/liability.ts';
import type { Offer, Surface } from '../kernel/domain/offer.ts';
import type { Pieces, ReturnRefusal, SoldLine } from '../kernel/domain/returning.ts';
import type { StoreDay } from '../kernel/domain/price-history.ts';
import type { DeviceKind } from '../kernel/protocol/enrolment.ts';
import type { RedemptionAnswer } from '../kernel/protocol/handheld-events.ts';
import type { Stream } from '../kernel/protocol/hq-sync.ts';
import type { JournalBody, JournalType, Lane } from '../kernel/protocol/journal-events.ts';
import type { LookUpKind } from './reads.ts';
import type { KeptTime } from './trusted-clock.ts';

const DAY_MS = 86_400_000;

/** A fact on its way to the journal: its body as the text that is hashed, stored and sent. */
export interface Fact {
  readonly type: JournalType;
  readonly text: string;
  readonly pseudonym?: Pseudonym;
}
export function factOf(body: JournalBody): Fact {
  const text = JSON.stringify(body);
  return 'pseudonym' in body && body.pseudonym !== undefined
    ? { type: body.type, text, pseudonym: body.pseudonym }
    : { type: body.type, text };
}

/** A coupon as it lies in the table: opaque, found by a hash of its code. */
export interface SealedCoupon {
  readonly codeHash: string;
  readonly sealed: Uint8Array;
}

/** A cohort row as it lies in the table: opaque, with the keyed hashes that find it. */
export interface SealedRow {
  readonly pseudonym: Pseudonym;
  readonly rowVersion: number;
  readonly leaseId: LeaseId;
  readonly sealed: Uint8Array;
  readonly lookUps: readonly LookUp[];
  readonly coupons: readonly SealedCoupon[];
}
/** A keyed hash that finds the row. */
export interface LookUp {
  readonly kind: LookUpKind;
  readonly hash: string;
}
export type CohortOperation =
  | { readonly kind: 'put'; readonly row: SealedRow }
  /** Gone from the cohort; what happened stays in the journal. */
  | { readonly kind: 'remove'; readonly pseudonym: Pseudonym }
  /** The right to redeem a coupon of theirs came from HQ. */
  | { readonly kind: 'give-coupon'; readonly pseudonym: Pseudonym; readonly coupon: SealedCoupon }
  /** Gone altogether: rows, bodies, coupons, visits. */
  | { readonly kind: 'erase'; readonly pseudonym: Pseudonym }
  /** Everybody's row comes anew, and replaces what is there. */
  | { readonly kind: 'ask-anew' }
  /** A new lease: every row comes anew, so the stream begins again. */
  | { readonly kind: 'clear'; readonly at: number }
  /** Outlives rows that are still on their way with the grant. */
  | {
      readonly kind: 'withdraw';
      readonly pseudonym: Pseudonym;
      readonly purpose: Purpose;
      readonly at: number;
    }
  /** HQ's word on a slice of a quota: what goes back is written down as a fact. */
  | {
      readonly kind: 'slice';
      readonly offerId: OfferId;
      readonly unit: SliceUnit;
      readonly word: SliceWord;
      readonly at: number;
    }
  | { readonly kind: 'set-meta'; readonly key: string; readonly value: string }
  | {
      readonly kind: 'bundle';
      readonly version: number;
      readonly manifest: string;
      readonly signature: string;
      readonly keyId: string;
      readonly content: Uint8Array;
    };

/** What a use of an offer has to keep to; each is looked at in the transaction that uses it. */
export interface UseTerms {
  readonly offerId: OfferId;
  /** The day by the shop's clocks, YYYY-MM-DD. */
  readonly storeDay: string;
  readonly caps: {
    readonly perPerson?: { readonly times: number; readonly since: number } | undefined;
    readonly perStoreAndDay?: number | undefined;
    /** One of the store's slice. */
    readonly isSliced: boolean;
  };
  /** Of a coupon that other stores take too: what it counts for until HQ has it, and how much of that there may be. */
  readonly owes?: { readonly minor: number; readonly atMost: number } | undefined;
}
export interface Spending {
  readonly offerId: OfferId;
  readonly minor: number;
}
export type CapReached = 'person' | 'day' | 'total' | 'owed';

/** When and where something is used. */
export interface UseMoment {
  readonly at: EpochMs;
  /** The day of `at` by the shop's clocks, YYYY-MM-DD. */
  readonly storeDay: string;
  /** Minor units that the store may owe in coupons that others take too (soglia.yaml: coupons.owedAtMost). */
  readonly owedAtMost: number;
}

export function useTermsOf(
  offer: Pick<Offer, 'offerId' | 'caps' | 'redemption' | 'benefit' | 'valueMinor'>,
  { at, storeDay, owedAtMost }: UseMoment,
): UseTerms {
  const { offerId, caps } = offer;
  const { perPerson, perStoreAndDay, total } = caps ?? {};
  const worth = worthOf(offer);
  return {
    offerId,
    storeDay,
    caps: {
      perPerson: perPerson && { times: perPerson.times, since: at - perPerson.days * DAY_MS },
      perStoreAndDay,
      isSliced: total !== undefined,
    },
    owes: worth === undefined ? undefined : { minor: worth, atMost: owedAtMost },
  };
}

/** The use of an offer that has caps and needs no coupon. */
export interface PlainUse {
  readonly terms: UseTerms;
  /** Whose uses may be counted; undefined: nobody's. */
  readonly pseudonym: Pseudonym | undefined;
}

/** The use of a coupon that was found and judged. */
export interface CouponUse {
  readonly couponId: CouponId;
  readonly requestId: RequestId;
  readonly pseudonym: Pseudonym;
  readonly redeemedAt: EpochMs;
  /** The answer's JSON text, stored to be repeated byte for byte. */
  readonly answer: string;
  /** Of the right that it takes; undefined where it takes none. */
  readonly move: number | undefined;
  readonly terms: UseTerms;
  readonly fact: Fact;
}

/** Who says what a product costs: HQ's bundle, or a list of the shop's own tills. */
export type PriceSource = 'bundle' | 'list';
export interface PriceOfProduct {
  readonly gtin: Gtin;
  readonly minor: number;
}

/** Rows that went because their time was over. */
export interface Swept {
  readonly decisions: number;
  readonly codes: number;
  /** Coupons that outlived their holder's row by 30 days. */
  readonly heldCoupons: number;
  readonly coupons: number;
  readonly withdrawals: number;
  /** Uses and showings that no cap asks for any more. */
  readonly ledger: number;
  readonly purchases: number;
  readonly prices: number;
  /** Of visits and all else that happened; each some time after HQ has it. */
  readonly journal: number;
}

/** Everything that is ever written, and what each comes to. One request is one savepoint: whole or not at all. */
export interface Writes {
  record: { request: { readonly facts: readonly Fact[] }; result: null };
  /** What the shop itself changes in what it holds of people. */
  'change-cohort': {
    request: { readonly operations: readonly CohortOperation[]; readonly facts: readonly Fact[] };
    result: null;
  };
  /** Finds the coupon of a code, judges it and uses it up, all in one transaction. */
  redeem: {
    request: {
      readonly requestId: RequestId;
      /** As `couponCodeIn` reads it. */
      readonly code: string;
      readonly stationId: StationId;
      readonly moment: UseMoment;
    };
    result:
      | RedemptionAnswer
      /** The coupon of this person does not open with its code. */
      | { readonly kind: 'damaged'; readonly pseudonym: Pseudonym };
  };
  /** Gives up the right to a coupon that was not used here. */
  'release-coupon': {
    request: {
      readonly couponId: CouponId;
      /** The right that came by this one, or by an earlier one. */
      readonly move: number;
      readonly pseudonym: Pseudonym;
      readonly at: EpochMs;
    };
    result: { readonly kind: 'released' } | { readonly kind: 'used'; readonly redeemedAt: EpochMs };
  };
  /** All of it or nothing: coupons used up, points given, the facts. */
  purchase: {
    request: {
      readonly purchaseId: RequestId;
      readonly requestId: RequestId;
      readonly stationId: StationId;
      /** Whose points they are. */
      readonly pseudonym: Pseudonym | undefined;
      readonly points: number;
      /** What offers with a budget take off: all of it is within what the store has left, or nothing is written. */
      readonly budgets: readonly Spending[];
      /** Of offers that need no coupon, each of another one. */
      readonly uses: readonly PlainUse[];
      readonly at: number;
      readonly coupons: readonly CouponUse[];
      /** So that single pieces can come back. */
      readonly lines: readonly SoldLine[];
      /** The answer's JSON text, stored to be repeated byte for byte. */
      readonly answer: string;
      readonly fact: Fact;
    };
    result:
      | { readonly kind: 'recorded' }
      | { readonly kind: 'over-cap' }
      | { readonly kind: 'already-used' }
      /** The right to one of the coupons was given up since it was judged. */
      | { readonly kind: 'released' }
      | { readonly kind: 'stored'; readonly answer: string };
  };
  'void-purchase': {
    request: { readonly purchaseId: RequestId; readonly stationId: StationId; readonly at: number };
    result:
      { readonly kind: 'voided'; readonly answer: string } | { readonly kind: 'unknown-purchase' };
  };
  /** All of it or nothing: pieces taken back, points and budgets, the fact. */
  'return-lines': {
    request: {
      readonly purchaseId: RequestId;
      readonly requestId: RequestId;
      readonly stationId: StationId;
      /** Each at least one piece, no line twice. */
      readonly lines: readonly Pieces[];
      readonly at: number;
    };
    result:
      | { readonly kind: 'returned'; readonly answer: string }
      | { readonly kind: 'unknown-purchase' }
      /** Why nothing of it can come back. */
      | { readonly kind: 'closed'; readonly reason: 'voided' | 'without-lines' | 'other-purchase' }
      | ReturnRefusal;
  };
  /** What is written of a price that changed nothing is nothing. */
  'keep-prices': {
    request: {
      readonly source: PriceSource;
      /** From this day on. */
      readonly day: StoreDay;
      readonly prices: readonly PriceOfProduct[];
      /** True where prices of before are told later: they are no sign that prices are written down. */
      readonly isLater?: boolean;
    };
    result: { readonly changed: number };
  };
  /** What products cost today with a cut for everybody. */
  'keep-cuts': {
    request: {
      readonly today: StoreDay;
      readonly yesterday: StoreDay;
      readonly cuts: readonly PriceOfProduct[];
    };
    result: { readonly changed: number };
  };
  /** The box was off: what was cut on the last day before has gone on since. */
  'bridge-cuts': { request: { readonly from: StoreDay; readonly until: StoreDay }; result: null };
  decide: {
    request: {
      readonly decisionId: DecisionId;
      readonly stationId: StationId;
      readonly surface: Surface;
      readonly pseudonym: Pseudonym | undefined;
      readonly offerIds: readonly OfferId[];
      readonly at: number;
      readonly fact: Fact;
    };
    result: null;
  };
  expose: {
    request: {
      readonly decisionId: DecisionId;
      readonly requestId: RequestId;
      readonly stationId: StationId;
      readonly offerIds: readonly OfferId[];
      readonly storeDay: string;
      readonly at: number;
    };
    result:
      /** Those that were not exposed before; of somebody where the decision was. */
      | {
          readonly kind: 'recorded';
          readonly offerIds: readonly OfferId[];
          readonly pseudonym?: Pseudonym;
        }
      | { readonly kind: 'unknown-decision' };
  };
  'start-visit': {
    request: {
      readonly visitId: VisitId;
      readonly pseudonym: Pseudonym;
      readonly zoneId: ZoneId;
      readonly at: number;
      readonly fact: Fact;
    };
    result: null;
  };
  'keep-visits': {
    request: {
      readonly heard: readonly {
        readonly pseudonym: Pseudonym;
        readonly zoneId: ZoneId;
        readonly at: number;
      }[];
    };
    result: null;
  };
  'end-visit': {
    request: { readonly pseudonym: Pseudonym; readonly fact: Fact };
    result: null;
  };
  'open-session': {
    request: {
      /** None where the person's session is open already. */
      readonly fact?: Fact;
      readonly code?: { readonly hash: string; readonly minute: number; readonly at: number };
    };
    result: 'opened' | 'code-used';
  };
  'apply-pull': {
    request: {
      readonly stream: Stream;
      readonly hqEpoch: string;
      readonly rev: number;
      readonly operations: readonly CohortOperation[];
      /** Facts that follow from the batch. */
      readonly facts: readonly Fact[];
      readonly serverTime: number;
    };
    result: null;
  };
  acked: {
    request: {
      readonly lane: Lane;
      readonly epoch: string;
      readonly seq: number;
      readonly hqEpoch: string;
      readonly serverTime: number;
      readonly at: number;
    };
    result: null;
  };
  /** What is known of time, for the next start. */
  'keep-time': { request: KeptTime; result: null };
  /** The lease is over. Coupons stay, for a while. */
  'drop-cohort': { request: { readonly at: number }; result: null };
  sweep: { request: { readonly now: number }; result: Swept };
  'put-device': {
    request: {
      readonly deviceId: DeviceId;
      /** Not `kind`: that names the write itself. */
      readonly deviceKind: DeviceKind;
      readonly name: string | undefined;
      readonly publicKey: string;
      readonly enrolledAt: number;
    };
    result: null;
  };
  'revoke-device': {
    request: { readonly deviceId: DeviceId; readonly at: number };
    result: null;
  };
  'replace-device-key': {
    request: { readonly deviceId: DeviceId; readonly publicKey: string };
    result: 'replaced' | 'unknown';
  };
}
export type WriteKind = keyof Writes;
export type WriteResult<K extends WriteKind> = Writes[K]['result'];
export type WriteRequest = {
  [K in WriteKind]: { readonly kind: K } & Writes[K]['request'];
}[WriteKind];

/** The writes of the store, durable when the promise settles. */
export interface Writer {
  /**
   * @throws {SogliaError} 'store/busy' with 4,096 waiting or after 5 s; 'storage/failed' when the disk or the request
   *   failed; 'store/stopping'
   */
  write<K extends WriteKind>(kind: K, request: Writes[K]['request']): Promise<WriteResult<K>>;
}
