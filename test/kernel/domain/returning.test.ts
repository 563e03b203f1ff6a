import { expect, test } from 'vitest';
import type { Basket, OfferAtTill } from '../../../kernel/domain/basket.ts';
import { priceBasket } from '../../../kernel/domain/basket-best.ts';
import { type Pieces, remainingOf, returnOf, type Sold } from '../../../kernel/domain/returning.ts';
import { soldLinesOf } from '../../../kernel/domain/sold-lines.ts';
import { aBasket, amount, atTill, bundle, gtinOf, percent } from '../../doubles/baskets.ts';

const together = { stacking: 'with-others' } as const;

function soldAs(basket: Basket, offers: readonly OfferAtTill[], points = 0): Sold {
  const kept = new Set(offers.map(({ offer }) => offer.offerId));
  return { points, lines: soldLinesOf(basket, priceBasket(basket, offers), kept) };
}
/** What comes back of it, one after the other. */
function back(sold: Sold, ...asked: readonly Pieces[]) {
  let now = sold;
  return asked.map((pieces) => {
    const returned = returnOf(now, [pieces]);
    if (returned.kind === 'refused') throw new Error(returned.reason);
    now = returned.sold;
    return returned;
  });
}

test('[money-10] one of three pieces is paid back with its share of the cut, each rounded by what came before', () => {
  const basket = aBasket({ quantity: 3, unitPriceMinor: 990 });
  const sold = soldAs(basket, [atTill('fifth', percent(20))]); // 23.76 for three
  const one = { line: 1, quantity: 1 };
  expect(back(sold, one, one, one).map(({ paidMinor }) => paidMinor)).toEqual([792, 792, 792]);
  const euro = soldAs(basket, [atTill('euro', amount(100))]); // 28.70
  expect(back(euro, one, one, one).map(({ paidMinor }) => paidMinor)).toEqual([957, 956, 957]);
  expect(back(euro, one, { line: 1, quantity: 2 }).map(({ offers }) => offers)).toEqual([
    [{ offerId: 'euro', minor: 33 }],
    [{ offerId: 'euro', minor: 67 }],
  ]);
});

test('[money-11] points go by what is paid back, rounded down, and all of them with the last piece', () => {
  const basket = aBasket({ unitPriceMinor: 100 }, { unitPriceMinor: 200 }, { unitPriceMinor: 0 });
  const [cheap, dear, free] = [1, 2, 3].map((line) => ({ line, quantity: 1 }));
  const points = (...asked: Pieces[]) =>
    back(soldAs(basket, [], 10), ...asked).map((each) => each.points);
  expect(points(cheap!, dear!, free!)).toEqual([3, 7, 0]);
  expect(points(free!, dear!, cheap!)).toEqual([0, 6, 4]);
  const gratis = soldAs(aBasket({ quantity: 2, unitPriceMinor: 0 }), [], 10);
  const one = { line: 1, quantity: 1 };
  expect(back(gratis, one, one).map((each) => each.points)).toEqual([0, 10]);
});

test('[money-12] whoever keeps the free piece of three for two has paid for it', () => {
  const wine = { gtin: gtinOf(1), category: 'wine', unitPriceMinor: 990 };
  const other = { gtin: gtinOf(2), unitPriceMinor: 500 };
  const sold = soldAs(aBasket(wine, wine, other, wine), [
    atTill('3for2', bundle(3, 2), { categories: ['wine'] }),
  ]);
  expect(sold.lines.map(({ paidMinor }) => paidMinor)).toEqual([660, 660, 500, 660]);
  const [first, second] = back(sold, { line: 1, quantity: 1 }, { line: 2, quantity: 1 });
  expect(first).toMatchObject({ paidMinor: 660, offers: [{ offerId: '3for2', minor: 330 }] });
  expect(remainingOf(second!.sold)).toMatchObject({ netMinor: 1_160 });
  expect([first!.over, second!.over]).toEqual([[], []]);
  expect(back(second!.sold, { line: 4, quantity: 1 })[0]!.over).toEqual(['3for2']);
});

test('[money-12] sets that share a line are paid together', () => {
  const basket = aBasket({}, { quantity: 2 }, {});
  const [a, b, c] = basket.lines.map(({ gtin }) => gtin);
  const sold = soldAs(basket, [
    atTill('first', bundle(2, 1), { gtins: [a!, b!], ...together }),
    atTill('second', bundle(2, 1), { gtins: [b!, c!], ...together }),
  ]);
  expect(sold.lines.map(({ paidMinor }) => paidMinor)).toEqual([50, 100, 50]);
});

test('[money-12] a gift of the basket comes back for nothing, and leaves the price of what it was given for', () => {
  const basket = aBasket({ category: 'a' }, { unitPriceMinor: 200 });
  const gift = { kind: 'gift', gtin: gtinOf(2) } as const;
  const sold = soldAs(basket, [atTill('gift', gift, { categories: ['a'] })]);
  expect(sold.lines.map(({ paidMinor }) => paidMinor)).toEqual([100, 0]);
});

test('[pos-7] an offer has taken no effect once nothing is left of the lines that it was on; one of points, of the purchase', () => {
  const basket = aBasket({ quantity: 2 }, {}, { unitPriceMinor: 50 });
  const sold = soldAs(basket, [
    atTill('tenth', percent(10), { gtins: [gtinOf(1), gtinOf(2)] }),
    atTill('seven', { kind: 'points', points: 7 }, together),
    atTill('handed', { kind: 'gift' }, together),
  ]);
  const steps = back(sold, ...[2, 1, 1, 3].map((line) => ({ line, quantity: 1 })));
  expect(steps.map(({ over }) => over)).toEqual([[], [], ['tenth'], ['seven']]);
  expect(steps.map(({ isAll }) => isAll)).toEqual([false, false, false, true]);
});
