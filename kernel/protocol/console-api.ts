import { z } from 'zod';
import { PurposeSchema } from '../domain/cohort.ts';
import {
  Base64UrlSchema,
  CustomerIdSchema,
  EpochMsSchema,
  EventIdSchema,
  LanguageSchema,
  OfferIdSchema,
  StationIdSchema,
  StoreIdSchema,
  ZoneIdSchema,
} from '../domain/ids.ts';
import { OfferFieldsSchema, ProductSchema, soundOffer } from '../domain/offer.ts';
import { DeviceKindSchema } from './enrolment.ts';
import { ShopPartSchema } from './shop-part.ts';

/** Socket.io namespace of the console: says that something changed, the page reads it again. */
export const CONSOLE_NAMESPACE = '/console';
export const ConsoleNewsSchema = z.object({
  what: z.enum(['stores', 'offers', 'customers', 'timeline', 'alarms']),
  customerId: CustomerIdSchema.optional(),
});
export type ConsoleNews = z.infer<typeof ConsoleNewsSchema>;
export interface HqToConsole {
  news: (news: ConsoleNews) => void;
}

/** POST /v1/console/session: spends the token of the printed link; answers with a cookie. GET never spends it. */
export const ConsoleSessionRequestSchema = z.object({ token: Base64UrlSchema.min(22).max(64) });

/** GET /v1/stores */
export const StoreViewSchema = z.object({
  storeId: StoreIdSchema,
  name: z.string(),
  enrolled: z.boolean(),
  online: z.boolean(),
  lastSeenAt: EpochMsSchema.optional(),
  /** Newest version published to it, and the newest that it said to serve. */
  publishedVersion: z.int().nonnegative(),
  members: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** Its receivers, scanners and beacons, and a few that somebody has to look after; absent: it never told. */
  parts: z
    .object({
      working: z.int().nonnegative(),
      of: z.int().nonnegative(),
      care: z.array(ShopPartSchema),
    })
    .optional(),
  /** Until when it may know people; past: personal features are off there. */
  leaseNotAfter: EpochMsSchema.optional(),
});
export type StoreView = z.infer<typeof StoreViewSchema>;
export const StoresSchema = z.object({ stores: z.array(StoreViewSchema) });
/** GET /v1/stores/{id}/parts */
export const StorePartsSchema = z.object({ parts: z.array(ShopPartSchema) });
/** PUT /v1/stores/{id} */
export const StorePutSchema = z.object({ name: z.string().min(1).max(80) });

/**
 * GET /v1/alarms: what points at somebody who plays tricks; newest first. `replay`: a recorded token is sent again in a
 * store. `two-stores`: one customer's visits in two stores within two windows. `used-twice`: a coupon that any store takes
 * without a line was taken by two, `storeId` the one whose word reached head office first.
 */
export const AlarmViewSchema = z.object({
  alarmId: EventIdSchema,
  kind: z.enum(['replay', 'two-stores', 'used-twice']),
  storeId: StoreIdSchema,
  otherStoreId: StoreIdSchema.optional(),
  zoneId: ZoneIdSchema.optional(),
  /** Whose token or coupon it is, where a person must be asked: `two-stores`, `used-twice`. */
  customerId: CustomerIdSchema.optional(),
  at: EpochMsSchema,
  acknowledgedAt: EpochMsSchema.optional(),
});
export type AlarmView = z.infer<typeof AlarmViewSchema>;
export const AlarmsSchema = z.object({ alarms: z.array(AlarmViewSchema) });
/** POST /v1/alarms/acknowledged: somebody has looked at these. */
export const AlarmsAcknowledgedSchema = z.object({
  alarmIds: z.array(EventIdSchema).min(1).max(200),
});

/** PUT /v1/offers/{id}: HQ gives id and version. */
export const OfferPutSchema = soundOffer(OfferFieldsSchema.omit({ offerId: true, version: true }));
export type OfferPut = z.infer<typeof OfferPutSchema>;
/** GET /v1/offers */
export const OffersSchema = z.object({
  offers: z.array(OfferFieldsSchema.extend({ changedAt: EpochMsSchema, published: z.boolean() })),
});

const count = z.int().nonnegative();
const IntervalSchema = z.object({ low: z.number(), high: z.number() });
/** Of people whose days are over, so many took the offer. */
const GroupSchema = z.object({ people: count, took: count });
/** Counts below 20 are left out. */
const VerdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-enough-data'), people: count.optional(), needed: count }),
  z.object({ kind: z.literal('sample-ratio-mismatch') }),
  z.object({ kind: z.literal('no-difference-seen-yet') }),
  z.object({ kind: z.literal('better') }),
  z.object({ kind: z.literal('worse') }),
]);
/** One comparison of those to whom the offer was open with those held out. Shares and differences are of 1. */
export const ComparisonSchema = z.object({
  verdict: VerdictSchema,
  /** For whom the offer stood; those held out are among them. Absent: fewer than 20. */
  people: count.optional(),
  /** How likely so uneven a split is, if people were assigned as planned; absent: too few to say. */
  sampleRatio: z.number().min(0).max(1).optional(),
  /** People on both sides, whatever their days; absent: fewer than 20 on one. */
  split: z.object({ shown: count, heldOut: count }).optional(),
  /** Absent: fewer than 20 on one side whose days are over, or a split that is not to be trusted. */
  figures: z
    .object({
      shown: GroupSchema,
      heldOut: GroupSchema,
      difference: z.number(),
      /** 95 %, for one look at a time fixed beforehand. */
      interval: IntervalSchema,
      /** Holds however often somebody looks. */
      bound: IntervalSchema,
      /** Of the shown, who really saw it. */
      saw: z.number().min(0).max(1),
      /** Those of the shown arms that have 20 people whose days are over. */
      variants: z.array(GroupSchema.extend({ variant: z.string() })),
      /** What a person spent in their days, in the currency's smallest unit; 95 % at one look. */
      spent: z
        .object({
          currency: z.string().length(3),
          shown: z.number(),
          heldOut: z.number(),
          difference: z.number(),
          interval: IntervalSchema,
        })
        .optional(),
    })
    .optional(),
});
export type Comparison = z.infer<typeof ComparisonSchema>;
/** GET /v1/offers/{id}/results */
export const OfferResultsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('not-measured'),
    reason: z.enum(['no-experiment', 'no-hold-out', 'not-published']),
  }),
  z.object({
    kind: z.literal('measured'),
    since: EpochMsSchema,
    /** False: no store decides by it any more. */
    isOn: z.boolean(),
    /** Held out, of 10,000. */
    holdOut: z.int().min(1).max(9_999),
    outcome: z.enum(['coupon-used', 'took-effect']),
    /** False: the held-out get neither a coupon of it nor, at a till, the offer: only what people spend tells an effect. */
    heldOutMayTake: z.boolean(),
    outcomeDays: z.int().positive(),
    /** Left out, since their store decided by another arm than head office's. */
    mismatched: count,
    all: ComparisonSchema,
    stores: z.array(ComparisonSchema.extend({ storeId: StoreIdSchema })),
    /** Of too few people to be shown. */
    tooSmall: z.array(StoreIdSchema),
  }),
]);
export type OfferResults = z.infer<typeof OfferResultsSchema>;
/** PUT /v1/products */
export const ProductsPutSchema = z.object({ products: z.array(ProductSchema).max(100_000) });
/** `soglia offers import FILE`: JSON or YAML of this shape. */
export const OfferFileSchema = z.object({
  offers: z.array(soundOffer(OfferFieldsSchema.omit({ version: true }))).max(10_000),
  products: z.array(ProductSchema).max(100_000).optional(),
});
export type OfferFile = z.infer<typeof OfferFileSchema>;

/** POST /v1/publications: signs and publishes the present offers to stores; none named: all. */
export const PublishRequestSchema = z.object({ storeIds: z.array(StoreIdSchema).optional() });
export const PublishedSchema = z.object({
  published: z.array(z.object({ storeId: StoreIdSchema, version: z.int().positive() })),
});

/** GET /v1/customers: newest first. */
export const CustomerViewSchema = z.object({
  customerId: CustomerIdSchema,
  firstName: z.string().optional(),
  language: LanguageSchema,
  joinedAt: EpochMsSchema,
  cards: z.array(z.string()),
  phones: z.int().nonnegative(),
  segments: z.array(z.string()),
  points: z.int().nonnegative(),
  consents: z.array(PurposeSchema),
  stores: z.array(StoreIdSchema),
  test: z.boolean(),
});
export type CustomerView = z.infer<typeof CustomerViewSchema>;
export const CustomersSchema = z.object({ customers: z.array(CustomerViewSchema) });
/** POST /v1/customers: staff enter somebody with a card; consents come from the person, by phone or on paper. */
export const CustomerPostSchema = z.object({
  language: LanguageSchema,
  firstName: z.string().trim().min(1).max(40).optional(),
  /** Absent: HQ draws one of ours. */
  cardNumber: z.string().trim().min(4).max(64).optional(),
  segments: z.array(z.string().max(63)).max(100).default([]),
  storeIds: z.array(StoreIdSchema).min(1),
  /** A credential of the shop's own, for walks and recordings. */
  test: z.boolean().default(false),
  /** Consents signed on paper: where the sheet lies is their proof. */
  paperConsents: z
    .object({
      purposes: z.array(PurposeSchema).max(5),
      textVersion: z.string().min(1).max(64),
      proof: z.string().min(1).max(200),
    })
    .optional(),
});
export type CustomerPost = z.infer<typeof CustomerPostSchema>;
/** PUT /v1/customers/segments: whom it is about stands in the body, as addresses end up in logs (threat-18). */
export const SegmentsPutSchema = z.object({
  customerId: CustomerIdSchema,
  segments: z.array(z.string().max(63)).max(100),
});

/** POST /v1/customers/timeline {customerId}: newest first. */
export const TimelineEntrySchema = z.object({
  entryId: EventIdSchema,
  at: EpochMsSchema,
  kind: z.enum([
    'joined',
    'consent-given',
    'consent-withdrawn',
    'visit',
    'session',
    'staff-check',
    'card-shown',
    'exposure',
    'redemption',
    'product-scan',
    'purchase',
    'purchase-voided',
    'purchase-returned',
  ]),
  storeId: StoreIdSchema.optional(),
  stationId: StationIdSchema.optional(),
  offerIds: z.array(OfferIdSchema).optional(),
  /** Further facts in plain fields: zone, evidence, purpose, gtin, until. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;
export const TimelineSchema = z.object({ entries: z.array(TimelineEntrySchema) });

/** POST /v1/joins: a one-time joining link, shown as QR; lives for one hour. */
export const JoinPostSchema = z.object({
  storeIds: z.array(StoreIdSchema).min(1),
  /** Links the phone to somebody who is already a customer. */
  customerId: CustomerIdSchema.optional(),
  segments: z.array(z.string().max(63)).max(100).default([]),
  test: z.boolean().default(false),
});
export const JoinMadeSchema = z.object({
  url: z.string(),
  joinToken: Base64UrlSchema,
  expiresAt: EpochMsSchema,
});

/** POST /v1/enrolment-codes, at HQ for stores and at the edge's own operator socket for its devices. */
export const EnrolmentCodePostSchema = z.object({
  kind: DeviceKindSchema.exclude(['phone']),
  /** The store, or the station; none for a bridge. */
  name: z.string().max(63).optional(),
});
export const EnrolmentCodeMadeSchema = z.object({ code: z.string(), expiresAt: EpochMsSchema });
