import { z } from 'zod';
import { CurrencySchema } from './money.ts';
import { SogliaError } from '../errors.ts';
import { GtinSchema, type OfferId } from './ids.ts';
import type { Offer } from './offer.ts';

/**
 * Largest counts and prices at a till: every product of them with a share in hundredths of a percent stays exact in a double.
 */
export const MOST_LINES = 500;
export const MOST_PIECES = 1_000;
const MOST_MINOR = 100_000_000;

/** A line of the till's receipt: pieces of one product at one price. What is weighed is one piece at its own price. */
export const BasketLineSchema = z.object({
  /** The till's own number of the line: cuts name it, and it decides where nothing else does. */
  line: z.int().min(1).max(9_999),
  gtin: GtinSchema,
  category: z.string().max(63).optional(),
  quantity: z.int().min(1).max(MOST_PIECES),
  /** Tax included, in the currency's smallest unit. */
  unitPriceMinor: z.int().min(0).max(MOST_MINOR),
});
export type BasketLine = z.infer<typeof BasketLineSchema>;

/** For a list of lines: each is named once. */
export function noLineTwice(
  lines: readonly { readonly line: number }[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<number>();
  for (const [i, { line }] of lines.entries()) {
    if (seen.has(line))
      context.addIssue({
        code: 'custom',
        path: [i, 'line'],
        message: `${String(line)} is there twice`,
      });
    seen.add(line);
  }
}

export const BasketSchema = z.object({
  currency: CurrencySchema,
  lines: z.array(BasketLineSchema).max(MOST_LINES).superRefine(noLineTwice),
});
export type Basket = z.infer<typeof BasketSchema>;

/** An offer that may be used in this basket, with what is left of it. */
export interface OfferAtTill {
  readonly offer: Pick<
    Offer,
    'offerId' | 'benefit' | 'gtins' | 'categories' | 'group' | 'stacking' | 'guards'
  >;
  /** How many more baskets may have it; undefined: any number. */
  readonly usesLeft?: number | undefined;
  /** How much more may be given away for it, in minor units; undefined: any amount. */
  readonly budgetLeftMinor?: number | undefined;
}

/** Why an offer takes no effect in a basket. */
export const NO_EFFECTS = [
  'only-information',
  'cap-reached',
  'not-in-basket',
  'too-few-pieces',
  'nothing-to-take-off',
  'below-margin-floor',
  'budget-spent',
  'another-is-better',
] as const;
export type NoEffect = (typeof NO_EFFECTS)[number];

export interface PricedLine {
  readonly line: number;
  readonly grossMinor: number;
  /** In the order in which they are reckoned, each on what the one before left (money-4). */
  readonly cuts: readonly { readonly offerId: OfferId; readonly minor: number }[];
  readonly netMinor: number;
}
export interface OfferEffect {
  readonly offerId: OfferId;
  /** Taken off in all; 0 for points and for a gift that is handed over. */
  readonly minor: number;
  readonly points: number;
  /** A gift that is handed over beside the basket. */
  readonly isHandedOver: boolean;
}
export interface PricedBasket {
  readonly grossMinor: number;
  readonly cutMinor: number;
  readonly netMinor: number;
  readonly points: number;
  /** In the order of their numbers. */
  readonly lines: readonly PricedLine[];
  /** Of each bundle that took something off the lines with pieces in its sets. */
  readonly sets: readonly { readonly offerId: OfferId; readonly lines: readonly number[] }[];
  /** By id. */
  readonly effects: readonly OfferEffect[];
  readonly without: readonly { readonly offerId: OfferId; readonly reason: NoEffect }[];
  /** `bounded`: not every combination was tried, and this is the best of those that were (money-8). */
  readonly search: 'complete' | 'bounded';
}

/** @throws {SogliaError} 'request/invalid' naming field and reason */
export function checkOffers({ currency }: Basket, offers: readonly OfferAtTill[]): void {
  const seen = new Set<OfferId>();
  for (const [i, { offer, usesLeft, budgetLeftMinor }] of offers.entries()) {
    const { offerId, benefit } = offer;
    if (seen.has(offerId)) throw invalid(i, 'offer.offerId', `${offerId} is there twice`);
    seen.add(offerId);
    if (benefit.kind === 'amount' && benefit.amount.currency !== currency)
      throw invalid(
        i,
        'offer.benefit.amount.currency',
        `${benefit.amount.currency}, and the basket is in ${currency}`,
      );
    for (const [field, left] of Object.entries({ usesLeft, budgetLeftMinor }))
      if (left !== undefined && !Number.isSafeInteger(left))
        throw invalid(i, field, `${String(left)} is no whole number`);
  }
}

function invalid(index: number, field: string, reason: string): SogliaError {
  return new SogliaError('request/invalid', `offers.${String(index)}.${field}: ${reason}`);
}
