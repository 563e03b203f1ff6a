import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { Basket, OfferAtTill, PricedBasket } from '../../../kernel/domain/basket.ts';
import { priceBasket } from '../../../kernel/domain/basket-best.ts';
import { byTurn, reckon } from '../../../kernel/domain/basket-cuts.ts';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import { aBasket, atTill, baskets, gtinOf, offersAtTill } from '../../doubles/baskets.ts';
import { runs } from '../../support/runs.ts';

const numRuns = runs(1_500);
const situations = fc.tuple(baskets(6), offersAtTill(5));

test('[money-2] sums reconcile to the cent: line by line, offer by offer, and in all', () => {
  const property = fc.property(situations, ([basket, offers]) => {
    const priced = priceBasket(basket, offers);
    for (const [i, { line, grossMinor, netMinor, cuts }] of priced.lines.entries()) {
      const { quantity, unitPriceMinor } = basket.lines[i]!;
      expect({ line, grossMinor }).toEqual({ line: i + 1, grossMinor: quantity * unitPriceMinor });
      expect(netMinor).toBe(grossMinor - sum(cuts));
      for (const { minor } of cuts) expect(Number.isSafeInteger(minor) && minor > 0).toBe(true);
    }
    const cuts = priced.lines.flatMap((line) => line.cuts);
    for (const { offerId, minor } of priced.effects)
      expect(minor).toBe(sum(cuts.filter((cut) => cut.offerId === offerId)));
    expect(priced.cutMinor).toBe(sum(priced.effects));
    expect(priced.netMinor).toBe(priced.lines.reduce((all, line) => all + line.netMinor, 0));
    expect(priced.grossMinor - priced.cutMinor).toBe(priced.netMinor);
    const told = [...priced.effects, ...priced.without].map(({ offerId }) => offerId).sort();
    expect(told).toEqual(offers.map(({ offer }) => offer.offerId).sort());
  });
  fc.assert(property, { numRuns });
});

test('[money-5] nothing falls below zero, and no piece is free but by one single offer', () => {
  const property = fc.property(situations, ([basket, offers]) => {
    const { lines } = priceBasket(basket, offers);
    for (const [i, { netMinor, cuts }] of lines.entries()) {
      expect(netMinor).toBeGreaterThanOrEqual(0);
      const { quantity, unitPriceMinor } = basket.lines[i]!;
      const frees = cuts.some(({ offerId }) => makesFree(offers, offerId));
      if (!frees && unitPriceMinor > 0) expect(netMinor).toBeGreaterThanOrEqual(quantity);
    }
  });
  fc.assert(property, { numRuns });
});

test('[money-6] groups, offers that stand alone, caps, budgets and margins are kept', () => {
  const property = fc.property(situations, ([basket, offers]) => {
    const priced = priceBasket(basket, offers);
    const used = priced.effects.map(({ offerId, minor }) => {
      return { minor, ...offers.find(({ offer }) => offer.offerId === offerId)! };
    });
    const groups = used.flatMap(({ offer }) => offer.group ?? []);
    expect(new Set(groups).size).toBe(groups.length);
    for (const { usesLeft, budgetLeftMinor, minor } of used) {
      expect(usesLeft).not.toBe(0);
      expect(minor).toBeLessThanOrEqual(budgetLeftMinor ?? Infinity);
    }
    const onProduct = new Map<Gtin, Set<string>>();
    for (const [i, { grossMinor, netMinor, cuts }] of priced.lines.entries())
      for (const { offerId } of cuts) {
        const { gtin } = basket.lines[i]!;
        onProduct.set(gtin, (onProduct.get(gtin) ?? new Set()).add(offerId));
        const { offer } = offers.find((each) => each.offer.offerId === offerId)!;
        const floor = offer.guards?.marginFloorPercent;
        if (floor !== undefined && offer.benefit.kind !== 'bundle')
          expect(netMinor * 100).toBeGreaterThanOrEqual(grossMinor * floor);
      }
    for (const ids of onProduct.values()) {
      const stacking = [...ids].map(
        (id) => offers.find(({ offer }) => offer.offerId === id)!.offer.stacking,
      );
      if (stacking.includes('alone')) expect(ids.size).toBe(1);
    }
  });
  fc.assert(property, { numRuns });
});

test('[money-1] the order of lines and offers does not matter', () => {
  const shuffled = situations.chain(([basket, offers]) =>
    fc.record({
      basket: fc.constant(basket),
      offers: fc.constant(offers),
      lines: fc.shuffledSubarray(basket.lines, { minLength: basket.lines.length }),
      others: fc.shuffledSubarray([...offers], { minLength: offers.length }),
    }),
  );
  const property = fc.property(shuffled, ({ basket, offers, lines, others }) => {
    expect(priceBasket({ ...basket, lines }, others)).toEqual(priceBasket(basket, offers));
  });
  fc.assert(property, { numRuns });
});

test('[money-7] of small baskets every combination is tried, and none is better', () => {
  const small = fc.tuple(baskets(4), offersAtTill(3));
  const property = fc.property(small, ([basket, offers]) => {
    const priced = priceBasket(basket, offers);
    expect(priced.search).toBe('complete');
    expect(worthOf(priced)).toEqual(bestByTryingAll(basket, offers));
  });
  fc.assert(property, { numRuns: runs(600) });
});

test('[money-7] another offer never makes the customer pay more', () => {
  const property = fc.property(baskets(6), offersAtTill(5), (basket, offers) => {
    const before = priceBasket(basket, offers.slice(1));
    const after = priceBasket(basket, offers);
    expect(after.netMinor).toBeLessThanOrEqual(before.netMinor);
    expect({ before: before.search, after: after.search }).toEqual({
      before: 'complete',
      after: 'complete',
    });
  });
  fc.assert(property, { numRuns });
});

test('[money-8] when the bound is reached the best so far stands, within all rules, and says so', () => {
  const property = fc.property(situations, fc.integer({ min: 0, max: 60 }), (given, steps) => {
    const [basket, offers] = given;
    const bounded = priceBasket(basket, offers, steps);
    const whole = priceBasket(basket, offers);
    expect(bounded.netMinor).toBeGreaterThanOrEqual(whole.netMinor);
    expect(bounded.netMinor).toBe(bounded.grossMinor - sum(bounded.effects));
    if (bounded.search === 'complete') expect(worthOf(bounded)).toEqual(worthOf(whole));
  });
  fc.assert(property, { numRuns });
});

test('[money-8] a large basket under many offers is priced within the bound', () => {
  const lines = Array.from({ length: 500 }, (_, i) => ({
    gtin: gtinOf((i % 120) + 1),
    quantity: (i % 9) + 1,
    unitPriceMinor: 50 + ((i * 37) % 900),
  }));
  const offers = Array.from({ length: 40 }, (_, i) =>
    atTill(
      `o${String(i)}`,
      i % 3 === 0
        ? { kind: 'percent', percent: 5 + i }
        : i % 3 === 1
          ? { kind: 'bundle', take: 3, pay: 2 }
          : { kind: 'amount', amount: { minor: 300 + i, currency: 'EUR' } },
      {
        gtins: i % 4 === 0 ? [] : [gtinOf(i), gtinOf(i + 7), gtinOf(2 * i + 3)],
        stacking: i % 2 === 0 ? 'with-others' : 'alone',
      },
    ),
  );
  const basket = aBasket(...lines);
  const priced = priceBasket(basket, offers);
  expect(priced.netMinor).toBe(priced.grossMinor - sum(priced.effects));
  expect(priced.search).toBe('bounded');
  const byThemselves = offers.map((offer) => priceBasket(basket, [offer]).cutMinor);
  expect(priced.cutMinor).toBeGreaterThan(Math.max(...byThemselves));
});

const sum = (parts: readonly { readonly minor: number }[]) =>
  parts.reduce((all, { minor }) => all + minor, 0);

function makesFree(offers: readonly OfferAtTill[], offerId: string): boolean {
  const benefit = offers.find(({ offer }) => offer.offerId === offerId)?.offer.benefit;
  if (benefit?.kind === 'percent') return benefit.percent === 100;
  return benefit?.kind === 'gift' || benefit?.kind === 'bundle';
}

interface Worth {
  readonly minor: number;
  readonly points: number;
  readonly gifts: number;
}
const worthOf = ({ cutMinor, points, effects }: PricedBasket): Worth => ({
  ...{ minor: cutMinor, points },
  gifts: effects.filter(({ isHandedOver }) => isHandedOver).length,
});

/** Each offer on each of its products or not: every way that the rules allow, one after the other. */
function bestByTryingAll({ lines }: Basket, offers: readonly OfferAtTill[]): Worth {
  const inTurn = offers.filter(({ usesLeft }) => usesLeft !== 0).sort(byTurn);
  const pairs = inTurn.flatMap((offer) => {
    const { gtins, categories, benefit } = offer.offer;
    const isAll = gtins.length + categories.length === 0;
    const about = lines.filter(
      ({ gtin, category }) => isAll || gtins.includes(gtin) || categories.includes(category ?? '-'),
    );
    if (benefit.kind === 'information') return [];
    const own =
      benefit.kind === 'gift' && benefit.gtin !== undefined && about.length > 0
        ? lines.filter(({ gtin }) => gtin === benefit.gtin)
        : about;
    return [...new Set(own.map(({ gtin }) => gtin))].map((gtin) => ({ offer, gtin }));
  });
  let best: Worth = { minor: 0, points: 0, gifts: 0 };
  for (let mask = 0; mask < 2 ** pairs.length; mask += 1) {
    const chosen = pairs.filter((_, i) => (mask >> i) % 2 === 1);
    if (!isAllowed(chosen)) continue;
    const takings = inTurn.flatMap((offer) => {
      const own = new Set(chosen.flatMap((pair) => (pair.offer === offer ? [pair.gtin] : [])));
      const at = [...lines.keys()].filter((place) => own.has(lines[place]!.gtin));
      return at.length === 0 ? [] : [{ offer, at }];
    });
    const reckoning = reckon(lines, takings);
    if (reckoning.kind === 'forbidden') continue;
    const { minor, points, gifts } = reckoning;
    const more = minor - best.minor || points - best.points || gifts - best.gifts;
    if (more > 0) best = { minor, points, gifts };
  }
  return best;
}

function isAllowed(chosen: readonly { readonly offer: OfferAtTill; readonly gtin: Gtin }[]) {
  return chosen.every(({ offer, gtin }) =>
    chosen.every((other) => {
      if (other.offer === offer) return true;
      const { group, stacking } = offer.offer;
      if (group !== undefined && other.offer.offer.group === group) return false;
      return other.gtin !== gtin || stacking === 'with-others';
    }),
  );
}
