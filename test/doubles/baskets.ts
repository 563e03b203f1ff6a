import { fc } from '@fast-check/vitest';
import type { Basket, BasketLine, OfferAtTill } from '../../kernel/domain/basket.ts';
import type { Gtin, OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';

export const gtinOf = (n: number) => String(n).padStart(14, '0') as Gtin;
const CATEGORIES = ['milk', 'wine', 'bread'];

export function aBasket(...lines: readonly Partial<BasketLine>[]): Basket {
  return {
    currency: 'EUR',
    lines: lines.map((line, i) => ({
      line: i + 1,
      gtin: gtinOf(i + 1),
      quantity: 1,
      unitPriceMinor: 100,
      ...line,
    })),
  };
}

export function atTill(
  offerId: string,
  benefit: Offer['benefit'],
  given: Partial<OfferAtTill['offer']> & Omit<OfferAtTill, 'offer'> = {},
): OfferAtTill {
  const { usesLeft, budgetLeftMinor, ...offer } = given;
  return {
    offer: { offerId: offerId as OfferId, benefit, gtins: [], categories: [], ...offer },
    usesLeft,
    budgetLeftMinor,
  };
}

export const percent = (percent: number) => ({ kind: 'percent', percent }) as const;
export const amount = (minor: number) =>
  ({ kind: 'amount', amount: { minor, currency: 'EUR' } }) as const;
export const bundle = (take: number, pay: number) => ({ kind: 'bundle', take, pay }) as const;

/** Baskets of up to `most` lines over a few products, so that offers meet. */
export const baskets = (most: number): fc.Arbitrary<Basket> =>
  fc
    .array(
      fc.record({
        product: fc.integer({ min: 1, max: 3 }),
        quantity: fc.integer({ min: 1, max: 7 }),
        unitPriceMinor: fc.oneof(
          fc.integer({ min: 0, max: 3 }),
          fc.integer({ min: 1, max: 2_000 }),
        ),
      }),
      { maxLength: most },
    )
    .map((lines) =>
      aBasket(
        ...lines.map(({ product, ...line }) => ({
          ...line,
          gtin: gtinOf(product),
          category: CATEGORIES[product - 1]!,
        })),
      ),
    );

const benefits: fc.Arbitrary<Offer['benefit']> = fc.oneof(
  fc.constantFrom(5, 10, 12.5, 33.33, 50, 99.99, 100).map(percent),
  fc.integer({ min: 1, max: 1_500 }).map(amount),
  fc.constantFrom(bundle(2, 1), bundle(3, 2), bundle(4, 2)),
  fc.integer({ min: 1, max: 50 }).map((points) => ({ kind: 'points' as const, points })),
  fc.constantFrom(
    { kind: 'gift' as const },
    { kind: 'gift' as const, gtin: gtinOf(1) },
    { kind: 'information' as const },
  ),
);
const abouts = fc.constantFrom<Pick<Offer, 'gtins' | 'categories'>>(
  { gtins: [], categories: [] },
  { gtins: [], categories: [] },
  { gtins: [gtinOf(1)], categories: [] },
  { gtins: [gtinOf(1), gtinOf(3)], categories: [] },
  { gtins: [], categories: ['wine'] },
  { gtins: [gtinOf(1)], categories: ['wine'] },
);

/** Up to `most` offers, each of another id. */
export const offersAtTill = (most: number): fc.Arbitrary<readonly OfferAtTill[]> =>
  fc
    .array(
      fc.record({
        benefit: benefits,
        about: abouts,
        stacking: fc.constantFrom('with-others' as const, 'with-others' as const, 'alone' as const),
        group: fc.constantFrom(undefined, undefined, undefined, 'a', 'b'),
        floor: fc.constantFrom(undefined, undefined, undefined, 30, 60, 90),
        usesLeft: fc.constantFrom(undefined, undefined, 0, 1),
        budgetLeftMinor: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 2_000 })),
      }),
      { maxLength: most },
    )
    .map((offers) =>
      offers.map(({ benefit, about, stacking, group, floor, usesLeft, budgetLeftMinor }, i) =>
        atTill(`o${String(i)}`, benefit, {
          ...about,
          stacking,
          ...(group !== undefined && { group }),
          ...(floor !== undefined && {
            guards: { marginFloorPercent: floor, priceEvidence: false },
          }),
          usesLeft,
          budgetLeftMinor,
        }),
      ),
    );
