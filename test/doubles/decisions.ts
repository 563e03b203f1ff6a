import fc from 'fast-check';
import type { CohortRow, HeldCoupon } from '../../kernel/domain/cohort.ts';
import { leavesOf } from '../../kernel/domain/condition.ts';
import { plainCouponsOf, withConsent } from '../../kernel/domain/consent.ts';
import { decide } from '../../kernel/domain/decision.ts';
import {
  ANONYMOUS,
  type DecisionContext,
  type Subject,
} from '../../kernel/domain/decision-context.ts';
import type { Decision } from '../../kernel/domain/decision-result.ts';
import { OfferIndex } from '../../kernel/domain/offer-index.ts';
import type {
  CouponId,
  EpochMs,
  Gtin,
  OfferId,
  Pseudonym,
  ZoneId,
} from '../../kernel/domain/ids.ts';
import type { LedgerView } from '../../kernel/domain/ledger.ts';
import { MOMENTS, type Offer, type Product, SURFACES } from '../../kernel/domain/offer.ts';
import { EVIDENCE } from '../../kernel/domain/strength.ts';
import { conditions, CONDITION_GTINS, CONDITION_NAMES, CONDITION_ZONES } from './conditions.ts';
import { aMember, anOffer, NOON } from './members.ts';

const DAY_MS = 86_400_000;
const OFFERS = 5;

/** All that a decision rests on, as values that a test can change and say again. */
export interface Question {
  readonly offers: readonly Offer[];
  readonly products: readonly Product[];
  readonly person: { readonly kind: Subject['kind']; readonly row: CohortRow };
  readonly context: DecisionContext;
  readonly counted: Counted;
  readonly now: EpochMs;
  readonly limit: number;
}
/** A ledger's answers by offer; what is not there is nothing counted and nothing bounded. */
export interface Counted {
  readonly version: number;
  readonly usesOfPerson: ReadonlyMap<OfferId, number>;
  readonly usesToday: ReadonlyMap<OfferId, number>;
  readonly sliceLeft: ReadonlyMap<OfferId, number>;
  readonly budgetLeft: ReadonlyMap<OfferId, number>;
  readonly priced: ReadonlySet<OfferId>;
  readonly notCut: ReadonlySet<OfferId>;
  readonly exposed: ReadonlyMap<OfferId, number>;
  readonly fatigueLeft: number;
}

export function ledgerOf(counted: Counted): LedgerView {
  return {
    version: counted.version,
    usesOfPerson: ({ offerId }) => counted.usesOfPerson.get(offerId),
    usesToday: (offerId) => counted.usesToday.get(offerId) ?? 0,
    sliceLeft: (offerId) => counted.sliceLeft.get(offerId),
    budgetLeft: (offerId) => counted.budgetLeft.get(offerId),
    fatigueLeft: counted.fatigueLeft,
    outcomes: (offerId) => ({ exposed: counted.exposed.get(offerId) ?? 0, accepted: 1 }),
    priceEvidence: ({ offerId, gtins: named }) => {
      if (!counted.priced.has(offerId)) return { kind: 'not-on-record', gtins: named };
      if (counted.notCut.has(offerId)) return { kind: 'not-cut', gtins: named };
      return { kind: 'on-record', lowest: new Map() };
    },
  };
}

export function subjectOf({ person: { kind, row }, now }: Question): Subject {
  if (kind === 'anonymous') return ANONYMOUS;
  const lease = { notAfter: Infinity };
  const subject =
    kind === 'plain'
      ? plainCouponsOf(row, lease, now)
      : withConsent(row, 'personalise', lease, now);
  if (subject.kind === 'refused') throw new Error(subject.reason);
  return subject;
}

export const indexOf = ({ offers, products }: Question) =>
  new OfferIndex({ version: 7, offers: [...offers], products: [...products] });

export function decided(question: Question, index = indexOf(question)): Decision {
  const { context, counted, now, limit } = question;
  const subject = subjectOf(question);
  return decide(index, subject, context, ledgerOf(counted), now, limit);
}

const someOf = <T>(values: readonly T[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength });
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
/** Mostly a value, so that what stands behind is reached too. */
const mostly = <T>(value: T, others: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });

const allNames: readonly string[] = CONDITION_NAMES;
/** Each category has a product of its own, the first two are those that conditions ask for. */
const PRODUCTS: readonly Product[] = allNames.map((category, i) => ({
  gtin: (CONDITION_GTINS[i] ?? `000000000001${String(i).padStart(2, '0')}`) as Gtin,
  name: { it: category, en: category },
  category,
  price: { minor: 100 * (i + 1), currency: 'EUR' },
}));
const gtins = PRODUCTS.map(({ gtin }) => gtin);

const schedules = fc.record({
  dayparts: fc.array(
    fc.record({
      weekdays: someOf([1, 2, 3, 4, 5, 6, 7], 1),
      from: fc.nat({ max: 1_439 }),
      until: fc.integer({ min: 1, max: 1_440 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});
/** Of one scan's product and its category only one is asked about: together they cannot be supplied freely. */
const audiences = conditions.filter((condition) => {
  const asked = new Set(leavesOf(condition).map(({ fact }) => fact));
  return !(asked.has('scanned-product') && asked.has('scanned-category'));
});

const offerFields: fc.Arbitrary<Partial<Offer>> = fc.record({
  moments: mostly(['session', 'scan'], someOf(MOMENTS, 1)),
  surfaces: mostly(['kiosk', 'phone'], someOf(SURFACES, 1)),
  gtins: mostly([], someOf(gtins)),
  categories: mostly([], someOf(allNames)),
  segments: mostly([], someOf(allNames)),
  audience: perhaps(audiences),
  zones: mostly(undefined, perhaps(someOf(CONDITION_ZONES))),
  minStrength: mostly(0, fc.constantFrom(1, 2, 3, 4)),
  validFrom: mostly(NOON - DAY_MS, fc.constant(NOON + 3_600_000)),
  validUntil: fc.constantFrom(NOON + 2 * DAY_MS, NOON + DAY_MS),
  schedule: mostly(undefined, schedules),
  priority: fc.constantFrom(10, 50),
  valueMinor: fc.constantFrom(undefined, 100, 500),
  caps: mostly(
    undefined,
    fc.record({
      perPerson: fc.constantFrom(undefined, { times: 1, days: 7 }, { times: 2, days: 7 }),
      perStoreAndDay: fc.constantFrom(undefined, 1, 3),
      total: fc.constantFrom(undefined, 10),
    }),
  ),
  budget: mostly(undefined, fc.constant({ minor: 500, currency: 'EUR' })),
  group: fc.constantFrom(undefined, 'breakfast', 'party'),
  experiment: mostly(
    undefined,
    fc.record({
      layer: fc.constantFrom('welcome', 'constructor'),
      holdOut: fc.constantFrom(0, 5_000, 10_000),
      variants: fc.constant([]),
    }),
  ),
  guards: mostly(
    undefined,
    fc.record({ minStock: fc.constantFrom(undefined, 3), priceEvidence: fc.boolean() }),
  ),
  redemption: mostly(undefined, fc.constant('leased' as const)),
  sensitive: mostly(false, fc.constant(true)),
});

/** One whose products are counted. */
const stocked: fc.Arbitrary<Partial<Offer>> = fc.record({
  gtins: someOf(gtins, 2),
  guards: fc.constant({ minStock: 8, priceEvidence: false }),
});

const offerId = (i: number) => `offer-${String(i)}` as OfferId;
const offerIds = Array.from({ length: OFFERS }, (_, i) => offerId(i));
const coupons: readonly HeldCoupon[] = [...offerIds, ...offerIds].map((id, i) => ({
  couponId: `01890000-0000-7000-8000-0000000000${String(10 + i)}` as CouponId,
  offerId: id,
  code: `SGK${String(i)}`,
  codeHash: '0'.repeat(32),
}));

const rows: fc.Arbitrary<CohortRow> = fc
  .record({
    segments: someOf(allNames),
    affinities: fc.dictionary(
      fc.constantFrom(...allNames),
      fc.nat({ max: 20 }).map((twentieths) => twentieths / 20),
    ),
    points: fc.nat({ max: 40 }),
    lastVisit: perhaps(fc.nat({ max: 40 })),
    held: someOf(coupons),
    arms: perhaps(fc.record({ welcome: fc.nat({ max: 9_999 }) })),
    rowVersion: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ segments, affinities, points, lastVisit, held, arms, rowVersion }) => ({
    ...aMember({ segments, affinities, points, rowVersion, coupons: held }),
    pseudonym: '0'.repeat(32) as Pseudonym,
    ...(lastVisit !== undefined && { lastVisitAt: NOON - lastVisit * DAY_MS }),
    ...(arms !== undefined && { arms }),
    grants: [{ purpose: 'personalise', grantedAt: 0, expiresAt: Infinity, textVersion: '1' }],
  }));

const contexts: fc.Arbitrary<DecisionContext> = fc
  .record({
    moment: mostly('session', fc.constantFrom(...MOMENTS)),
    surface: mostly('kiosk', fc.constantFrom(...SURFACES)),
    zoneId: perhaps(fc.constantFrom<ZoneId>(...CONDITION_ZONES)),
    strength: mostly(3, fc.constantFrom(0, 1, 2, 4)),
    evidence: mostly('code', fc.constantFrom(undefined, ...EVIDENCE)),
    gtin: perhaps(fc.constantFrom(...gtins)),
    mix: perhaps(fc.constantFrom(...allNames)),
    dwellSeconds: perhaps(fc.nat({ max: 60 })),
    cart: perhaps(
      fc.record({
        products: someOf(gtins).map((each) => new Set(each)),
        categories: someOf(allNames).map((each) => new Set(each)),
        minor: fc.nat({ max: 5_000 }),
      }),
    ),
    stock: perhaps(
      fc
        .uniqueArray(fc.tuple(fc.constantFrom(...gtins), fc.nat({ max: 20 })), {
          selector: ([gtin]) => gtin,
        })
        .map((pieces) => new Map(pieces)),
    ),
    day: fc.nat({ max: 6 }),
    minuteOfDay: fc.nat({ max: 1_439 }),
    latest: mostly(undefined, fc.constant(NOON + DAY_MS)),
    used: someOf(coupons),
    seed: fc.uuid(),
  })
  .map(({ day, minuteOfDay, used, ...given }) => ({
    ...given,
    // NOON is a Sunday, the first of March.
    storeTime: {
      date: `2026-03-0${String(1 + day)}`,
      weekday: day === 0 ? 7 : day,
      minuteOfDay,
    },
    usedCoupons: new Set(used.map(({ couponId }) => couponId)),
  }));

const numbers = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...offerIds), fc.nat({ max: 3 })), {
    selector: ([id]) => id,
  })
  .map((pairs) => new Map(pairs));
const counts: fc.Arbitrary<Counted> = fc.record({
  version: fc.nat({ max: 9 }),
  ...{ usesOfPerson: numbers, usesToday: numbers, sliceLeft: numbers, budgetLeft: numbers },
  priced: someOf(offerIds).map((ids) => new Set(ids)),
  notCut: someOf(offerIds).map((ids) => new Set(ids)),
  exposed: numbers,
  fatigueLeft: fc.constantFrom(Infinity, 0, 1, 2),
});

/** Few offers, much that may stand against each: every rejection comes up, most of them often. */
export const questions: fc.Arbitrary<Question> = fc.record({
  offers: fc
    .array(fc.oneof({ weight: 5, arbitrary: offerFields }, { weight: 1, arbitrary: stocked }), {
      minLength: 1,
      maxLength: OFFERS,
    })
    .map((fields) => fields.map((given, i) => anOffer(offerId(i), given))),
  products: fc.constant(PRODUCTS),
  person: fc.record({
    kind: fc.constantFrom('anonymous', 'plain', 'consented', 'consented', 'consented'),
    row: rows,
  }),
  context: contexts,
  counted: counts,
  now: mostly(NOON, fc.constantFrom(NOON + 2 * DAY_MS, NOON + DAY_MS - 1)),
  limit: fc.constantFrom(4, 1, 2),
});
