import { z } from 'zod';
import { storeTimeIn } from '../../edge/offers/store-time.ts';
import { CohortRowSchema, PurposeSchema } from '../../kernel/domain/cohort.ts';
import { plainCouponsOf, withConsent } from '../../kernel/domain/consent.ts';
import {
  ANONYMOUS,
  type DecisionContext,
  type Subject,
} from '../../kernel/domain/decision-context.ts';
import {
  CouponIdSchema,
  EpochMsSchema,
  GtinSchema,
  OfferIdSchema,
  type Pseudonym,
  ZoneIdSchema,
} from '../../kernel/domain/ids.ts';
import type { LedgerView } from '../../kernel/domain/ledger.ts';
import {
  MomentSchema,
  OfferSchema,
  ProductSchema,
  SurfaceSchema,
} from '../../kernel/domain/offer.ts';
import { EvidenceSchema, StrengthSchema } from '../../kernel/domain/strength.ts';

const InstantSchema = z.union(
  [EpochMsSchema, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
  { error: 'neither epoch ms nor an instant like 2026-03-01T12:00:00+01:00' },
);
const TimeZoneSchema = z.string().refine(isTimeZone, 'not an IANA time zone like Europe/Rome');
const PiecesSchema = z.int().nonnegative();
const byOffer = <V extends z.ZodType>(value: V) => z.record(OfferIdSchema, value).default({});

/** Of a row as a store holds it, what a decision looks at; `consents` stands for grants that are live. */
const AskedRowSchema = CohortRowSchema.pick({ arms: true, lastVisitAt: true }).extend({
  rowVersion: CohortRowSchema.shape.rowVersion.default(1),
  segments: CohortRowSchema.shape.segments.default([]),
  affinities: CohortRowSchema.shape.affinities.default({}),
  points: CohortRowSchema.shape.points.default(0),
  coupons: CohortRowSchema.shape.coupons.default([]),
  grants: CohortRowSchema.shape.grants.default([]),
  consents: z.array(PurposeSchema).default([]),
});

const AskedLedgerSchema = z.strictObject({
  version: z.int().nonnegative().default(0),
  usesOfPerson: byOffer(PiecesSchema),
  usesToday: byOffer(PiecesSchema),
  sliceLeft: byOffer(z.int()),
  budgetLeft: byOffer(z.int()),
  outcomes: byOffer(z.object({ exposed: PiecesSchema, accepted: PiecesSchema })),
  fatigueLeft: PiecesSchema.default(Infinity),
  /** Offers whose lowest prices of 30 days are on record. */
  pricesOnRecord: z.array(OfferIdSchema).default([]),
  /** Of these, those whose products were as cheap before. */
  pricesNotCut: z.array(OfferIdSchema).default([]),
});

/** A decision that was, or that could be: everything that it rests on. */
export const AskedDecisionSchema = z.strictObject({
  /** As published; of it the version, the offers and the products count. */
  bundle: z.object({
    version: z.int().positive().default(1),
    offers: z.array(OfferSchema).max(10_000),
    products: z.array(ProductSchema).max(100_000).default([]),
  }),
  moment: MomentSchema,
  surface: SurfaceSchema,
  zoneId: ZoneIdSchema.optional(),
  strength: StrengthSchema,
  evidence: EvidenceSchema.optional(),
  at: InstantSchema,
  timeZone: TimeZoneSchema,
  row: AskedRowSchema.optional(),
  gtin: GtinSchema.optional(),
  mix: z.string().optional(),
  dwellSeconds: z.number().nonnegative().optional(),
  cart: z
    .strictObject({
      products: z.array(GtinSchema).default([]),
      categories: z.array(z.string()).default([]),
      minor: PiecesSchema.default(0),
    })
    .optional(),
  stock: z.record(GtinSchema, PiecesSchema).optional(),
  latest: InstantSchema.optional(),
  usedCoupons: z.array(CouponIdSchema).default([]),
  /** The decision's id. */
  seed: z.string().default(''),
  limit: z.int().min(1).max(12).default(4),
  ledger: AskedLedgerSchema.prefault({}),
});
export type AskedDecision = z.infer<typeof AskedDecisionSchema>;

export function contextOf(asked: AskedDecision): DecisionContext {
  const { moment, surface, zoneId, strength, evidence, gtin, mix, dwellSeconds } = asked;
  const { cart, stock, latest, seed } = asked;
  return {
    ...{ moment, surface, zoneId, strength, evidence, gtin, mix, dwellSeconds, latest, seed },
    storeTime: storeTimeIn(asked.timeZone)(asked.at),
    usedCoupons: new Set(asked.usedCoupons),
    cart: cart && {
      products: new Set(cart.products),
      categories: new Set(cart.categories),
      minor: cart.minor,
    },
    stock:
      stock && new Map(Object.entries(stock).map(([key, count]) => [GtinSchema.parse(key), count])),
  };
}

/** As the store has it: with a live yes to personal offers the whole row, without one the coupons in hand. */
export function subjectOf({ row: asked, at }: AskedDecision): Subject {
  if (asked === undefined) return ANONYMOUS;
  const { consents, grants, ...fields } = asked;
  const live = consents.map((purpose) => ({
    ...{ purpose, grantedAt: at, expiresAt: at + 1, textVersion: 'asked' },
  }));
  const row = {
    ...{ pseudonym: '0'.repeat(32) as Pseudonym, test: true, language: 'it' },
    ...{ tokenSources: [], rotatingCodes: [], phonePublicKeys: [], cardHashes: [] },
    ...{ ...fields, grants: [...grants, ...live] },
  };
  const lease = { notAfter: at + 1 };
  const consented = withConsent(row, 'personalise', lease, at);
  if (consented.kind === 'consented') return consented;
  const plain = plainCouponsOf(row, lease, at);
  return plain.kind === 'plain' ? plain : ANONYMOUS;
}

export function ledgerOf({ ledger }: AskedDecision): LedgerView {
  const { version, fatigueLeft } = ledger;
  // Maps: an offer may be called "constructor".
  const [usesOfPerson, usesToday] = [mapOf(ledger.usesOfPerson), mapOf(ledger.usesToday)];
  const [sliceLeft, budgetLeft] = [mapOf(ledger.sliceLeft), mapOf(ledger.budgetLeft)];
  const outcomes = mapOf(ledger.outcomes);
  const priced = new Set(ledger.pricesOnRecord);
  const notCut = new Set(ledger.pricesNotCut);
  return {
    ...{ version, fatigueLeft },
    usesOfPerson: ({ offerId }) => usesOfPerson.get(offerId),
    usesToday: (offerId) => usesToday.get(offerId) ?? 0,
    sliceLeft: (offerId) => sliceLeft.get(offerId),
    budgetLeft: (offerId) => budgetLeft.get(offerId),
    outcomes: (offerId) => outcomes.get(offerId) ?? { exposed: 0, accepted: 0 },
    priceEvidence: ({ offerId, gtins }) => {
      if (!priced.has(offerId)) return { kind: 'not-on-record', gtins };
      if (notCut.has(offerId)) return { kind: 'not-cut', gtins };
      return { kind: 'on-record', lowest: new Map() };
    },
  };
}

function mapOf<V>(record: Readonly<Record<string, V>>): ReadonlyMap<string, V> {
  return new Map(Object.entries(record));
}

function isTimeZone(name: string): boolean {
  try {
    storeTimeIn(name);
    return true;
  } catch {
    return false;
  }
}
