import { leftOf, NO_SLICE, type Slice } from '../../kernel/domain/escrow.ts';
import type { EpochMs, OfferId, Pseudonym } from '../../kernel/domain/ids.ts';
import { type LedgerView, SHOWN_A_DAY } from '../../kernel/domain/ledger.ts';
import { isLiable, worthOf } from '../../kernel/domain/liability.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import type { OfferCount, StoreReads } from '../reads.ts';
import { type UseMoment, type UseTerms, useTermsOf } from '../writes.ts';
import type { PriceJournal } from './price-journal.ts';

const DAY_MS = 86_400_000;

type LedgerReads = Pick<
  StoreReads,
  'offerCounts' | 'offerCount' | 'owed' | 'shownOfDay' | 'usesOfPerson'
>;

/**
 * What the store has counted, as decisions see it: always as it is on disk. The sums lie in memory; whatever a write may have
 * changed is read anew before the next decision, so that nothing is counted twice that came true in between. What is given
 * away is counted again where it is given, in the writer's own transaction.
 */
export class StoreLedger {
  readonly #reads: LedgerReads;
  readonly #prices: Pick<PriceJournal, 'evidence' | 'version'>;
  readonly #storeTime: (at: EpochMs) => StoreTime;
  /** Minor units. */
  readonly #owedAtMost: number;
  #counts = new Map<OfferId, OfferCount>();
  /** Never the same number for other sums, also after a restart: whatever changes makes it larger. */
  #version = 0;
  #day = '';
  #isStale = true;
  readonly #changed = new Set<OfferId>();

  constructor(
    reads: LedgerReads,
    storeTime: (at: EpochMs) => StoreTime,
    prices: Pick<PriceJournal, 'evidence' | 'version'>,
    owedAtMost: number,
  ) {
    this.#owedAtMost = owedAtMost;
    this.#reads = reads;
    this.#prices = prices;
    this.#storeTime = storeTime;
  }

  /** @param pseudonym - who may be followed; undefined: nobody */
  view(pseudonym: Pseudonym | undefined, now: EpochMs): LedgerView {
    const day = this.#storeTime(now).date;
    this.#refresh(day);
    const shown = pseudonym === undefined ? 0 : this.#reads.shownOfDay(pseudonym, day);
    const countOf = (offerId: OfferId) => this.#counts.get(offerId) ?? NOT_COUNTED;
    return {
      version: this.#version + this.#prices.version,
      usesOfPerson: ({ offerId, caps }) =>
        pseudonym === undefined || caps?.perPerson === undefined
          ? undefined
          : this.#reads.usesOfPerson(pseudonym, offerId, now - caps.perPerson.days * DAY_MS),
      usesToday: (offerId) => countOf(offerId).usesOfDay,
      sliceLeft: (offerId) => {
        const { slice } = countOf(offerId);
        return slice && leftOf(slice);
      },
      budgetLeft: (offerId) => {
        const { money } = countOf(offerId);
        return money && leftOf(money);
      },
      fatigueLeft: Math.max(0, SHOWN_A_DAY - shown),
      outcomes: (offerId) => {
        const { exposed, accepted, voided } = countOf(offerId);
        return { exposed, accepted: accepted - voided };
      },
      priceEvidence: (offer) => this.#prices.evidence(offer, day),
    };
  }

  /** What a use of this offer has to keep to. */
  termsOf(offer: Offer, now: EpochMs): UseTerms {
    return useTermsOf(offer, this.moment(now));
  }

  moment(at: EpochMs): UseMoment {
    return { at, storeDay: this.#storeTime(at).date, owedAtMost: this.#owedAtMost };
  }

  /** Whether the store may give all of these away, as far as it owes until HQ has heard of it. */
  mayOwe(offers: readonly Offer[]): boolean {
    const worth = offers.reduce((sum, offer) => sum + (worthOf(offer) ?? 0), 0);
    return worth === 0 || isLiable({ cap: this.#owedAtMost, open: this.#reads.owed() }, worth);
  }

  /** Uses or exposures of these came true. */
  changed(offerIds: readonly OfferId[]): void {
    for (const offerId of offerIds) this.#changed.add(offerId);
  }

  /** HQ's words on slices, or uses made void, came true. */
  allChanged(): void {
    this.#isStale = true;
  }

  #refresh(day: string): void {
    if (this.#isStale || day !== this.#day) {
      this.#counts = new Map(this.#reads.offerCounts(day));
      this.#version = 0;
      for (const count of this.#counts.values()) this.#version += weightOf(count);
    } else {
      for (const offerId of this.#changed) {
        const count = this.#reads.offerCount(offerId, day);
        this.#version += weightOf(count) - weightOf(this.#counts.get(offerId) ?? NOT_COUNTED);
        this.#counts.set(offerId, count);
      }
    }
    this.#day = day;
    this.#isStale = false;
    this.#changed.clear();
  }
}

const NOT_COUNTED: OfferCount = {
  ...{ exposed: 0, accepted: 0, voided: 0, usesOfDay: 0 },
  ...{ slice: undefined, money: undefined },
};

/** What only grows. */
function weightOf({ exposed, accepted, voided, slice, money }: OfferCount): number {
  return exposed + accepted + voided + grownOf(slice) + grownOf(money);
}

function grownOf({ granted, returned, spent, givenBack }: Slice = NO_SLICE): number {
  return granted + returned + spent + givenBack;
}
