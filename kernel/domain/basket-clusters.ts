import type { BasketLine, OfferAtTill } from './basket.ts';
import { hundredths, reckon } from './basket-cuts.ts';
import type { Gtin } from './ids.ts';

/** So many offers that stack are combined in every way on one product; of more, those that take most by themselves. */
const MOST_STACKED = 6;

export interface Product {
  readonly gtin: Gtin;
  /** Places in the list of lines, ascending. */
  readonly at: readonly number[];
  readonly grossMinor: number;
  readonly dearestMinor: number;
}
/** An offer and the products that it may take effect on. */
export interface Applicable {
  readonly offer: OfferAtTill;
  readonly products: readonly Product[];
}
/** The offers that take effect on one product. */
export interface Choice {
  readonly offers: readonly Applicable[];
  /** No more than this comes off the product by them, but for amounts over several products. */
  readonly mostMinor: number;
}
/** Products whose choices bear on each other. */
export interface Cluster {
  readonly products: readonly { readonly product: Product; readonly choices: readonly Choice[] }[];
  readonly offers: readonly Applicable[];
}
/** Counted down by every reckoning. */
export interface Budget {
  steps: number;
  isComplete: boolean;
}

/** An offer ties its products together where what it does on one depends on another: all but percentages without a budget. */
export function clustersOf(
  lines: readonly BasketLine[],
  applicable: readonly Applicable[],
  budget: Budget,
): Cluster[] {
  const leader = new Map<Gtin, Gtin>();
  const find = (gtin: Gtin): Gtin => {
    const next = leader.get(gtin) ?? gtin;
    return next === gtin ? gtin : find(next);
  };
  const of = new Map<Product, Applicable[]>();
  for (const each of applicable) {
    for (const product of each.products) {
      const others = of.get(product);
      if (others === undefined) of.set(product, [each]);
      else others.push(each);
    }
    const [first, ...rest] = isTying(each) ? each.products : [];
    if (first === undefined) continue;
    for (const { gtin } of rest) {
      const a = find(first.gtin);
      const b = find(gtin);
      if (a !== b) leader.set(a > b ? a : b, a > b ? b : a);
    }
  }
  const clusters = new Map<Gtin, { product: Product; choices: readonly Choice[] }[]>();
  for (const [product, offers] of [...of].sort(([a], [b]) => (a.gtin < b.gtin ? -1 : 1))) {
    const first = find(product.gtin);
    const own = { product, choices: choicesFor(lines, product, offers, budget) };
    const others = clusters.get(first);
    if (others === undefined) clusters.set(first, [own]);
    else others.push(own);
  }
  return [...clusters.values()].map((products) => {
    const inside = new Set(products.map(({ product }) => product));
    return {
      products,
      offers: applicable.filter((each) => each.products.some((p) => inside.has(p))),
    };
  });
}

function isTying({ offer, products }: Applicable): boolean {
  const { kind } = offer.offer.benefit;
  const gross = products.reduce((all, { grossMinor }) => all + grossMinor, 0);
  return kind !== 'percent' || (offer.budgetLeftMinor ?? Infinity) < gross;
}

/** None, each that stands alone, and every set of those that stack; the most promising first. */
function choicesFor(
  lines: readonly BasketLine[],
  product: Product,
  offers: readonly Applicable[],
  budget: Budget,
): readonly Choice[] {
  const stacking = offers.filter(({ offer }) => offer.offer.stacking === 'with-others');
  const alone = offers.filter((each) => !stacking.includes(each));
  let stacked = stacking;
  if (stacked.length > MOST_STACKED) {
    budget.isComplete = false;
    const most = (each: Applicable) => mostOf(lines, product, [each]) ?? -1;
    const chosen = new Set([...stacking].sort((a, b) => most(b) - most(a)).slice(0, MOST_STACKED));
    stacked = stacking.filter((each) => chosen.has(each));
  }
  const sets = stacked.reduce<(readonly Applicable[])[]>(
    (all, each) => [...all, ...all.map((set) => [...set, each])],
    [[]],
  );
  return [...sets, ...alone.map((each) => [each])]
    .flatMap((set): Choice[] => {
      const mostMinor = mostOf(lines, product, set);
      return mostMinor === undefined ? [] : [{ offers: set, mostMinor }];
    })
    .sort((a, b) => b.mostMinor - a.mostMinor || a.offers.length - b.offers.length);
}

/**
 * No more than this can these take off the product, whatever else does; amounts over several products are not in it.
 * Undefined: a guard forbids them together on it, which nothing else could mend.
 */
function mostOf(
  lines: readonly BasketLine[],
  { at, grossMinor, dearestMinor }: Product,
  offers: readonly Applicable[],
): number | undefined {
  const isSpread = ({ offer, products }: Applicable) =>
    products.length > 1 && ['amount', 'bundle'].includes(offer.offer.benefit.kind);
  const own = offers.filter((each) => !isSpread(each));
  const ownLines = at.flatMap((place) => lines[place] ?? []);
  const solo = reckon(
    ownLines,
    own.map(({ offer }) => ({ offer, at: [...ownLines.keys()] })),
  );
  const bundles = offers.flatMap(({ offer: { offer }, products }) =>
    offer.benefit.kind === 'bundle' && products.length > 1 ? [offer.benefit] : [],
  );
  if (bundles.length === 0) return solo.kind === 'taken' ? solo.minor : undefined;
  // Of a bundle over several products the free pieces are the cheapest of their sets: no more than their share of all.
  let most = bundles.reduce((all, { take, pay }) => all + (grossMinor * (take - pay)) / take, 0);
  let left = 1;
  for (const { offer } of own) {
    const { benefit } = offer.offer;
    if (benefit.kind === 'percent') {
      left *= 1 - hundredths(benefit.percent) / 10_000;
      most += at.length / 2; // each line is rounded up by no more than half
    }
    if (benefit.kind === 'gift' && benefit.gtin !== undefined) most += dearestMinor;
    if (benefit.kind === 'bundle' || benefit.kind === 'amount') most = grossMinor;
  }
  return Math.min(grossMinor, most + grossMinor * (1 - left));
}
