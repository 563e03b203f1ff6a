import {
  type Basket,
  type BasketLine,
  checkOffers,
  type NoEffect,
  type OfferAtTill,
  type OfferEffect,
  type PricedBasket,
} from './basket.ts';
import { byTurn, type Cut, hundredths, reckon, type TakenOff, type Taking } from './basket-cuts.ts';
import type { Gtin } from './ids.ts';

/** What one basket may cost: each line under an offer is a step. Reached, the best so far stands (money-8). */
export const MOST_STEPS = 200_000;
/** So many offers that stack are combined in every way on one product; of more, those that take most by themselves. */
const MOST_STACKED = 6;

interface Product {
  readonly gtin: Gtin;
  /** Places in the list of lines, ascending. */
  readonly at: readonly number[];
  readonly grossMinor: number;
  readonly dearestMinor: number;
}
/** An offer and the products that it may take effect on. */
interface Applicable {
  readonly offer: OfferAtTill;
  readonly products: readonly Product[];
}
/** The offers that take effect on one product. */
interface Choice {
  readonly offers: readonly Applicable[];
  /** No more than this comes off the product by them, but for amounts over several products. */
  readonly mostMinor: number;
}
/** Products whose choices bear on each other. */
interface Cluster {
  readonly products: readonly { readonly product: Product; readonly choices: readonly Choice[] }[];
  readonly offers: readonly Applicable[];
}
/** Counted down by every reckoning. */
interface Budget {
  steps: number;
  isComplete: boolean;
}

const NOTHING: TakenOff = {
  ...{ kind: 'taken', minor: 0, points: 0, gifts: 0 },
  ...{ cuts: [], given: [], sets: [] },
};

/**
 * Which offers take effect in this basket and what each takes off, best for the customer, by the rules money-1 to money-9.
 * The order of lines and offers does not matter.
 * @throws {SogliaError} 'request/invalid' naming field and reason: an offer twice, or an amount in another currency
 */
export function priceBasket(
  basket: Basket,
  offers: readonly OfferAtTill[],
  mostSteps = MOST_STEPS,
): PricedBasket {
  checkOffers(basket, offers);
  const lines = [...basket.lines].sort((a, b) => a.line - b.line);
  const inTurn = [...offers].sort(byTurn);
  const products = productsOf(lines);
  const applicable = inTurn.flatMap((offer): Applicable[] => {
    const own = mayTakeEffect(offer) ? productsFor(offer, products, lines) : [];
    return own.length === 0 ? [] : [{ offer, products: own }];
  });
  const budget: Budget = { steps: mostSteps, isComplete: true };
  const taken = bestOf(lines, applicable, budget);
  return resultOf(lines, inTurn, applicable, taken, budget);
}

function mayTakeEffect({ offer, usesLeft }: OfferAtTill): boolean {
  return offer.benefit.kind !== 'information' && (usesLeft ?? 1) > 0;
}

function productsOf(lines: readonly BasketLine[]): readonly Product[] {
  const places = new Map<Gtin, number[]>();
  for (const [place, { gtin }] of lines.entries()) {
    const at = places.get(gtin);
    if (at === undefined) places.set(gtin, [place]);
    else at.push(place);
  }
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([gtin, at]) => {
      const own = at.flatMap((place) => lines[place] ?? []);
      return {
        ...{ gtin, at },
        grossMinor: own.reduce((all, line) => all + line.quantity * line.unitPriceMinor, 0),
        dearestMinor: Math.max(...own.map(({ unitPriceMinor }) => unitPriceMinor)),
      };
    });
}

/** Those that it is about; of a gift that lies in the basket the gift itself, once there is something that it is given for. */
function productsFor(
  { offer }: OfferAtTill,
  products: readonly Product[],
  lines: readonly BasketLine[],
): readonly Product[] {
  const { benefit, gtins, categories } = offer;
  const isAll = gtins.length + categories.length === 0;
  const about = (product: Product) =>
    isAll ||
    gtins.includes(product.gtin) ||
    product.at.some((place) => categories.includes(lines[place]?.category ?? ''));
  const own = products.filter(about);
  if (benefit.kind !== 'gift' || benefit.gtin === undefined || own.length === 0) return own;
  return products.filter(({ gtin }) => gtin === benefit.gtin);
}

/** The best of every way to let one offer of each group take part. */
function bestOf(
  lines: readonly BasketLine[],
  applicable: readonly Applicable[],
  budget: Budget,
): TakenOff {
  const free = applicable.filter(({ offer }) => offer.offer.group === undefined);
  const groups = new Map<string, Applicable[]>();
  for (const each of applicable) {
    const { group } = each.offer.offer;
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [each]);
    else members.push(each);
  }
  const inOrder = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, members]) => members);
  let best = NOTHING;
  const tryAll = (depth: number, taking: readonly Applicable[]): void => {
    const members = inOrder[depth];
    if (members === undefined) {
      const taken = bestWithoutGroups(lines, taking, budget);
      if (isBetter(taken, best)) best = taken;
      return;
    }
    for (const member of members) {
      if (budget.steps <= 0) {
        budget.isComplete = false;
        return;
      }
      tryAll(depth + 1, [...taking, member]);
    }
  };
  tryAll(0, free);
  return best;
}

function bestWithoutGroups(
  lines: readonly BasketLine[],
  applicable: readonly Applicable[],
  budget: Budget,
): TakenOff {
  const inTurn = [...applicable].sort((a, b) => byTurn(a.offer, b.offer));
  // Small ones first: if steps run out, only large ones are not searched through.
  const clusters = clustersOf(lines, inTurn, budget).sort(
    (a, b) => a.products.length - b.products.length,
  );
  return clusters
    .map((cluster) => searched(lines, cluster, budget))
    .reduce(
      (all, each) => ({
        kind: 'taken',
        minor: all.minor + each.minor,
        points: all.points + each.points,
        gifts: all.gifts + each.gifts,
        cuts: [...all.cuts, ...each.cuts],
        given: [...all.given, ...each.given],
        sets: [...all.sets, ...each.sets],
      }),
      NOTHING,
    );
}

/** More off; of equals more points, then more gifts. */
function isBetter(a: TakenOff, b: TakenOff): boolean {
  return (a.minor - b.minor || a.points - b.points || a.gifts - b.gifts) > 0;
}

/** An offer ties its products together where what it does on one depends on another: all but percentages without a budget. */
function clustersOf(
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

/** The best choices for a cluster: a climb from several starts, then branch and bound for all that may be better. */
function searched(lines: readonly BasketLine[], cluster: Cluster, budget: Budget): TakenOff {
  const { products, offers } = cluster;
  const own = products.flatMap(({ product }) => product.at).sort((a, b) => a - b);
  const ownLines = own.flatMap((place) => lines[place] ?? []);
  const placeOf = new Map(own.map((place, i) => [place, i]));
  const at = products.map(({ product }) => product.at.flatMap((place) => placeOf.get(place) ?? []));

  const reckoned = (choices: readonly (Choice | undefined)[]): TakenOff | undefined => {
    const takings = offers.flatMap((each): Taking[] => {
      const places = choices.flatMap((choice, i) =>
        choice?.offers.includes(each) === true ? (at[i] ?? []) : [],
      );
      return places.length === 0 ? [] : [{ offer: each.offer, at: places.sort((a, b) => a - b) }];
    });
    budget.steps -= ownLines.length * (takings.length + 1);
    const reckoning = reckon(ownLines, takings);
    return reckoning.kind === 'taken' ? reckoning : undefined;
  };

  let best = NOTHING;
  let bestChoices: readonly (Choice | undefined)[] = products.map(() => undefined);
  const keep = (taken: TakenOff, choices: readonly (Choice | undefined)[]): void => {
    if (!isBetter(taken, best)) return;
    best = taken;
    bestChoices = [...choices];
  };
  const climb = (start: readonly (Choice | undefined)[]): void => {
    let current = [...start];
    let taken = reckoned(current);
    for (let isClimbing = taken !== undefined; isClimbing;) {
      isClimbing = false;
      for (const [i, { choices }] of products.entries()) {
        for (const choice of choices) {
          if (budget.steps <= 0) break;
          if (choice === current[i]) continue;
          const next = current.with(i, choice);
          const there = reckoned(next);
          if (there === undefined || taken === undefined || !isBetter(there, taken)) continue;
          current = next;
          taken = there;
          isClimbing = true;
        }
      }
    }
    if (taken !== undefined) keep(taken, current);
  };
  const everywhere = (each: Applicable) =>
    products.map(({ choices }) => choices.find((choice) => choice.offers.includes(each)));
  // Every start is looked at before the climbing begins: if steps run out, the best of them is not far off.
  const starts = [
    products.map(({ choices }) => choices[0]),
    ...(offers.length > 1 ? offers.map(everywhere) : []),
    products.map(() => undefined),
  ];
  for (const start of starts) {
    const taken = reckoned(start);
    if (taken !== undefined) keep(taken, start);
  }
  climb(bestChoices);
  for (const start of starts) if (budget.steps > 0) climb(start);

  const afterwards = products.map(() => 0); // what may still come from the products from here on
  for (let i = products.length - 1, most = 0; i >= 0; i -= 1) {
    most += products[i]?.choices[0]?.mostMinor ?? 0;
    afterwards[i] = most;
  }
  const amounts = offers.flatMap((each) => {
    const { benefit } = each.offer.offer;
    if (benefit.kind !== 'amount' || each.products.length === 1) return [];
    const last = products.findLastIndex(({ product }) => each.products.includes(product));
    return [{ each, minor: Math.max(0, benefit.amount.minor), last }];
  });
  const most = {
    points: offers.reduce((all, { offer: { offer } }) => all + pointsOf(offer.benefit), 0),
    gifts: offers.filter(({ offer: { offer } }) => isHandedOver(offer.benefit)).length,
  };
  const mayBeBetter = (minor: number) =>
    isBetter({ ...NOTHING, ...most, minor: Math.floor(minor + 1e-6) }, best);
  const chosen: (Choice | undefined)[] = products.map(() => undefined);
  const branch = (depth: number, before: number): void => {
    if (budget.steps <= 0) {
      budget.isComplete = false;
      return;
    }
    budget.steps -= 1;
    const open = amounts.reduce((all, { each, minor, last }) => {
      const isOpen = last >= depth || chosen.some((choice) => choice?.offers.includes(each));
      return isOpen ? all + minor : all;
    }, 0);
    if (!mayBeBetter(before + (afterwards[depth] ?? 0) + open)) return;
    const here = products[depth];
    if (here === undefined) {
      const taken = reckoned(chosen);
      if (taken !== undefined) keep(taken, chosen);
      return;
    }
    for (const choice of here.choices) {
      chosen[depth] = choice;
      branch(depth + 1, before + choice.mostMinor);
    }
    chosen[depth] = undefined;
  };
  branch(0, 0);
  // An amount that takes effect is spread as widely as it may, where that changes nothing else (money-7).
  for (const { each } of amounts) {
    if (!bestChoices.some((choice) => choice?.offers.includes(each))) continue;
    for (const [i, { choices }] of products.entries()) {
      const now = bestChoices[i]?.offers ?? [];
      const wider = choices.find(
        ({ offers: set }) =>
          set.length === now.length + 1 && [...now, each].every((one) => set.includes(one)),
      );
      if (wider === undefined) continue;
      const spread = bestChoices.with(i, wider);
      const taken = reckoned(spread);
      if (taken === undefined || isBetter(best, taken)) continue;
      best = taken;
      bestChoices = spread;
    }
  }
  const ownPlace = (place: number) => own[place] ?? place;
  return {
    ...best,
    cuts: best.cuts.map((cut) => ({ ...cut, at: ownPlace(cut.at) })),
    sets: best.sets.map((set) => ({ ...set, at: set.at.map(ownPlace) })),
  };
}

type Benefit = OfferAtTill['offer']['benefit'];
const pointsOf = (benefit: Benefit) => (benefit.kind === 'points' ? benefit.points : 0);
const isHandedOver = (benefit: Benefit) => benefit.kind === 'gift' && benefit.gtin === undefined;

function resultOf(
  lines: readonly BasketLine[],
  inTurn: readonly OfferAtTill[],
  applicable: readonly Applicable[],
  taken: TakenOff,
  budget: Budget,
): PricedBasket {
  const cutsAt = lines.map((): Cut[] => []);
  const ofOffer = new Map<OfferAtTill, number>();
  for (const cut of taken.cuts) {
    cutsAt[cut.at]?.push(cut);
    ofOffer.set(cut.offer, (ofOffer.get(cut.offer) ?? 0) + cut.minor);
  }
  for (const offer of taken.given) ofOffer.set(offer, 0);
  const byId = [...inTurn].sort((a, b) => (a.offer.offerId < b.offer.offerId ? -1 : 1));
  const effects = byId.flatMap((each): OfferEffect[] => {
    const minor = ofOffer.get(each);
    if (minor === undefined) return [];
    const { offerId, benefit } = each.offer;
    return [{ offerId, minor, points: pointsOf(benefit), isHandedOver: isHandedOver(benefit) }];
  });
  const priced = lines.map(({ line, quantity, unitPriceMinor }, place) => {
    const cuts = [...(cutsAt[place] ?? [])].sort((a, b) => byTurn(a.offer, b.offer));
    const off = cuts.reduce((all, { minor }) => all + minor, 0);
    const grossMinor = quantity * unitPriceMinor;
    return {
      ...{ line, grossMinor, netMinor: grossMinor - off },
      cuts: cuts.map(({ offer, minor }) => ({ offerId: offer.offer.offerId, minor })),
    };
  });
  const grossMinor = priced.reduce((all, line) => all + line.grossMinor, 0);
  const without = byId.flatMap((each) =>
    ofOffer.has(each)
      ? []
      : [{ offerId: each.offer.offerId, reason: reasonOf(lines, applicable, each) }],
  );
  return {
    grossMinor,
    cutMinor: taken.minor,
    netMinor: grossMinor - taken.minor,
    points: taken.points,
    lines: priced,
    sets: taken.sets.map(({ offer, at }) => ({
      offerId: offer.offer.offerId,
      lines: at.flatMap((place) => lines[place]?.line ?? []),
    })),
    effects,
    without,
    search: budget.isComplete ? 'complete' : 'bounded',
  };
}

/** What stands against an offer by itself; where nothing does, it is the others. */
function reasonOf(
  lines: readonly BasketLine[],
  applicable: readonly Applicable[],
  { offer, usesLeft }: OfferAtTill,
): NoEffect {
  if (offer.benefit.kind === 'information') return 'only-information';
  if ((usesLeft ?? 1) <= 0) return 'cap-reached';
  const own = applicable.find((each) => each.offer.offer === offer);
  if (own === undefined) return 'not-in-basket';
  const at = own.products.flatMap((product) => product.at).sort((a, b) => a - b);
  const solo = reckon(lines, [{ offer: own.offer, at }]);
  if (solo.kind === 'forbidden') return solo.reason;
  if (solo.minor > 0 || solo.given.length > 0) return 'another-is-better';
  return offer.benefit.kind === 'bundle' ? 'too-few-pieces' : 'nothing-to-take-off';
}
