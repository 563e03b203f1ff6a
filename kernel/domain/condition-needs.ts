import type { Condition, Leaf } from './condition.ts';
import { type CartFacts, type Facts, holds } from './condition-facts.ts';
import type { Gtin } from './ids.ts';

/** A question and the answer that it would need. */
export interface Need {
  readonly leaf: Leaf;
  readonly wanted: boolean;
}
/**
 * Why a condition does not hold: the fewest answers that would have to be others, and facts with which it would hold.
 * `never` where its questions contradict each other.
 */
export type WhyNot =
  | { readonly kind: 'holds' }
  | { readonly kind: 'missing'; readonly needs: readonly Need[]; readonly facts: Facts }
  | { readonly kind: 'never' };

/** Ways looked at; a tree of 64 questions can have millions, and the shortest come first. */
const MOST_WAYS = 64;

export function whyNot(condition: Condition, facts: Facts): WhyNot {
  if (holds(condition, facts)) return { kind: 'holds' };
  let best: { needs: readonly Need[]; facts: Facts } | undefined;
  for (const way of waysTo(condition, true, facts)) {
    const needs = way.filter((need) => !isMet(need, facts));
    if (best !== undefined && needs.length >= best.needs.length) continue;
    const supplied = supply(way, facts);
    if (supplied !== undefined) best = { needs, facts: supplied };
  }
  return best === undefined ? { kind: 'never' } : { kind: 'missing', ...best };
}

/** Every way that the condition comes out as wanted, as the answers it rests on, those with the fewest changes first. */
function waysTo(condition: Condition, wanted: boolean, facts: Facts): readonly (readonly Need[])[] {
  if ('fact' in condition) return [[{ leaf: condition, wanted }]];
  if ('not' in condition) return waysTo(condition.not, !wanted, facts);
  const branches = 'all' in condition ? condition.all : condition.any;
  const needsEach = 'all' in condition ? wanted : !wanted;
  const ofBranches = branches.map((branch) => waysTo(branch, wanted, facts));
  if (!needsEach) return shortest(ofBranches.flat(), facts);
  return ofBranches.reduce<readonly (readonly Need[])[]>(
    (ways, next) =>
      shortest(
        ways.flatMap((way) => next.map((more) => [...way, ...more])),
        facts,
      ),
    [[]],
  );
}

function shortest(ways: readonly (readonly Need[])[], facts: Facts): readonly (readonly Need[])[] {
  if (ways.length <= 1) return ways;
  const changes = (way: readonly Need[]) => way.filter((need) => !isMet(need, facts)).length;
  return ways
    .map((way) => ({ way, changes: changes(way) }))
    .sort((a, b) => a.changes - b.changes)
    .slice(0, MOST_WAYS)
    .map(({ way }) => way);
}

function isMet({ leaf, wanted }: Need, facts: Facts): boolean {
  return holds(leaf, facts) === wanted;
}

/** The facts with the least changed so that every need is met; undefined where two of them contradict each other. */
function supply(needs: readonly Need[], facts: Facts): Facts | undefined {
  const supplied: Mutable<Facts> = { ...facts };
  const groups = new Map<string, Need[]>();
  for (const need of needs) {
    const key = keyOf(need.leaf);
    groups.set(key, [...(groups.get(key) ?? []), need]);
  }
  for (const group of groups.values()) {
    if (group.every((need) => isMet(need, supplied))) continue;
    const first = group[0]?.leaf;
    if (first === undefined || !put(first, group, supplied)) return undefined;
  }
  return needs.every((need) => isMet(need, supplied)) ? supplied : undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Questions about the same fact are answered together. */
function keyOf(leaf: Leaf): string {
  switch (leaf.fact) {
    case 'affinity':
      return `affinity ${leaf.category}`;
    case 'stock':
      return `stock ${leaf.gtin}`;
    default:
      return leaf.fact;
  }
}

/** Gives the fact of this group a value that meets all of it. @returns whether there is one */
function put(leaf: Leaf, group: readonly Need[], facts: Mutable<Facts>): boolean {
  switch (leaf.fact) {
    case 'segment': {
      const segments = withAndWithout(facts.segments, group);
      if (segments === undefined) return false;
      facts.segments = segments;
      return true;
    }
    case 'cart-product':
    case 'cart-category':
      return putInCart(leaf.fact, group, facts);
    case 'cart-minor': {
      const minor = nearest(facts.cart?.minor, group, 1);
      if (minor === undefined) return false;
      facts.cart = minor.value === undefined ? undefined : { ...cartOf(facts), minor: minor.value };
      return true;
    }
    case 'affinity': {
      const affinity = nearest(facts.affinities?.[leaf.category], group, 1e-6);
      if (affinity === undefined) return false;
      const affinities = new Map(Object.entries(facts.affinities ?? {}));
      if (affinity.value === undefined) affinities.delete(leaf.category);
      else affinities.set(leaf.category, affinity.value);
      facts.affinities = Object.fromEntries(affinities);
      return true;
    }
    case 'stock': {
      const pieces = nearest(facts.stock?.get(leaf.gtin), group, 1);
      if (pieces === undefined) return false;
      const stock = new Map(facts.stock);
      if (pieces.value === undefined) stock.delete(leaf.gtin);
      else stock.set(leaf.gtin, pieces.value);
      facts.stock = stock;
      return true;
    }
    default:
      return putSingle(leaf, group, facts);
  }
}

/** Facts of one value. */
function putSingle(leaf: Leaf, group: readonly Need[], facts: Mutable<Facts>): boolean {
  const set = (key: keyof Facts, found: { readonly value: unknown } | undefined) => {
    if (found !== undefined) Object.assign(facts, { [key]: found.value });
    return found !== undefined;
  };
  switch (leaf.fact) {
    case 'points':
      return set('points', nearest(facts.points, group, 1));
    case 'days-since-visit':
      return set('daysSinceVisit', nearest(facts.daysSinceVisit, group, 1));
    case 'dwell-seconds':
      return set('dwellSeconds', nearest(facts.dwellSeconds, group, 1));
    case 'zone':
      return set('zoneId', firstThatMeets('zoneId', named(group), group));
    case 'scanned-product':
      return set('scannedProduct', firstThatMeets('scannedProduct', named(group), group));
    case 'scanned-category':
      return set('scannedCategory', firstThatMeets('scannedCategory', named(group), group));
    case 'weekday':
      return set('weekday', firstThatMeets('weekday', from(facts.weekday ?? 1, 1, 7), group));
    case 'time-of-day': {
      const minutes = from(facts.minuteOfDay ?? 0, 0, 1_439);
      return set('minuteOfDay', firstThatMeets('minuteOfDay', minutes, group));
    }
    default:
      return false;
  }
}

function putInCart(
  fact: 'cart-product' | 'cart-category',
  group: readonly Need[],
  facts: Mutable<Facts>,
): boolean {
  const cart = cartOf(facts);
  const key = fact === 'cart-product' ? 'products' : 'categories';
  const names = withAndWithout(cart[key], group);
  if (names === undefined) return false;
  facts.cart =
    fact === 'cart-product'
      ? { ...cart, products: names as ReadonlySet<Gtin> } // of questions about products
      : { ...cart, categories: names };
  return true;
}

function cartOf({ cart }: Facts): CartFacts {
  return cart ?? { products: new Set(), categories: new Set(), minor: 0 };
}

function withAndWithout(
  names: ReadonlySet<string> | undefined,
  group: readonly Need[],
): ReadonlySet<string> | undefined {
  const result = new Set(names);
  const wanted = new Set<string>();
  for (const { leaf, wanted: isWanted } of group) {
    if (!('is' in leaf) || !isWanted) continue;
    result.add(leaf.is);
    wanted.add(leaf.is);
  }
  for (const { leaf, wanted: isWanted } of group) {
    if (!('is' in leaf) || isWanted) continue;
    if (wanted.has(leaf.is)) return undefined;
    result.delete(leaf.is);
  }
  return result;
}

/** The number nearest to `now` that meets the group; without a number only where nothing asks for one. */
function nearest(
  now: number | undefined,
  group: readonly Need[],
  step: number,
): { readonly value: number | undefined } | undefined {
  const candidates = group.flatMap(({ leaf }) => {
    const { atLeast, atMost } = leaf as { readonly atLeast?: number; readonly atMost?: number };
    return [
      ...(atLeast === undefined ? [] : [atLeast, atLeast - step]),
      ...(atMost === undefined ? [] : [atMost, atMost + step]),
    ];
  });
  const meets = (value: number | undefined) =>
    group.every(({ leaf, wanted }) => {
      const { atLeast, atMost } = leaf as { readonly atLeast?: number; readonly atMost?: number };
      const isIn =
        value !== undefined && value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
      return isIn === wanted;
    });
  const found = [...(now === undefined ? [] : [now]), ...candidates]
    .filter((value) => value >= 0 && meets(value))
    .sort((a, b) => Math.abs(a - (now ?? 0)) - Math.abs(b - (now ?? 0)))[0];
  if (found !== undefined) return { value: found };
  return meets(undefined) ? { value: undefined } : undefined;
}

/** What the group names, and nothing at all. */
function named(group: readonly Need[]): readonly (string | undefined)[] {
  return [
    ...group.flatMap(({ leaf, wanted }) => (wanted && 'is' in leaf ? [leaf.is] : [])),
    undefined,
  ];
}

function firstThatMeets(
  key: keyof Facts,
  values: readonly unknown[],
  group: readonly Need[],
): { readonly value: unknown } | undefined {
  const value = values.findIndex((each) =>
    group.every((need) => isMet(need, each === undefined ? {} : { [key]: each })),
  );
  return value < 0 ? undefined : { value: values[value] };
}

/** `first` to `last`, beginning with `now` and going round. */
function from(now: number, first: number, last: number): readonly number[] {
  const count = last - first + 1;
  return Array.from({ length: count }, (_, i) => first + ((now - first + i) % count));
}
