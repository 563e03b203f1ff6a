import { z } from 'zod';
import {
  DecisionIdSchema,
  EpochMsSchema,
  GtinSchema,
  LanguageSchema,
  OfferIdSchema,
  RequestIdSchema,
  SessionIdSchema,
} from '../domain/ids.ts';
import { COUPON_REFUSALS } from '../domain/coupon.ts';
import { MoneySchema } from '../domain/money.ts';
import { BenefitSchema, NoticeSchema, OfferTextSchema } from '../domain/offer.ts';
import type { Reply, versioned } from './reply.ts';

export const KIOSK_NAMESPACE = '/kiosk';

/** What a price cut is measured by, to be named beside it (price-1 to price-3). */
export const LowestPriceShownSchema = z.object({
  price: MoneySchema,
  /** Of a product sold for fewer than 30 days: since when. */
  since: z.iso.date().optional(),
});
export type LowestPriceShown = z.infer<typeof LowestPriceShownSchema>;

/** What a screen needs to draw one offer; every language, so that switching asks nobody. */
export const OfferCardSchema = z.object({
  offerId: OfferIdSchema,
  text: z.record(LanguageSchema, OfferTextSchema),
  benefit: BenefitSchema,
  picture: z.string().max(65_536).optional(),
  validUntil: EpochMsSchema,
  /** The shopper's own coupon code, to show or take away. Never on a card for everybody. */
  couponCode: z.string().max(64).optional(),
  /** One sentence: why this offer. */
  reason: z.record(LanguageSchema, z.string().max(200)).optional(),
  lowestPrice: LowestPriceShownSchema.optional(),
});
export type OfferCard = z.infer<typeof OfferCardSchema>;

export const ProductCardSchema = z.object({
  gtin: GtinSchema,
  name: z.record(LanguageSchema, z.string().max(80)),
  price: MoneySchema,
  place: z.record(LanguageSchema, z.string().max(60)).optional(),
  picture: z.string().max(65_536).optional(),
  /** Of the one piece that was scanned, where its label says so; the price is then that piece's too, if it says one. */
  weightG: z.int().nonnegative().optional(),
  /** Where a price cut holds on it now. */
  lowestPrice: LowestPriceShownSchema.optional(),
});
export type ProductCard = z.infer<typeof ProductCardSchema>;

/** Cards with the decision they come from: what `exposure` reports once they are really on screen. */
const DecidedCardsSchema = z.object({
  decisionId: DecisionIdSchema,
  cards: z.array(OfferCardSchema).max(12),
});

/** Names nobody: any of several people near may answer it (wire-23). */
export const ChallengeSchema = z.object({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'not 16 bytes in base64url'),
  /** Four symbols to compare by eye. */
  matchCode: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{4}$/, 'not four symbols'),
  /** Opens the phone app at its confirmation; shown as QR. */
  url: z.string().max(300),
});
export type Challenge = z.infer<typeof ChallengeSchema>;

/** A coupon that was understood and is not taken here: of a manufacturer, or of another shop. */
export const ForeignCouponSchema = z.object({
  /** `euro`: prefixes 981 and 982; `north-american`: (8110) and (8112); `global`: a GCN (255). */
  family: z.enum(['euro', 'north-american', 'global']),
  /** What it would take off, where it says so. */
  amount: MoneySchema.optional(),
});
export type ForeignCoupon = z.infer<typeof ForeignCouponSchema>;

/** Shown on top of the base for some seconds; the base stays what it is. */
export const KioskNoteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('product'), product: ProductCardSchema, offers: DecidedCardsSchema }),
  z.object({ kind: z.literal('redeemed'), card: OfferCardSchema }),
  z.object({
    kind: z.literal('not-redeemed'),
    reason: z.enum(COUPON_REFUSALS),
  }),
  z.object({
    kind: z.literal('unknown-code'),
    coupon: ForeignCouponSchema.optional(),
    /** It may be somebody's card: nobody's is known while personal features are off (lease-3). */
    personalOff: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('card-not-known'), personalOff: z.boolean().optional() }),
  /** A card that only HQ may know, which is away: written down, so that its points follow. */
  z.object({ kind: z.literal('points-follow') }),
]);
export type KioskNote = z.infer<typeof KioskNoteSchema>;

export const KioskStateSchema = z.object({
  storeName: z.string().max(80),
  languages: z.array(LanguageSchema).min(1),
  /** True where people or devices are made by the simulator: said on screen. */
  simulated: z.boolean(),
  notice: NoticeSchema,
  screen: z.discriminatedUnion('kind', [
    /** For everybody: what stands here also when nobody is there. */
    z.object({ kind: z.literal('attract'), offers: DecidedCardsSchema }),
    /** R2: somebody enrolled is near. Says nothing of whom. */
    z.object({ kind: z.literal('prompt'), offers: DecidedCardsSchema, challenge: ChallengeSchema }),
    /** R3 and above: a session of one person. */
    z.object({
      kind: z.literal('session'),
      sessionId: SessionIdSchema,
      language: LanguageSchema,
      evidence: z.enum(['card', 'code', 'phone', 'staff']),
      offers: DecidedCardsSchema,
      /** By code, phone or staff only; a card may be a photo of one. */
      personal: z
        .object({ firstName: z.string().max(40).optional(), points: z.int().nonnegative() })
        .optional(),
      /** When the session is wiped unless somebody acts; the screen warns from `warnAt` on. */
      warnAt: EpochMsSchema,
      wipeAt: EpochMsSchema,
      /** The sender's clock when it said so: the screen counts from there, not from its own clock. */
      now: EpochMsSchema,
    }),
  ]),
  /** `noteId` tells two notes alike apart; `untilMs` is how long it stays, from arrival on. */
  note: z
    .object({ noteId: RequestIdSchema, untilMs: z.int().positive(), content: KioskNoteSchema })
    .optional(),
});
export type KioskState = z.infer<typeof KioskStateSchema>;

/** Offers that are really on screen, with somebody near. Repeated under the same `requestId` it counts once. */
export const ExposureSchema = z.object({
  requestId: RequestIdSchema,
  decisionId: DecisionIdSchema,
  offerIds: z.array(OfferIdSchema).min(1).max(12),
});
export type Exposure = z.infer<typeof ExposureSchema>;

/**
 * What a hand does at the kiosk. `stay` extends the session, `leave` ends and wipes it; `withdraw` ends it too and takes
 * every consent back, with head office there or not (duty-6).
 */
export const KioskActSchema = z.discriminatedUnion('kind', [
  z.object({ requestId: RequestIdSchema, kind: z.literal('touch') }),
  z.object({ requestId: RequestIdSchema, kind: z.literal('stay'), sessionId: SessionIdSchema }),
  z.object({ requestId: RequestIdSchema, kind: z.literal('leave'), sessionId: SessionIdSchema }),
  z.object({ requestId: RequestIdSchema, kind: z.literal('withdraw'), sessionId: SessionIdSchema }),
]);
export type KioskAct = z.infer<typeof KioskActSchema>;

export interface KioskToEdge {
  exposure: (exposure: Exposure, reply: Reply<{ recorded: number }>) => void;
  act: (act: KioskAct, reply: Reply<null>) => void;
}
export interface EdgeToKiosk {
  /** Answered once drawn; at most one is under way, a newer one replaces it. */
  state: (
    state: z.infer<ReturnType<typeof versioned<typeof KioskStateSchema>>>,
    drawn: () => void,
  ) => void;
}
