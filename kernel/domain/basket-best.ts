import {
  type Basket,
  type BasketLine,
  checkOffers,
  type NoEffect,
  type OfferAtTill,
  type OfferEffect,
  type PricedBasket,
} from './basket.ts';
import { type Applicable, type Budget, clustersOf, type Product } from './basket-clusters.ts';
import { byTurn, type Cut, reckon, type TakenOff } from './basket-cuts.ts';
import { isBetter, isHandedOver, NOTHING, pointsOf, searched } from './basket-search.ts';
import type { Gtin } from './ids.ts';

/** What one basket may cost: each line under an offer is a step. Reached, the best so far stands (money-8). */
export const MOST_STEPS = 200_000;

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
