import fc from 'fast-check';
import type { Condition, Leaf } from '../../kernel/domain/condition.ts';
import type { Facts } from '../../kernel/domain/condition-facts.ts';
import type { Gtin, ZoneId } from '../../kernel/domain/ids.ts';

/** Few names, so that questions and facts often meet. */
export const CONDITION_NAMES = ['coffee', 'wine', 'bread', 'constructor', "l'olio; --"];
export const CONDITION_GTINS = ['00000000000017', '00000000000024'] as Gtin[];
export const CONDITION_ZONES = ['entrance', 'aisle'] as ZoneId[];
const name = fc.constantFrom(...CONDITION_NAMES);
const gtin = fc.constantFrom(...CONDITION_GTINS);
const zone = fc.constantFrom(...CONDITION_ZONES);

function bounds<T extends object>(most: number, more: fc.Arbitrary<T>, whole = true) {
  const number = whole
    ? fc.nat({ max: most })
    : fc.nat({ max: 20 }).map((twentieths) => (twentieths * most) / 20);
  return fc
    .tuple(more, number, number, fc.constantFrom('atLeast', 'atMost', 'both'))
    .map(([given, a, b, kind]) => ({
      ...given,
      ...(kind !== 'atMost' && { atLeast: Math.min(a, b) }),
      ...(kind !== 'atLeast' && { atMost: Math.max(a, b) }),
    }));
}

const profileLeaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ fact: fc.constant('segment' as const), is: name }),
  bounds(1, fc.record({ fact: fc.constant('affinity' as const), category: name }), false),
  bounds(40, fc.constant({ fact: 'points' as const })),
  bounds(40, fc.constant({ fact: 'days-since-visit' as const })),
);
const contextLeaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({ fact: fc.constant('zone' as const), is: zone }),
  bounds(60, fc.constant({ fact: 'dwell-seconds' as const })),
  fc.record({ fact: fc.constant('scanned-product' as const), is: gtin }),
  fc.record({ fact: fc.constant('scanned-category' as const), is: name }),
  fc.record({ fact: fc.constant('cart-product' as const), is: gtin }),
  fc.record({ fact: fc.constant('cart-category' as const), is: name }),
  bounds(5_000, fc.constant({ fact: 'cart-minor' as const })),
  fc.record({
    fact: fc.constant('time-of-day' as const),
    from: fc.nat({ max: 1_439 }),
    until: fc.integer({ min: 1, max: 1_440 }),
  }),
  fc.record({
    fact: fc.constant('weekday' as const),
    in: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  }),
  bounds(20, fc.record({ fact: fc.constant('stock' as const), gtin })),
);

function treeOver(leaf: fc.Arbitrary<Leaf>): fc.Arbitrary<Condition> {
  return fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('tree') }),
    ),
  })).tree;
}

/** About the profile alone: what SQL can answer too. */
export const profileConditions = treeOver(profileLeaf);
export const conditions = treeOver(fc.oneof(profileLeaf, contextLeaf));

/** Each fact may be missing. */
export const profiles: fc.Arbitrary<Facts> = fc.record(
  {
    segments: fc.uniqueArray(name).map((names) => new Set(names)),
    affinities: fc.dictionary(
      name,
      fc.nat({ max: 20 }).map((twentieths) => twentieths / 20),
    ),
    points: fc.nat({ max: 40 }),
    daysSinceVisit: fc.nat({ max: 40 }),
  },
  { requiredKeys: [] },
);
const moments: fc.Arbitrary<Facts> = fc.record(
  {
    zoneId: zone,
    dwellSeconds: fc.nat({ max: 60 }),
    scannedProduct: gtin,
    scannedCategory: name,
    cart: fc.record({
      products: fc.uniqueArray(gtin).map((gtins) => new Set(gtins)),
      categories: fc.uniqueArray(name).map((names) => new Set(names)),
      minor: fc.nat({ max: 5_000 }),
    }),
    minuteOfDay: fc.nat({ max: 1_439 }),
    weekday: fc.integer({ min: 1, max: 7 }),
    stock: fc
      .dictionary(gtin, fc.nat({ max: 20 }))
      .map((pieces) => new Map(Object.entries(pieces) as [Gtin, number][])),
  },
  { requiredKeys: [] },
);
export const situations: fc.Arbitrary<Facts> = fc
  .tuple(profiles, moments)
  .map(([profile, moment]) => ({ ...profile, ...moment }));
