import { z } from 'zod';
import { EpochMsSchema, GtinSchema, LanguageSchema, OfferIdSchema, StoreIdSchema } from './ids.ts';
import { MoneySchema } from './money.ts';
import { StrengthSchema } from './strength.ts';

/** Why we look for an offer now. */
export const MOMENTS = ['near', 'enter', 'zone', 'scan', 'session', 'leave'] as const;
export const MomentSchema = z.enum(MOMENTS);
export type Moment = z.infer<typeof MomentSchema>;

export const SURFACES = ['public', 'kiosk', 'phone', 'handheld'] as const;
export const SurfaceSchema = z.enum(SURFACES);
export type Surface = z.infer<typeof SurfaceSchema>;

/** How a coupon may be used up (wire-33). */
export const REDEMPTION_CLASSES = ['leased', 'optimistic', 'online-only'] as const;
export const RedemptionClassSchema = z.enum(REDEMPTION_CLASSES);
export type RedemptionClass = z.infer<typeof RedemptionClassSchema>;

export const BenefitSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('percent'), percent: z.number().gt(0).max(100) }),
  z.object({ kind: z.literal('amount'), amount: MoneySchema }),
  z.object({ kind: z.literal('points'), points: z.int().positive() }),
  z.object({ kind: z.literal('gift'), gtin: GtinSchema.optional() }),
  z.object({ kind: z.literal('information') }),
]);
export type Benefit = z.infer<typeof BenefitSchema>;

export const OfferTextSchema = z.object({
  title: z.string().min(1).max(60),
  body: z.string().max(200),
  /** The small print that the law or the marketer wants beside it. */
  terms: z.string().max(300).optional(),
});

/** What HQ may say to whom, when and where. */
export const OfferSchema = z.object({
  offerId: OfferIdSchema,
  /** Grows with each change at HQ. */
  version: z.int().positive(),
  /** Language → text. Italian and English at least. */
  text: z
    .record(LanguageSchema, OfferTextSchema)
    .refine((text) => 'it' in text && 'en' in text, 'needs it and en'),
  benefit: BenefitSchema,
  /** What it is about; empty: the whole shop. */
  gtins: z.array(GtinSchema).max(200),
  categories: z.array(z.string().max(63)).max(20),
  /** Member of any of these; empty: everybody. An offer with segments is personal. */
  segments: z.array(z.string().max(63)).max(20),
  moments: z.array(MomentSchema).min(1),
  surfaces: z.array(SurfaceSchema).min(1),
  /** Least strength of recognition at which it may be chosen. */
  minStrength: StrengthSchema,
  validFrom: EpochMsSchema,
  validUntil: EpochMsSchema,
  /** Higher first. */
  priority: z.int().min(0).max(100),
  /** Present: each person gets a coupon to use up. Absent: nothing to redeem. */
  redemption: RedemptionClassSchema.optional(),
  /** Health, politics, faith …: never on a public screen or a kiosk. */
  sensitive: z.boolean(),
});
export type Offer = z.infer<typeof OfferSchema>;

export const ProductSchema = z.object({
  gtin: GtinSchema,
  name: z.record(LanguageSchema, z.string().min(1).max(80)),
  category: z.string().max(63),
  price: MoneySchema,
  /** Where it stands in the shop, for people: "Corsia 3". */
  place: z.record(LanguageSchema, z.string().max(60)).optional(),
  /** A raster picture, as a `data:` URL of image/webp or image/png, 48 kB at most. */
  picture: z
    .string()
    .max(65_536)
    .regex(/^data:image\/(?:webp|png);base64,[A-Za-z0-9+/=]+$/, 'not a data URL of webp or png')
    .optional(),
});
export type Product = z.infer<typeof ProductSchema>;

/** Who answers for the data and what for: shown on the attract screen and behind its QR (duty-9). */
export const NoticeSchema = z.object({
  version: z.string().min(1).max(64),
  controller: z.string().min(1).max(120),
  /** The line on the attract screen. */
  line: z.record(LanguageSchema, z.string().min(1).max(160)),
  /** Address of the full notice, behind the QR. */
  url: z.string().max(200),
});
export type Notice = z.infer<typeof NoticeSchema>;

/** The content of one published version for one store. Signed over the bytes as sent. */
export const BundleSchema = z.object({
  storeId: StoreIdSchema,
  storeName: z.string().min(1).max(80),
  version: z.int().positive(),
  publishedAt: EpochMsSchema,
  offers: z.array(OfferSchema).max(10_000),
  products: z.array(ProductSchema).max(100_000),
  notice: NoticeSchema,
});
export type Bundle = z.infer<typeof BundleSchema>;
