import { hundredths, shareOf } from './basket-cuts.ts';
import type { Offer, Product } from './offer.ts';

/** What one use of an offer costs the shop, before any guard of the till. */
export type UseCost =
  /** In minor units: of its dearest product, and of its products on average. */
  | { readonly kind: 'money'; readonly most: number; readonly mean: number }
  | { readonly kind: 'points'; readonly points: number }
  | { readonly kind: 'nothing' }
  /** It turns on the basket, or on a price that is not known. */
  | { readonly kind: 'unknown' };

/** A use is of one piece, or of one set where several are sold together. */
export function costOfUse(offer: Offer, products: readonly Product[]): UseCost {
  const { benefit } = offer;
  switch (benefit.kind) {
    case 'information':
      return { kind: 'nothing' };
    case 'points':
      return { kind: 'points', points: benefit.points };
    case 'amount':
      return { kind: 'money', most: benefit.amount.minor, mean: benefit.amount.minor };
    case 'percent':
      return ofPrices(offer, products, (price) => shareOf(price, hundredths(benefit.percent)));
    case 'bundle':
      return ofPrices(offer, products, (price) => price * (benefit.take - benefit.pay));
    case 'gift': {
      const given = products.find(({ gtin }) => gtin === benefit.gtin)?.price.minor;
      return given === undefined
        ? { kind: 'unknown' }
        : { kind: 'money', most: given, mean: given };
    }
  }
}

function ofPrices(
  { gtins, categories }: Offer,
  products: readonly Product[],
  costAt: (priceMinor: number) => number,
): UseCost {
  const about = products.filter(
    ({ gtin, category }) => gtins.includes(gtin) || categories.includes(category),
  );
  if (about.length === 0) return { kind: 'unknown' };
  const costs = about.map(({ price }) => costAt(price.minor));
  const most = costs.reduce((dearest, cost) => Math.max(dearest, cost), 0);
  const mean = costs.reduce((all, cost) => all + cost, 0) / costs.length;
  return { kind: 'money', most, mean };
}
