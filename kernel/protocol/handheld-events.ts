import { z } from 'zod';
import { COUPON_REFUSALS } from '../domain/coupon.ts';
import {
  CouponIdSchema,
  EpochMsSchema,
  LanguageSchema,
  OfferIdSchema,
  RequestIdSchema,
  StationIdSchema,
} from '../domain/ids.ts';
import { RedemptionClassSchema } from '../domain/offer.ts';
import { ForeignCouponSchema, OfferCardSchema, ProductCardSchema } from './kiosk-events.ts';
import { PersonalFeaturesSchema } from './personal-features.ts';
import type { Reply, versioned } from './reply.ts';

export const HANDHELD_NAMESPACE = '/handheld';

/** A code that staff read or typed. It opens no session at a kiosk. */
export const HandheldScanSchema = z.object({
  requestId: RequestIdSchema,
  text: z.string().min(1).max(4_296),
});
export type HandheldScan = z.infer<typeof HandheldScanSchema>;

export const RefusalSchema = z.enum(COUPON_REFUSALS);
export type Refusal = z.infer<typeof RefusalSchema>;

/** What a redemption came to. A retry under the same `requestId` gets the stored answer, byte for byte. */
export const RedemptionAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('redeemed'),
    couponId: CouponIdSchema,
    offerId: OfferIdSchema,
    redeemedAt: EpochMsSchema,
  }),
  z.object({
    kind: z.literal('refused'),
    reason: RefusalSchema,
    /** When it was used before, where it was. */
    redeemedAt: EpochMsSchema.optional(),
  }),
]);
export type RedemptionAnswer = z.infer<typeof RedemptionAnswerSchema>;

const BriefSchema = z.array(z.record(LanguageSchema, z.string().max(120))).max(3);

export const VerdictSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('product'),
    product: ProductCardSchema,
    offers: z.array(OfferCardSchema),
  }),
  z.object({
    kind: z.literal('coupon'),
    card: OfferCardSchema,
    redemption: RedemptionClassSchema,
    /** Already used, with the instant; or what stands against it. */
    refusal: RefusalSchema.optional(),
    redeemedAt: EpochMsSchema.optional(),
  }),
  /** A member's card or code. `brief`: three lines at most, only with consent `staff`. */
  z.object({
    kind: z.literal('member'),
    brief: BriefSchema,
    /** Names this person to `check`, for a few minutes and for this handheld; only with consent `staff`. */
    checkId: RequestIdSchema.optional(),
  }),
  /** A card that only HQ may know, which is away: written down, so that its points follow. */
  z.object({ kind: z.literal('points-follow') }),
  z.object({ kind: z.literal('unknown-product'), gtin: z.string() }),
  z.object({ kind: z.literal('unknown-code'), coupon: ForeignCouponSchema.optional() }),
  z.object({ kind: z.literal('misread'), reason: z.string(), at: z.int().nonnegative() }),
]);
export type Verdict = z.infer<typeof VerdictSchema>;

/** Staff looked who the member of a verdict is: at an identity document, for example. */
export const HandheldCheckSchema = z.object({
  requestId: RequestIdSchema,
  checkId: RequestIdSchema,
  /** The kiosk that is to be theirs. */
  openAt: StationIdSchema.optional(),
});
export type HandheldCheck = z.infer<typeof HandheldCheckSchema>;
export const HandheldCheckOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checked'),
    brief: BriefSchema,
    /** Those that may be used here now, with their codes. */
    coupons: z.array(OfferCardSchema).max(50),
    openedAt: StationIdSchema.optional(),
  }),
  z.object({
    kind: z.literal('refused'),
    /** `over`: to be scanned again. */
    reason: z.enum(['over', 'no-consent', 'no-kiosk']),
  }),
]);
export type HandheldCheckOutcome = z.infer<typeof HandheldCheckOutcomeSchema>;

export const HandheldRedeemSchema = z.object({
  requestId: RequestIdSchema,
  /** As scanned or typed: a coupon may also come as a GS1 message or a Digital Link. */
  code: z.string().min(1).max(4_296),
});
export type HandheldRedeem = z.infer<typeof HandheldRedeemSchema>;

export const HandheldStateSchema = z.object({
  storeName: z.string().max(80),
  simulated: z.boolean(),
  hqReachable: z.boolean(),
  /** Facts not yet at HQ. */
  waiting: z.int().nonnegative(),
  personalFeatures: PersonalFeaturesSchema.optional(),
  /** Kiosks that a checked person's session can be opened at. */
  kiosks: z.array(StationIdSchema).max(256).optional(),
});
export type HandheldState = z.infer<typeof HandheldStateSchema>;

export interface HandheldToEdge {
  scan: (scan: HandheldScan, reply: Reply<Verdict>) => void;
  check: (check: HandheldCheck, reply: Reply<HandheldCheckOutcome>) => void;
  redeem: (redeem: HandheldRedeem, reply: Reply<RedemptionAnswer>) => void;
}
export interface EdgeToHandheld {
  state: (state: z.infer<ReturnType<typeof versioned<typeof HandheldStateSchema>>>) => void;
}
