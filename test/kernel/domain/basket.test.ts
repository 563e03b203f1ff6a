import { expect, test } from 'vitest';
import { BasketSchema } from '../../../kernel/domain/basket.ts';
import { priceBasket } from '../../../kernel/domain/basket-best.ts';
import { shareOf } from '../../../kernel/domain/basket-cuts.ts';
import { parse } from '../../../kernel/parse.ts';
import { aBasket, amount, atTill, bundle, gtinOf, percent } from '../../doubles/baskets.ts';

const together = { stacking: 'with-others' } as const;
const guards = (marginFloorPercent: number) => ({
  guards: { marginFloorPercent, priceEvidence: false },
});

test('[money-2] a share is rounded once for the line, half a cent up', () => {
  expect([shareOf(5, 5_000), shareOf(333, 1_000), shareOf(335, 1_000), shareOf(9, 500)]).toEqual([
    3, 33, 34, 0,
  ]);
  const { lines } = priceBasket(aBasket({ quantity: 3, unitPriceMinor: 335 }), [
    atTill('ten', percent(10)),
  ]);
  expect(lines[0]).toEqual({
    line: 1,
    grossMinor: 1_005,
    cuts: [{ offerId: 'ten', minor: 101 }],
    netMinor: 904,
  });
});

test('[money-2] the largest basket is exact', () => {
  const { cutMinor } = priceBasket(
    aBasket({ quantity: 1_000, unitPriceMinor: 100_000_000 }, { unitPriceMinor: 99_999_999 }),
    [atTill('most', percent(99.99), together), atTill('euro', amount(100), together)],
  );
  expect(cutMinor).toBe(99_990_000_000 + 99_989_999 + 100);
});

test('[money-3] gifts, bundles, percentages and amounts follow each other, each on what is left', () => {
  const basket = aBasket({ quantity: 3, unitPriceMinor: 1_000 });
  const { lines, netMinor } = priceBasket(basket, [
    atTill('d-amount', amount(150), together),
    atTill('c-tenth', percent(10), together),
    atTill('b-fifth', percent(20), together),
    atTill('e-set', bundle(3, 2), together),
  ]);
  expect(lines[0]?.cuts).toEqual([
    { offerId: 'e-set', minor: 1_000 },
    { offerId: 'b-fifth', minor: 400 },
    { offerId: 'c-tenth', minor: 160 },
    { offerId: 'd-amount', minor: 150 },
  ]);
  expect(netMinor).toBe(1_290);
});

test('[money-4] of each set the cheapest are free, filled from the dearest piece down', () => {
  const basket = aBasket(
    { category: 'wine', quantity: 2, unitPriceMinor: 900 },
    { category: 'wine', quantity: 4, unitPriceMinor: 500 },
    { category: 'wine', unitPriceMinor: 100 },
    { category: 'bread', unitPriceMinor: 5 },
  );
  const offer = atTill('3for2', bundle(3, 2), { categories: ['wine'] });
  const { lines, cutMinor } = priceBasket(basket, [offer]);
  expect(lines.map(({ cuts }) => cuts[0]?.minor ?? 0)).toEqual([0, 1_000, 0, 0]);
  expect(cutMinor).toBe(1_000);
});

test('[money-4] an amount is spread over its lines by what each can give, to the cent', () => {
  const basket = aBasket({ unitPriceMinor: 334 }, { unitPriceMinor: 334 }, { unitPriceMinor: 334 });
  const { lines } = priceBasket(basket, [atTill('euro', amount(100))]);
  expect(lines.map(({ cuts }) => cuts[0]?.minor)).toEqual([34, 33, 33]);
});

test('[money-5] cuts that stack leave a cent on each piece; one gift, bundle or 100 % may free it', () => {
  const basket = aBasket({ quantity: 2, unitPriceMinor: 300 });
  const five = (id: string) => atTill(id, amount(500), together);
  expect(priceBasket(basket, [five('a'), five('b')]).netMinor).toBe(2);
  expect(priceBasket(basket, [atTill('nearly', percent(99.99))]).netMinor).toBe(2);
  expect(priceBasket(basket, [atTill('all', percent(100))]).netMinor).toBe(0);
  const gift = atTill('gift', { kind: 'gift', gtin: gtinOf(1) }, together);
  expect(priceBasket(basket, [gift, five('a')]).netMinor).toBe(1);
});

test('[money-4] a gift is given for what it is about, and is in the basket or is handed over', () => {
  const gift = atTill('cup', { kind: 'gift', gtin: gtinOf(2) }, { gtins: [gtinOf(1)] });
  const both = aBasket({ unitPriceMinor: 400 }, { unitPriceMinor: 250 });
  expect(priceBasket(both, [gift]).cutMinor).toBe(250);
  const alone = priceBasket({ ...both, lines: both.lines.slice(1) }, [gift]);
  expect(alone.without).toEqual([{ offerId: 'cup', reason: 'not-in-basket' }]);
  const handed = atTill('mug', { kind: 'gift' }, { gtins: [gtinOf(1)] });
  expect(priceBasket(both, [handed]).effects).toEqual([
    { offerId: 'mug', minor: 0, points: 0, isHandedOver: true },
  ]);
});

test('[money-6] what stands alone is alone on its product, and not in the basket', () => {
  const basket = aBasket({ unitPriceMinor: 1_000 }, { unitPriceMinor: 1_000 });
  const { lines } = priceBasket(basket, [
    atTill('shop', percent(10)),
    atTill('milk', percent(20), { gtins: [gtinOf(1)] }),
  ]);
  expect(lines.map(({ cuts }) => cuts)).toEqual([
    [{ offerId: 'milk', minor: 200 }],
    [{ offerId: 'shop', minor: 100 }],
  ]);
});

test('[money-6] of a group the better one takes effect in the whole basket', () => {
  const basket = aBasket({ unitPriceMinor: 1_000 }, { unitPriceMinor: 2_000 });
  const priced = priceBasket(basket, [
    atTill('shop', percent(10), { group: 'cuts' }),
    atTill('milk', percent(20), { group: 'cuts', gtins: [gtinOf(1)] }),
  ]);
  expect(priced.cutMinor).toBe(300);
  expect(priced.without).toEqual([{ offerId: 'milk', reason: 'another-is-better' }]);
});

test('[money-9] each offer without effect says why', () => {
  const basket = aBasket({ quantity: 2, unitPriceMinor: 1_000 });
  const { without } = priceBasket(basket, [
    atTill('a', percent(50), guards(60)),
    atTill('b', amount(300), { budgetLeftMinor: 299 }),
    atTill('c', bundle(3, 2)),
    atTill('d', percent(10), { gtins: [gtinOf(9)] }),
    atTill('e', percent(10), { usesLeft: 0 }),
    atTill('f', { kind: 'information' }),
    atTill('g', amount(5)),
    atTill('h', percent(20)),
  ]);
  expect(Object.fromEntries(without.map(({ offerId, reason }) => [offerId, reason]))).toEqual({
    a: 'below-margin-floor',
    b: 'budget-spent',
    c: 'too-few-pieces',
    d: 'not-in-basket',
    e: 'cap-reached',
    f: 'only-information',
    g: 'another-is-better',
  });
});

test('a basket that cannot be is refused by field and reason', () => {
  const refused = (lines: object[]) => () => parse(BasketSchema, { currency: 'EUR', lines });
  const line = { line: 1, gtin: gtinOf(1), quantity: 1, unitPriceMinor: 100 };
  expect(refused([{ ...line, quantity: -1 }])).toThrow(/lines\.0\.quantity: /);
  expect(refused([{ ...line, unitPriceMinor: 9.5 }])).toThrow(/lines\.0\.unitPriceMinor: /);
  expect(refused([{ ...line, unitPriceMinor: -3 }])).toThrow(/lines\.0\.unitPriceMinor: /);
  expect(refused([{ ...line, gtin: '12' }])).toThrow(/lines\.0\.gtin: not a GTIN of 14 digits/);
  expect(refused([line, line])).toThrow('lines.1.line: 1 is there twice');
  const dollars = { kind: 'amount', amount: { minor: 100, currency: 'USD' } } as const;
  expect(() => priceBasket(aBasket({}), [atTill('a', dollars)])).toThrow(
    'offers.0.offer.benefit.amount.currency: USD, and the basket is in EUR',
  );
  const twice = [atTill('a', percent(1)), atTill('a', percent(2))];
  expect(() => priceBasket(aBasket({}), twice)).toThrow('offers.1.offer.offerId: a is there twice');
});
