import { z } from 'zod';
import {
  BasketSchema,
  MOST_LINES,
  MOST_PIECES,
  NO_EFFECTS,
  noLineTwice,
} from '../domain/basket.ts';
import {
  EpochMsSchema,
  GtinSchema,
  LanguageSchema,
  OfferIdSchema,
  RequestIdSchema,
} from '../domain/ids.ts';
import { CurrencySchema } from '../domain/money.ts';

/** How long a total that was told to a till stands, from the `at` of its answer on (pos-3). */
export const PRICE_STANDS_MS = 15 * 60_000;

/** Why a code that was scanned at a till does nothing; each with a sentence for the shopper in pos-words.ts. */
export const CODE_REFUSALS = [
  'malformed',
  'foreign',
  'not-of-this-store',
  'elsewhere',
  'expired',
  'not-yet',
  'not-now',
  'already-used',
  'over-cap',
  'online-only',
  'twice',
  'unknown-card',
  'points-follow',
  'code-not-good',
  'too-many-wrong',
] as const;
export const CodeRefusalSchema = z.enum(CODE_REFUSALS);
export type CodeRefusal = z.infer<typeof CodeRefusalSchema>;

const WithoutSchema = z.enum([...NO_EFFECTS, 'other-currency']);
const SentenceSchema = z.record(LanguageSchema, z.string().max(200));
const MinorSchema = z.int().nonnegative();
/** Tells one person's codes from another's within an answer, and says nothing more of them. */
const HolderSchema = z.int().min(1).max(20);

/** POST /v1/pos/baskets */
export const BasketPostSchema = z.object({
  basket: BasketSchema,
  /** Coupons, cards and rotating codes as the till scanned them, in its order. */
  codes: z.array(z.string().min(1).max(4_296)).max(20).default([]),
});
export type BasketPost = z.infer<typeof BasketPostSchema>;

/** What a scanned code came to. */
export const CodeOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('coupon'),
    offerId: OfferIdSchema,
    holder: HolderSchema,
    /** False: it stays unused, as its offer does nothing in this basket. */
    takesEffect: z.boolean(),
  }),
  z.object({
    kind: z.literal('card'),
    holder: HolderSchema,
    /** Whether the basket's points go to them. */
    getsPoints: z.boolean(),
  }),
  z.object({ kind: z.literal('refused'), reason: CodeRefusalSchema, say: SentenceSchema }),
]);
export type CodeOutcome = z.infer<typeof CodeOutcomeSchema>;

export const PricedAnswerSchema = z.object({
  kind: z.literal('priced'),
  /** By the store's clock: cite it in the purchase. */
  at: EpochMsSchema,
  bundleVersion: z.int().nonnegative(),
  grossMinor: MinorSchema,
  cutMinor: MinorSchema,
  netMinor: MinorSchema,
  points: MinorSchema,
  lines: z.array(
    z.object({
      line: z.int(),
      grossMinor: MinorSchema,
      /** In the order in which they are reckoned, each on what the one before left. */
      cuts: z.array(z.object({ offerId: OfferIdSchema, minor: MinorSchema })),
      netMinor: MinorSchema,
    }),
  ),
  effects: z.array(
    z.object({
      offerId: OfferIdSchema,
      /** What a receipt prints. */
      title: z.record(LanguageSchema, z.string().max(60)),
      minor: MinorSchema,
      points: MinorSchema,
      /** A gift to hand over. */
      isHandedOver: z.boolean(),
      /** Place in `codes` of the coupon that it uses. */
      code: z.int().nonnegative().optional(),
    }),
  ),
  /** Offers for this basket or of its coupons that take no effect. */
  without: z.array(z.object({ offerId: OfferIdSchema, reason: WithoutSchema })),
  search: z.enum(['complete', 'bounded']),
  /** One for each of `codes`. */
  codes: z.array(CodeOutcomeSchema),
});
export type PricedAnswer = z.infer<typeof PricedAnswerSchema>;

/** POST /v1/pos/purchases: a retry under the same `requestId` gets the stored answer, byte for byte. */
export const PurchasePostSchema = BasketPostSchema.extend({
  requestId: RequestIdSchema,
  /** `at` of the answer that the shopper was told the total of. */
  pricedAt: EpochMsSchema,
  /** What the till gave, as that answer said. */
  effects: z.array(z.object({ offerId: OfferIdSchema, minor: MinorSchema })).max(1_000),
  /** What was paid in all, however. */
  tenderMinor: MinorSchema,
});
export type PurchasePost = z.infer<typeof PurchasePostSchema>;

export const PurchaseAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recorded'),
    /** To void it by. */
    purchaseId: RequestIdSchema,
    at: EpochMsSchema,
    netMinor: MinorSchema,
    /** Given to the holder of the card; 0 without one. */
    points: MinorSchema,
    redeemed: z.array(OfferIdSchema),
  }),
  /** Something changed since: nothing was written, and this is how the basket stands now. Status 409. */
  z.object({ kind: z.literal('changed'), priced: PricedAnswerSchema }),
]);
export type PurchaseAnswer = z.infer<typeof PurchaseAnswerSchema>;

/** POST /v1/pos/purchases/{purchaseId}/void: once; asked again it gets the same answer, byte for byte. */
export const VoidPostSchema = z.object({ requestId: RequestIdSchema });
export const VoidAnswerSchema = z.object({
  kind: z.literal('voided'),
  purchaseId: RequestIdSchema,
  at: EpochMsSchema,
  /** Offers whose coupons may be used again. */
  givenBack: z.array(OfferIdSchema),
  /** Taken back. */
  points: MinorSchema,
  /** To pay back: what was paid, less what was paid back for pieces that came back before. */
  paidBackMinor: MinorSchema,
});
export type VoidAnswer = z.infer<typeof VoidAnswerSchema>;

const PiecesSchema = z.object({
  /** As the purchase numbered it. */
  line: z.int().min(1).max(9_999),
  quantity: z.int().min(1).max(MOST_PIECES),
});
/** POST /v1/pos/purchases/{purchaseId}/returns: a retry under the same `requestId` gets the stored answer, byte for byte. */
export const ReturnPostSchema = z.object({
  requestId: RequestIdSchema,
  /** What comes back. */
  lines: z.array(PiecesSchema).min(1).max(MOST_LINES).superRefine(noLineTwice),
});
export type ReturnPost = z.infer<typeof ReturnPostSchema>;
export const ReturnAnswerSchema = z.object({
  kind: z.literal('returned'),
  purchaseId: RequestIdSchema,
  at: EpochMsSchema,
  /** To pay back for the pieces of each line: their share of what was paid (money-10, money-12). */
  lines: z.array(PiecesSchema.extend({ minor: MinorSchema })),
  /** The sum of the lines. */
  paidBackMinor: MinorSchema,
  /** Taken back. */
  points: MinorSchema,
  /** Offers whose coupons may be used again: nothing is left of what they applied to. */
  givenBack: z.array(OfferIdSchema),
  /** What has not come back yet, and what was paid for it. */
  remaining: z.object({
    lines: z.array(PiecesSchema.extend({ minor: MinorSchema })),
    netMinor: MinorSchema,
    points: MinorSchema,
  }),
});
export type ReturnAnswer = z.infer<typeof ReturnAnswerSchema>;

/** Prices in one list at most. */
export const PRICES_AT_ONCE = 5_000;
/** POST /v1/pos/prices: what the tills take for one piece. Said again it changes nothing (price-5). */
export const PricesPostSchema = z.object({
  currency: CurrencySchema,
  /** By the shop's clocks, since when they are in force; absent: from today on. */
  from: z.iso.date().optional(),
  prices: z
    .array(z.object({ gtin: GtinSchema, minor: MinorSchema }))
    .min(1)
    .max(PRICES_AT_ONCE),
});
export type PricesPost = z.infer<typeof PricesPostSchema>;
export const PricesAnswerSchema = z.object({
  kind: z.literal('kept'),
  /** How many differ from what was on record. */
  changed: MinorSchema,
});
export type PricesAnswer = z.infer<typeof PricesAnswerSchema>;
