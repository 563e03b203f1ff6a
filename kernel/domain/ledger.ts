import type { Outcomes } from './chance.ts';
import type { OfferId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { PriceEvidence } from './price-history.ts';

/**
 * What a store has counted and may still spend, as a decision sees it: of this person where they may be followed, of this
 * store, and of the slices that HQ gave it.
 */
export interface LedgerView {
  /** Changes with everything below: a replay needs the same one. */
  readonly version: number;
  /** Uses by this person within the offer's own period; undefined where nobody is known. */
  usesOfPerson(offer: Offer): number | undefined;
  usesToday(offerId: OfferId): number;
  /** How many more times this store may give it; undefined where no slice bounds it. */
  sliceLeft(offerId: OfferId): number | undefined;
  /** How much more this store may give away for it, in minor units; undefined where no slice bounds it. */
  budgetLeft(offerId: OfferId): number | undefined;
  /** How many more offers the person may be shown today on all surfaces of this store. */
  readonly fatigueLeft: number;
  outcomes(offerId: OfferId): Outcomes;
  /** Whether a price cut may be announced for the offer's products, by what they cost here before. */
  priceEvidence(offer: Offer): PriceEvidence;
}

/**
 * Offers that one person is shown in a day, on all surfaces of a store: its slice of their attention. HQ's own messages
 * have theirs.
 */
export const SHOWN_A_DAY = 30;

const NONE: Outcomes = { exposed: 0, accepted: 0 };
/** Nothing counted, nothing bounded, and no price on record. */
export const EMPTY_LEDGER: LedgerView = {
  version: 0,
  usesOfPerson: () => undefined,
  usesToday: () => 0,
  sliceLeft: () => undefined,
  budgetLeft: () => undefined,
  fatigueLeft: Infinity,
  outcomes: () => NONE,
  priceEvidence: ({ gtins }) => ({ kind: 'not-on-record', gtins }),
};

export type CapRejection =
  | 'cap-of-person'
  | 'cap-of-day'
  | 'slice-spent'
  | 'budget-spent'
  | 'price-not-on-record'
  | 'price-not-cut';

/** Whether no more of it may be used here, whoever may still be shown it. */
export function isAtCap(offer: Offer, ledger: LedgerView): boolean {
  const cap = capAgainst(offer, ledger);
  return cap === 'cap-of-person' || cap === 'cap-of-day' || cap === 'slice-spent';
}

/** What of the ledger stands against an offer, the person's own cap first. */
export function capAgainst(offer: Offer, ledger: LedgerView): CapRejection | undefined {
  const { offerId, caps, guards } = offer;
  const perPerson = caps?.perPerson?.times;
  if (perPerson !== undefined && (ledger.usesOfPerson(offer) ?? 0) >= perPerson)
    return 'cap-of-person';
  if (caps?.perStoreAndDay !== undefined && ledger.usesToday(offerId) >= caps.perStoreAndDay)
    return 'cap-of-day';
  const slice = ledger.sliceLeft(offerId);
  // A total that no slice was cut from for this store is somebody else's to spend.
  if (slice === undefined ? caps?.total !== undefined : slice <= 0) return 'slice-spent';
  if (offer.budget !== undefined && (ledger.budgetLeft(offerId) ?? 0) <= 0) return 'budget-spent';
  if (guards?.priceEvidence !== true) return undefined;
  const evidence = ledger.priceEvidence(offer);
  if (evidence.kind === 'on-record') return undefined;
  return evidence.kind === 'not-cut' ? 'price-not-cut' : 'price-not-on-record';
}
