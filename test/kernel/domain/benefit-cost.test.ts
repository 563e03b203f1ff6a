import { expect, test } from 'vitest';
import { costOfUse } from '../../../kernel/domain/benefit-cost.ts';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import type { Benefit, Offer, Product } from '../../../kernel/domain/offer.ts';
import { anOffer } from '../../doubles/members.ts';

const goods = (gtin: string, category: string, minor: number): Product => ({
  gtin: gtin as Gtin,
  name: { it: gtin, en: gtin },
  category,
  price: { minor, currency: 'EUR' },
});
const PRODUCTS = [
  goods('00000000000017', 'wine', 950),
  goods('00000000000024', 'wine', 1_999),
  goods('00000000000031', 'bread', 250),
];
const cost = (benefit: Benefit, given: Partial<Offer> = {}) =>
  costOfUse(anOffer('wine', { benefit, ...given }), PRODUCTS);
const wine = { categories: ['wine'] };

test('[backtest-5] a percentage costs its part of a piece, of the dearest at most', () => {
  expect(cost({ kind: 'percent', percent: 15 }, wine)).toEqual({
    kind: 'money',
    most: 300, // 299.85
    mean: (143 + 300) / 2,
  });
});

test('[backtest-5] three for two costs a piece, an amount itself, a gift its price, points no money', () => {
  expect(cost({ kind: 'bundle', take: 3, pay: 2 }, wine)).toMatchObject({ most: 1_999 });
  const amount = { minor: 500, currency: 'EUR' };
  expect(cost({ kind: 'amount', amount })).toEqual({ kind: 'money', most: 500, mean: 500 });
  const gtin = '00000000000031' as Gtin;
  expect(cost({ kind: 'gift', gtin }, wine)).toEqual({ kind: 'money', most: 250, mean: 250 });
  expect(cost({ kind: 'points', points: 80 })).toEqual({ kind: 'points', points: 80 });
  expect(cost({ kind: 'information' })).toEqual({ kind: 'nothing' });
});

test('[backtest-5] what turns on the basket, or on a price that nobody said, is not guessed', () => {
  expect(cost({ kind: 'percent', percent: 15 })).toEqual({ kind: 'unknown' });
  expect(cost({ kind: 'gift' }, wine)).toEqual({ kind: 'unknown' });
  expect(cost({ kind: 'percent', percent: 15 }, { categories: ['cheese'] })).toEqual({
    kind: 'unknown',
  });
});
