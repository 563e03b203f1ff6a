import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { Bundle } from '../../kernel/domain/offer.ts';
import {
  type PricedAnswer,
  PricedAnswerSchema,
  PurchaseAnswerSchema,
} from '../../kernel/protocol/pos-api.ts';
import { aBundle, anOffer, OIL } from '../doubles/shop-goods.ts';
import type { TestedEdge } from './edge.ts';
import { aShop, settled } from './member-shop.ts';
import { until } from './until.ts';

const HOUR_MS = 3_600_000;
const OWN = {
  segments: ['wine'],
  coupons: ['wine', 'old', 'late', 'hours', 'full', 'dear'],
} as const;

/** Three bottles of oil at 9.90. */
export const basket = {
  currency: 'EUR',
  lines: [{ line: 1, gtin: OIL as string, category: 'oil', quantity: 3, unitPriceMinor: 990 }],
};

/** A till of the store, as a program of somebody else meets it. */
export async function aTill(edge: TestedEdge) {
  const token = await edge.token('till', 'till');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${edge.url}/v1/pos/${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  const price = async (codes: readonly string[] = [], of = basket): Promise<PricedAnswer> => {
    const { status, text } = await post('baskets', { basket: of, codes });
    expect(status, text).toBe(200);
    return PricedAnswerSchema.parse(JSON.parse(text));
  };
  return {
    url: edge.url,
    headers,
    post,
    price,
    /** Priced and recorded. */
    buy: async (codes: readonly string[] = [], of = basket) => {
      const priced = await price(codes, of);
      const { status, text } = await post('purchases', purchaseOf(priced, codes, { basket: of }));
      expect(status, text).toBe(200);
      const made = PurchaseAnswerSchema.parse(JSON.parse(text));
      if (made.kind !== 'recorded') throw new Error(text);
      return { ...made, priced };
    },
  };
}

export function purchaseOf(priced: PricedAnswer, codes: readonly string[], given: object = {}) {
  const effects = priced.effects.map(({ offerId, minor }) => ({ offerId, minor }));
  const { at: pricedAt, netMinor: tenderMinor } = priced;
  return { requestId: uuidv7(), basket, codes, pricedAt, effects, tenderMinor, ...given };
}

export const MORE = [
  anOffer('points', { benefit: { kind: 'points', points: 7 }, stacking: 'with-others' }),
  anOffer('old', { redemption: 'leased', validUntil: Date.now() - HOUR_MS }),
  anOffer('late', { redemption: 'leased', validFrom: Date.now() + HOUR_MS }),
  anOffer('full', { redemption: 'leased', caps: { total: 5 } }),
  anOffer('dear', { redemption: 'optimistic', valueMinor: 50_001 }), // more than a store may owe
];
export const TOGETHER = {
  bread: { stacking: 'with-others' },
  wine: { stacking: 'with-others', redemption: 'leased' },
} as const;

/** As `aShop`, with offers of which each of the member's coupons is refused for another reason. */
export async function aShopWithTill(
  offers: readonly unknown[] = [...aBundle().offers, ...MORE],
  own: Parameters<typeof aShop>[0] = OWN,
) {
  const { hq, edge, members } = await aShop(own);
  hq.publish({ ...aBundle(2), offers: offers as Bundle['offers'] });
  await until('the offers', 5_000, async () =>
    (await (await fetch(`${edge.url}/metrics`)).text()).includes('bundle_version 2'),
  );
  await settled(edge, 1);
  return { hq, edge, member: members[0], till: await aTill(edge) };
}
