import { z } from 'zod';
import { PurposeSchema } from '../domain/cohort.ts';
import { SLICE_UNITS } from '../domain/escrow.ts';
import {
  CouponIdSchema,
  DecisionIdSchema,
  EpochMsSchema,
  GtinSchema,
  hexOf,
  OfferIdSchema,
  PseudonymSchema,
  RequestIdSchema,
  SessionIdSchema,
  StationIdSchema,
  VisitIdSchema,
  ZoneIdSchema,
} from '../domain/ids.ts';
import { RedemptionClassSchema, SurfaceSchema } from '../domain/offer.ts';
import { EvidenceSchema, StrengthSchema } from '../domain/strength.ts';
import { ShopPartSchema } from './shop-part.ts';

/** The journal's streams towards HQ, in the order they are sent. */
export const LANES = ['privacy', 'redeem', 'interact', 'health'] as const;
export const LaneSchema = z.enum(LANES);
export type Lane = z.infer<typeof LaneSchema>;

const at = EpochMsSchema;
const pseudonym = PseudonymSchema;

const EffectSchema = z.object({ offerId: OfferIdSchema, minor: z.int().nonnegative() });

/** Every fact that a store writes down: `type` says which, `v` its version, and each has its lane. */
export const JournalBodySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('coupon-redeemed'),
    requestId: RequestIdSchema,
    couponId: CouponIdSchema,
    offerId: OfferIdSchema,
    redemption: RedemptionClassSchema,
    stationId: StationIdSchema,
    pseudonym: pseudonym.optional(),
    at,
  }),
  /** The right to redeem a coupon, which had come by this move, was given up (move-3). */
  z.object({
    type: z.literal('coupon-released'),
    couponId: CouponIdSchema,
    move: z.int().nonnegative(),
    pseudonym,
    at,
  }),
  /** What was bought is not in it. A coupon that it used up has its own `coupon-redeemed`. */
  z.object({
    type: z.literal('purchase-made'),
    purchaseId: RequestIdSchema,
    stationId: StationIdSchema,
    /** Whose card was shown: where points are given, or with `personalise`. */
    pseudonym: pseudonym.optional(),
    points: z.int().nonnegative(),
    currency: z.string().length(3),
    netMinor: z.int().nonnegative(),
    /** What took effect and took off how much. */
    effects: z.array(EffectSchema).max(1_000),
    /** Offers that need no coupon and have caps: one use of each was counted. */
    uses: z.array(OfferIdSchema).max(1_000).optional(),
    at,
  }),
  z.object({
    type: z.literal('purchase-voided'),
    purchaseId: RequestIdSchema,
    stationId: StationIdSchema,
    pseudonym: pseudonym.optional(),
    /** Taken back. */
    points: z.int().nonnegative(),
    /** May be used again. */
    couponIds: z.array(CouponIdSchema).max(20),
    /** Of offers with a budget: what they had taken off. */
    budgets: z.array(EffectSchema).max(1_000).optional(),
    /** Of offers that need no coupon, one use each. */
    uses: z.array(OfferIdSchema).max(1_000).optional(),
    at,
  }),
  /** What came back is not in it. */
  z.object({
    type: z.literal('purchase-returned'),
    purchaseId: RequestIdSchema,
    /** Tells one return of a purchase from another. */
    requestId: RequestIdSchema,
    stationId: StationIdSchema,
    pseudonym: pseudonym.optional(),
    /** Taken back. */
    points: z.int().nonnegative(),
    /** Paid back. */
    netMinor: z.int().nonnegative(),
    /** Nothing of the purchase is left. */
    isAll: z.boolean(),
    /** May be used again: nothing is left of what they applied to. */
    couponIds: z.array(CouponIdSchema).max(20),
    /** Of offers with a budget: what they had taken off what came back. */
    budgets: z.array(EffectSchema).max(1_000).optional(),
    /** Of offers that need no coupon, one use each. */
    uses: z.array(OfferIdSchema).max(1_000).optional(),
    at,
  }),
  z.object({
    type: z.literal('consent-withdrawn'),
    pseudonym,
    purpose: PurposeSchema,
    stationId: StationIdSchema,
    at,
  }),
  z.object({
    type: z.literal('visit-started'),
    visitId: VisitIdSchema,
    pseudonym,
    zoneId: ZoneIdSchema,
    evidence: EvidenceSchema,
    at,
  }),
  z.object({
    type: z.literal('visit-ended'),
    visitId: VisitIdSchema,
    pseudonym,
    /** How long in which zone, ms, the longest first; since the store's last start. */
    zones: z
      .array(z.object({ zoneId: ZoneIdSchema, ms: z.int().positive() }))
      .max(64)
      .optional(),
    /** When the person was last heard, not when we gave up. */
    at,
  }),
  z.object({
    type: z.literal('session-opened'),
    sessionId: SessionIdSchema,
    pseudonym,
    stationId: StationIdSchema,
    strength: StrengthSchema,
    evidence: EvidenceSchema,
    at,
  }),
  /** Staff looked who it is. */
  z.object({ type: z.literal('staff-checked'), pseudonym, stationId: StationIdSchema, at }),
  /** A card of ours, or a GSRN, that was not known while HQ was away. HQ finds whose it is, and keeps nothing of the event. */
  z.object({
    type: z.literal('card-shown'),
    /** Keyed hash of the number under the store's index key. */
    cardHash: hexOf(16),
    stationId: StationIdSchema,
    at,
  }),
  z.object({
    type: z.literal('decided'),
    decisionId: DecisionIdSchema,
    pseudonym: pseudonym.optional(),
    stationId: StationIdSchema,
    surface: SurfaceSchema,
    bundleVersion: z.int().nonnegative(),
    shown: z.array(OfferIdSchema).max(12),
    /** Of the experiments that the person is in: for whom an offer stood, and on which side they are. */
    eligible: z
      .array(
        z.object({
          offerId: OfferIdSchema,
          layer: z.string().max(63),
          arm: z.string().max(63),
        }),
      )
      .max(50)
      .optional(),
    rejected: z.array(z.object({ offerId: OfferIdSchema, reason: z.string().max(60) })).max(50),
    /** SHA-256 of the decision's canonical bytes. */
    digest: hexOf(32),
    at,
  }),
  z.object({
    type: z.literal('exposed'),
    requestId: RequestIdSchema,
    decisionId: DecisionIdSchema,
    offerIds: z.array(OfferIdSchema).min(1).max(12),
    pseudonym: pseudonym.optional(),
    stationId: StationIdSchema,
    surface: SurfaceSchema,
    at,
  }),
  z.object({
    type: z.literal('product-scanned'),
    gtin: GtinSchema,
    stationId: StationIdSchema,
    pseudonym: pseudonym.optional(),
    at,
  }),
  /** A token of somebody enrolled was recorded and is sent again (alarm-1). Of whom is nobody's need here. */
  z.object({
    type: z.literal('replay-suspected'),
    zoneId: ZoneIdSchema,
    at,
  }),
  /** What of an offer's total or budget this store gives back: nobody's until HQ has this. */
  z.object({
    type: z.literal('slice-returned'),
    offerId: OfferIdSchema,
    /** Absent: `use`. */
    unit: z.enum(SLICE_UNITS).optional(),
    units: z.int().positive(),
    at,
  }),
  z.object({
    type: z.literal('edge-started'),
    version: z.string().max(40),
    at,
  }),
  z.object({
    type: z.literal('parts-changed'),
    /** True: what was told of parts before is void, and these are the first of all. */
    anew: z.boolean(),
    parts: z.array(ShopPartSchema).max(100),
    at,
  }),
]);
export type JournalBody = z.infer<typeof JournalBodySchema>;
export type JournalType = JournalBody['type'];

export const LANE_OF = {
  'coupon-redeemed': 'redeem',
  'coupon-released': 'redeem',
  'slice-returned': 'redeem',
  'purchase-made': 'redeem',
  'purchase-voided': 'redeem',
  'purchase-returned': 'redeem',
  'consent-withdrawn': 'privacy',
  'visit-started': 'interact',
  'visit-ended': 'interact',
  'session-opened': 'interact',
  'staff-checked': 'interact',
  'card-shown': 'interact',
  decided: 'interact',
  exposed: 'interact',
  'product-scanned': 'interact',
  'replay-suspected': 'health',
  'edge-started': 'health',
  'parts-changed': 'health',
} as const satisfies Record<JournalType, Lane>;
