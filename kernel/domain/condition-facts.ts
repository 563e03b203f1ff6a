import type { Condition, Leaf } from './condition.ts';
import type { Gtin, ZoneId } from './ids.ts';

/**
 * What a condition may ask about. A fact that is missing answers every question with no; `not` then turns that round, as
 * `COALESCE(leaf, FALSE)` does in SQL.
 */
export interface Facts {
  /** Of the profile; missing where nothing personal may be used. */
  readonly segments?: ReadonlySet<string> | undefined;
  readonly affinities?: Readonly<Record<string, number>> | undefined;
  readonly points?: number | undefined;
  readonly daysSinceVisit?: number | undefined;
  /** Of the moment. */
  readonly zoneId?: ZoneId | undefined;
  readonly dwellSeconds?: number | undefined;
  readonly scannedProduct?: Gtin | undefined;
  readonly scannedCategory?: string | undefined;
  readonly cart?: CartFacts | undefined;
  /** Minutes from midnight and ISO weekday, in the store's own time. */
  readonly minuteOfDay?: number | undefined;
  readonly weekday?: number | undefined;
  readonly stock?: ReadonlyMap<Gtin, number> | undefined;
}
export interface CartFacts {
  readonly products: ReadonlySet<Gtin>;
  readonly categories: ReadonlySet<string>;
  /** In the currency's smallest unit. */
  readonly minor: number;
}

/** What a profile says, and so what SQL at HQ can answer; the rest is of a moment in a shop. */
export const PROFILE_FACTS: ReadonlySet<Leaf['fact']> = new Set<Leaf['fact']>([
  'segment',
  'affinity',
  'points',
  'days-since-visit',
]);

export type Test = (facts: Facts) => boolean;

/** The condition as it stands, read anew each time: what the others are held against. */
export function holds(condition: Condition, facts: Facts): boolean {
  if ('all' in condition) return condition.all.every((branch) => holds(branch, facts));
  if ('any' in condition) return condition.any.some((branch) => holds(branch, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  return testOf(condition)(facts);
}

/** The condition as one closure, for thousands of turns a second; most branch in two, which then need no loop. */
export function compile(condition: Condition): Test {
  if ('all' in condition) {
    const tests = condition.all.map(compile);
    const [first, second] = tests;
    if (first !== undefined && second !== undefined && tests.length === 2)
      return (facts) => first(facts) && second(facts);
    return (facts) => {
      for (const test of tests) if (!test(facts)) return false;
      return true;
    };
  }
  if ('any' in condition) {
    const tests = condition.any.map(compile);
    const [first, second] = tests;
    if (first !== undefined && second !== undefined && tests.length === 2)
      return (facts) => first(facts) || second(facts);
    return (facts) => {
      for (const test of tests) if (test(facts)) return true;
      return false;
    };
  }
  if ('not' in condition) {
    const test = compile(condition.not);
    return (facts) => !test(facts);
  }
  return testOf(condition);
}

/**
 * Segments of which somebody must have at least one for the condition to hold; undefined where it may hold without any.
 * An index by segment need not look at anybody else.
 */
export function neededSegments(condition: Condition): ReadonlySet<string> | undefined {
  if ('fact' in condition)
    return condition.fact === 'segment' ? new Set([condition.is]) : undefined;
  if ('all' in condition) {
    const sets = condition.all.map(neededSegments).filter((set) => set !== undefined);
    return sets.sort((a, b) => a.size - b.size)[0];
  }
  if ('any' in condition) {
    const sets = condition.any.map(neededSegments);
    return sets.includes(undefined) ? undefined : new Set(sets.flatMap((set) => [...(set ?? [])]));
  }
  return undefined;
}

function testOf(leaf: Leaf): Test {
  const bounds = boundsOf(leaf);
  switch (leaf.fact) {
    case 'segment':
      return ({ segments }) => segments?.has(leaf.is) === true;
    case 'affinity':
      return ({ affinities }) => within(bounds, own(affinities, leaf.category));
    case 'points':
      return ({ points }) => within(bounds, points);
    case 'days-since-visit':
      return ({ daysSinceVisit }) => within(bounds, daysSinceVisit);
    case 'zone':
      return ({ zoneId }) => zoneId === leaf.is;
    case 'dwell-seconds':
      return ({ dwellSeconds }) => within(bounds, dwellSeconds);
    case 'scanned-product':
      return ({ scannedProduct }) => scannedProduct === leaf.is;
    case 'scanned-category':
      return ({ scannedCategory }) => scannedCategory === leaf.is;
    case 'cart-product':
      return ({ cart }) => cart?.products.has(leaf.is) === true;
    case 'cart-category':
      return ({ cart }) => cart?.categories.has(leaf.is) === true;
    case 'cart-minor':
      return ({ cart }) => within(bounds, cart?.minor);
    case 'time-of-day':
      return ({ minuteOfDay }) => minuteOfDay !== undefined && isDuring(leaf, minuteOfDay);
    case 'weekday':
      return ({ weekday }) => weekday !== undefined && leaf.in.includes(weekday);
    case 'stock':
      return ({ stock }) => within(bounds, stock?.get(leaf.gtin));
  }
}

interface Bounds {
  readonly atLeast: number;
  readonly atMost: number;
}

/** Of one shape for all questions; of those that ask for no number they mean nothing. */
function boundsOf(leaf: Leaf): Bounds {
  const { atLeast, atMost }: Partial<Bounds> = leaf as Partial<Bounds>;
  return { atLeast: atLeast ?? -Infinity, atMost: atMost ?? Infinity };
}

function within({ atLeast, atMost }: Bounds, value: number | undefined): boolean {
  return value !== undefined && value >= atLeast && value <= atMost;
}

/** From `from` on, before `until`; over midnight where `until` is not above `from`. */
export function isDuring(
  { from, until }: { readonly from: number; readonly until: number },
  minuteOfDay: number,
): boolean {
  return until > from
    ? minuteOfDay >= from && minuteOfDay < until
    : minuteOfDay >= from || minuteOfDay < until;
}

/** Names come from outside: `constructor` is no affinity. */
function own(
  record: Readonly<Record<string, number>> | undefined,
  key: string,
): number | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
