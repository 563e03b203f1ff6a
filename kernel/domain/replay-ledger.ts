import type { Outcomes } from './chance.ts';
import type { EpochMs, Gtin, OfferId, Pseudonym } from './ids.ts';
import { type LedgerView, SHOWN_A_DAY } from './ledger.ts';
import type { Offer } from './offer.ts';
import { type PriceHistory, priceEvidence } from './price-history.ts';

/** What the store has counted before the replay; it counts its own uses on top. */
export interface CountedBefore {
  readonly outcomes: (offerId: OfferId) => Outcomes;
  /** Uses that this store may give; undefined where no slice was cut. */
  readonly sliceLeft: (offerId: OfferId) => number | undefined;
  /** What this store may give away, in minor units; undefined where no slice was cut. */
  readonly budgetLeft: (offerId: OfferId) => number | undefined;
  /** What a product cost here, as a price cut is measured by it. */
  readonly priceHistory: (gtin: Gtin) => PriceHistory | undefined;
}

/** What of the offers bears on it. */
interface CountedOffers {
  readonly offers: readonly Offer[];
  /** No slice is cut of these yet: the whole total and budget count as this store's. */
  readonly fresh: ReadonlySet<OfferId>;
}

const DAY_MS = 86_400_000;

/** Fatigue and caps, counted from the beginning of the replay. */
export class ReplayLedger {
  readonly #offers: CountedOffers;
  readonly #counted: CountedBefore;
  readonly #shownToday = new Map<Pseudonym, number>();
  readonly #usesToday = new Map<OfferId, number>();
  readonly #uses = new Map<OfferId, number>();
  readonly #totals = new Map<OfferId, number>();
  readonly #budgets = new Map<OfferId, number>();
  readonly #usesOfPerson = new Map<string, EpochMs[]>();
  #day = '';
  #version = 0;

  constructor(offers: CountedOffers, counted: CountedBefore) {
    this.#offers = offers;
    this.#counted = counted;
    for (const { offerId, caps, budget } of offers.offers) {
      if (!offers.fresh.has(offerId)) continue;
      if (caps?.total !== undefined) this.#totals.set(offerId, caps.total);
      if (budget !== undefined) this.#budgets.set(offerId, budget.minor);
    }
  }

  view(pseudonym: Pseudonym, day: string, now: EpochMs): LedgerView {
    if (day !== this.#day) {
      this.#day = day;
      this.#shownToday.clear();
      this.#usesToday.clear();
    }
    return {
      version: this.#version,
      usesOfPerson: ({ offerId, caps }) => {
        if (caps?.perPerson === undefined) return undefined;
        const since = now - caps.perPerson.days * DAY_MS;
        const uses = this.#usesOfPerson.get(`${pseudonym}/${offerId}`) ?? [];
        return uses.filter((at) => at > since).length;
      },
      usesToday: (offerId) => this.#usesToday.get(offerId) ?? 0,
      sliceLeft: (offerId) => {
        const slice = this.#totals.get(offerId) ?? this.#counted.sliceLeft(offerId);
        return slice === undefined ? undefined : slice - (this.#uses.get(offerId) ?? 0);
      },
      // As it is before the replay: what a use takes off turns on a basket that nobody kept.
      budgetLeft: (offerId) => this.#budgets.get(offerId) ?? this.#counted.budgetLeft(offerId),
      fatigueLeft: Math.max(0, SHOWN_A_DAY - (this.#shownToday.get(pseudonym) ?? 0)),
      outcomes: (offerId) => this.#counted.outcomes(offerId),
      priceEvidence: (offer) => priceEvidence(offer, this.#counted.priceHistory, day),
    };
  }

  sliceAtFirst({ offerId, caps }: Offer): number | undefined {
    if (caps?.total === undefined) return undefined;
    return this.#offers.fresh.has(offerId) ? caps.total : this.#counted.sliceLeft(offerId);
  }

  show(pseudonym: Pseudonym, offers: number): void {
    this.#shownToday.set(pseudonym, (this.#shownToday.get(pseudonym) ?? 0) + offers);
    this.#version += offers;
  }

  use({ offerId, caps }: Offer, pseudonym: Pseudonym, at: EpochMs): void {
    this.#uses.set(offerId, (this.#uses.get(offerId) ?? 0) + 1);
    this.#usesToday.set(offerId, (this.#usesToday.get(offerId) ?? 0) + 1);
    this.#version += 1;
    if (caps?.perPerson === undefined) return;
    const key = `${pseudonym}/${offerId}`;
    const uses = this.#usesOfPerson.get(key) ?? [];
    uses.push(at);
    this.#usesOfPerson.set(key, uses);
  }
}
