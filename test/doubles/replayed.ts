import { Replay, type ReplayedMoment, type TomorrowsOffers } from '../../kernel/domain/backtest.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { type ConsentedRow, withConsent } from '../../kernel/domain/consent.ts';
import type { CouponId } from '../../kernel/domain/ids.ts';
import type { Offer, Product } from '../../kernel/domain/offer.ts';
import type { CountedBefore } from '../../kernel/domain/replay-ledger.ts';
import { storeTimeIn } from '../../edge/offers/store-time.ts';
import { newId } from './facts.ts';
import { aMember, NOON } from './members.ts';

export const NOTHING_COUNTED: CountedBefore = {
  outcomes: () => ({ exposed: 0, accepted: 0 }),
  sliceLeft: () => undefined,
  budgetLeft: () => undefined,
  priceHistory: () => undefined,
};
export const NO_COUPONS: ReadonlySet<CouponId> = new Set();

/** A card shown at the kiosk, at noon. */
export function aMoment(given: Partial<ReplayedMoment> = {}): ReplayedMoment {
  const pseudonym = given.pseudonym ?? aMember().pseudonym;
  return {
    ...{ eventId: newId(), at: NOON, pseudonym, moment: 'session', surface: 'kiosk' },
    ...{ zoneId: undefined, strength: 3, evidence: 'code', gtin: undefined },
    ...given,
  };
}

export function consented(row: CohortRow): ConsentedRow<'personalise'> {
  const subject = withConsent(row, 'personalise', { notAfter: Infinity }, NOON);
  if (subject.kind === 'refused') throw new Error(subject.reason);
  return subject;
}

/** Everybody with a yes, and nothing else of note, unless given. */
export function people(
  count: number,
  given: Parameters<typeof aMember>[0] = {},
): readonly CohortRow[] {
  return Array.from({ length: count }, () => aMember({ consents: ['personalise'], ...given }));
}

interface GivenReplay {
  readonly counted: CountedBefore;
  readonly days: number;
  readonly products: readonly Product[];
}

export function aReplay(
  offers: readonly Offer[],
  given: Partial<Omit<TomorrowsOffers, 'products'> & GivenReplay> = {},
): Replay {
  const { counted = NOTHING_COUNTED, days = 7, products = [], ...more } = given;
  const bundle = { version: 7, offers: [...offers], products: [...products] };
  const all = { ...bundle, fresh: new Set<never>(), ...more };
  return new Replay(all, { storeTime: storeTimeIn('Europe/Rome'), counted, days });
}
