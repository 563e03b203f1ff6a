import type { BasketLine, OfferAtTill } from './basket.ts';
import { reckon, type TakenOff, type Taking } from './basket-cuts.ts';
import type { Applicable, Budget, Choice, Cluster } from './basket-clusters.ts';

export const NOTHING: TakenOff = {
  ...{ kind: 'taken', minor: 0, points: 0, gifts: 0 },
  ...{ cuts: [], given: [], sets: [] },
};

/** More off; of equals more points, then more gifts. */
export function isBetter(a: TakenOff, b: TakenOff): boolean {
  return (a.minor - b.minor || a.points - b.points || a.gifts - b.gifts) > 0;
}

/** The best choices for a cluster: a climb from several starts, then branch and bound for all that may be better. */
export function searched(lines: readonly BasketLine[], cluster: Cluster, budget: Budget): TakenOff {
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
export const pointsOf = (benefit: Benefit) => (benefit.kind === 'points' ? benefit.points : 0);
export const isHandedOver = (benefit: Benefit) =>
  benefit.kind === 'gift' && benefit.gtin === undefined;
