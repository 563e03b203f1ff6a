import { z } from 'zod';
import { ConditionSchema } from './condition.ts';
import {
  EpochMsSchema,
  GtinSchema,
  LanguageSchema,
  OfferIdSchema,
  StoreIdSchema,
  ZoneIdSchema,
} from './ids.ts';
import { MoneySchema } from './money.ts';
import { ScheduleSchema } from './schedule.ts';
import { StrengthSchema } from './strength.ts';

/** Why we look for an offer now. */
export const MOMENTS = [
  'near',
  'enter',
  'zone',
  'dwell',
  'scan',
  'cart',
  'session',
  'leave',
] as const;
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
  /** Of `take` pieces the cheapest are free but for `pay` of them: 3 for 2. */
  z
    .object({
      kind: z.literal('bundle'),
      take: z.int().min(2).max(20),
      pay: z.int().min(1).max(19),
    })
    .refine(({ take, pay }) => pay < take, { path: ['pay'], message: 'is not below take' }),
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

const SlugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not a name of a-z, 0-9 and -');

/** How often at most. What is counted is a use of its coupon; of an offer without one, a purchase in which it takes effect. */
export const CapsSchema = z.object({
  perPerson: z
    .object({ times: z.int().min(1).max(1_000), days: z.int().min(1).max(365) })
    .optional(),
  perStoreAndDay: z.int().min(1).max(1_000_000).optional(),
  /** In all stores together; each store spends the slice that HQ gives it. */
  total: z.int().min(1).max(100_000_000).optional(),
});

const BUCKETS = 10_000;
/**
 * Who is not shown an eligible offer, so that its effect is seen. Everybody has one bucket, 0 to 9,999, in each layer;
 * the first `holdOut` of them are held out, the variants share the rest in order.
 */
export const ExperimentSchema = z
  .object({
    layer: SlugSchema,
    /** Buckets of 10,000. */
    holdOut: z.int().min(0).max(BUCKETS),
    variants: z
      .array(
        z.object({
          variant: SlugSchema,
          buckets: z.int().min(1).max(BUCKETS),
          /** In place of the offer's own. */
          text: z.record(LanguageSchema, OfferTextSchema).optional(),
        }),
      )
      .max(10)
      .default([]),
  })
  .superRefine(({ holdOut, variants }, context) => {
    const sum = holdOut + variants.reduce((all, { buckets }) => all + buckets, 0);
    if (variants.length > 0 && sum !== BUCKETS)
      context.addIssue({
        code: 'custom',
        path: ['variants'],
        message: `hold-out and variants make ${String(sum)} buckets, not ${String(BUCKETS)}`,
      });
    if (new Set(variants.map(({ variant }) => variant)).size !== variants.length)
      context.addIssue({ code: 'custom', path: ['variants'], message: 'two have the same name' });
    if (variants.some(({ variant }) => variant === 'held-out'))
      context.addIssue({ code: 'custom', path: ['variants'], message: 'one is called held-out' });
  });

/** What must be so in the shop before the offer may be shown. */
export const GuardsSchema = z.object({
  /** Pieces of each of its products. A stock that nobody knows is no obstacle. */
  minStock: z.int().min(1).max(100_000).optional(),
  /** Least share of the price that stays after the benefit, 0 to 100; below it the till gives no benefit. */
  marginFloorPercent: z.number().min(0).max(100).optional(),
  /** A public price cut: not without the lowest price of the 30 days before (Codice del Consumo art. 17-bis). */
  priceEvidence: z.boolean().default(false),
});

/** The fields of an offer; `OfferSchema` also looks at them together. */
export const OfferFieldsSchema = z.object({
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
  /** For whom and in which situation, beside `segments`; one that asks about a profile makes the offer personal. */
  audience: ConditionSchema.optional(),
  moments: z.array(MomentSchema).min(1),
  surfaces: z.array(SurfaceSchema).min(1),
  /** Where in the shop; none: anywhere. */
  zones: z.array(ZoneIdSchema).max(50).optional(),
  /** Least strength of recognition at which it may be chosen. */
  minStrength: StrengthSchema,
  validFrom: EpochMsSchema,
  validUntil: EpochMsSchema,
  /** Days and hours within its validity, in store time. */
  schedule: ScheduleSchema.optional(),
  /** Higher first. */
  priority: z.int().min(0).max(100),
  /** What an acceptance is worth to the shop, in the currency's smallest unit: ranks offers of one priority, each tried by chance. */
  valueMinor: z.int().min(0).max(10_000_000).optional(),
  caps: CapsSchema.optional(),
  /** What may be given away in all; each store spends the slice that HQ gives it. */
  budget: MoneySchema.optional(),
  /** Of offers of one group at most one is shown, and at most one takes effect in a basket. */
  group: SlugSchema.optional(),
  /** `alone`: takes no effect beside another one on the same product. */
  stacking: z.enum(['alone', 'with-others']).optional(),
  experiment: ExperimentSchema.optional(),
  guards: GuardsSchema.optional(),
  /** Present: each person gets a coupon to use up. Absent: nothing to redeem. */
  redemption: RedemptionClassSchema.optional(),
  /** Health, politics, faith …: never on a public screen or a kiosk. */
  sensitive: z.boolean(),
});

/** What no field can say by itself: the validity has an end after its beginning, and a day on which the schedule holds. */
export function soundOffer<S extends z.ZodType<Pick<Offer, 'validFrom' | 'validUntil'>>>(
  schema: S,
): S {
  return schema.refine(({ validFrom, validUntil }) => validFrom < validUntil, {
    path: ['validUntil'],
    message: 'is not after validFrom',
  });
}

/** What HQ may say to whom, when and where. */
export const OfferSchema = soundOffer(OfferFieldsSchema);
export type Offer = z.infer<typeof OfferFieldsSchema>;

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
