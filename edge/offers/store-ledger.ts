import { leftOf, type Slice } from '../../kernel/domain/escrow.ts';
import type { EpochMs, OfferId, Pseudonym } from '../../kernel/domain/ids.ts';
import { type LedgerView, SHOWN_A_DAY } from '../../kernel/domain/ledger.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import type { LedgerSums, StoreReads } from '../reads.ts';
import type { UseTerms } from '../writes.ts';

const DAY_MS = 86_400_000;

/**
 * What the store has counted, as decisions see it: the sums in memory, as they were on disk at the start and with each write
 * that came true since. What is given away is counted again where it is given, in the writer's own transaction.
 */
export class StoreLedger {
  readonly #reads: Pick<StoreReads, 'ledgerSums' | 'usesOfPerson'>;
  readonly #storeTime: (at: EpochMs) => StoreTime;
  #outcomes: Map<OfferId, Counted>;
  #slices: Map<OfferId, Slice>;
  #day = '';
  #usesOfDay = new Map<OfferId, number>();
  #shownOfDay = new Map<Pseudonym, number>();
  /** Never the same number for other sums, also after a restart: whatever changes makes one of these larger. */
  #seenAndTaken = 0;
  #slicesMoved = 0;

  constructor(
    reads: Pick<StoreReads, 'ledgerSums' | 'usesOfPerson'>,
    storeTime: (at: EpochMs) => StoreTime,
    now: EpochMs,
  ) {
    this.#reads = reads;
    this.#storeTime = storeTime;
    const sums = this.#turnTo(now);
    this.#outcomes = outcomesIn(sums);
    this.#slices = new Map(sums.slices);
    this.#seenAndTaken = seenIn(this.#outcomes);
    this.#slicesMoved = movedIn(this.#slices);
  }

  /** @param pseudonym - who may be followed; undefined: nobody */
  view(pseudonym: Pseudonym | undefined, now: EpochMs): LedgerView {
    this.#turn(now);
    const shown = pseudonym === undefined ? 0 : (this.#shownOfDay.get(pseudonym) ?? 0);
    return {
      version: this.#seenAndTaken + this.#slicesMoved,
      usesOfPerson: ({ offerId, caps }) =>
        pseudonym === undefined || caps?.perPerson === undefined
          ? undefined
          : this.#reads.usesOfPerson(pseudonym, offerId, now - caps.perPerson.days * DAY_MS),
      usesToday: (offerId) => this.#usesOfDay.get(offerId) ?? 0,
      sliceLeft: (offerId) => {
        const slice = this.#slices.get(offerId);
        return slice && leftOf(slice);
      },
      budgetLeft: () => undefined,
      fatigueLeft: Math.max(0, SHOWN_A_DAY - shown),
      outcomes: (offerId) => {
        const { exposed, accepted, voided } = this.#outcomes.get(offerId) ?? NOT_COUNTED;
        return { exposed, accepted: accepted - voided };
      },
      hasPriceEvidence: () => false,
    };
  }

  /** What a use of this offer has to keep to. */
  termsOf({ offerId, caps }: Offer, now: EpochMs): UseTerms {
    const { perPerson, perStoreAndDay, total } = caps ?? {};
    return {
      offerId,
      storeDay: this.#storeTime(now).date,
      caps: {
        ...(perPerson !== undefined && {
          perPerson: { times: perPerson.times, since: now - perPerson.days * DAY_MS },
        }),
        ...(perStoreAndDay !== undefined && { perStoreAndDay }),
        isSliced: total !== undefined,
      },
    };
  }

  /** Counted on disk. */
  used({ offerId, storeDay, caps }: UseTerms, now: EpochMs): void {
    this.#turn(now);
    this.#seenAndTaken += 1;
    this.#outcome(offerId).accepted += 1;
    if (caps.perStoreAndDay !== undefined && storeDay === this.#day)
      this.#usesOfDay.set(offerId, (this.#usesOfDay.get(offerId) ?? 0) + 1);
    const slice = this.#slices.get(offerId);
    if (caps.isSliced && slice !== undefined)
      this.#slices.set(offerId, { ...slice, spent: slice.spent + 1 });
  }

  /** Counted on disk. */
  exposed(offerIds: readonly OfferId[], pseudonym: Pseudonym | undefined, now: EpochMs): void {
    this.#turn(now);
    this.#seenAndTaken += offerIds.length;
    for (const offerId of offerIds) this.#outcome(offerId).exposed += 1;
    if (pseudonym === undefined) return;
    this.#shownOfDay.set(pseudonym, (this.#shownOfDay.get(pseudonym) ?? 0) + offerIds.length);
  }

  /** Uses were made void on disk: read anew. */
  givenBack(now: EpochMs): void {
    const sums = this.#turnTo(now);
    this.#outcomes = outcomesIn(sums);
    this.#slices = new Map(sums.slices);
    this.#seenAndTaken = seenIn(this.#outcomes);
  }

  /** HQ's words on slices are on disk: read anew. */
  slicesChanged(now: EpochMs): void {
    for (const [offerId, slice] of this.#turnTo(now).slices) this.#slices.set(offerId, slice);
    this.#slicesMoved = movedIn(this.#slices);
  }

  /** Withdrawn or erased. */
  forget(pseudonym: Pseudonym): void {
    this.#shownOfDay.delete(pseudonym);
  }

  #turn(now: EpochMs): void {
    if (this.#storeTime(now).date !== this.#day) this.#turnTo(now);
  }

  #turnTo(now: EpochMs): LedgerSums {
    const day = this.#storeTime(now).date;
    const sums = this.#reads.ledgerSums(day);
    this.#day = day;
    this.#usesOfDay = new Map(sums.usesOfDay);
    this.#shownOfDay = new Map(sums.shownOfDay);
    return sums;
  }

  #outcome(offerId: OfferId): Counted {
    const known = this.#outcomes.get(offerId) ?? { ...NOT_COUNTED };
    this.#outcomes.set(offerId, known);
    return known;
  }
}

function movedIn(slices: ReadonlyMap<OfferId, Slice>): number {
  return [...slices.values()].reduce((sum, { granted, returned }) => sum + granted + returned, 0);
}

interface Counted {
  exposed: number;
  accepted: number;
  /** Of those accepted. */
  voided: number;
}
const NOT_COUNTED = { exposed: 0, accepted: 0, voided: 0 };

function outcomesIn(sums: LedgerSums): Map<OfferId, Counted> {
  return new Map(sums.outcomes.map(([offerId, counted]) => [offerId, { ...counted }]));
}

function seenIn(outcomes: ReadonlyMap<OfferId, Counted>): number {
  let sum = 0;
  for (const { exposed, accepted, voided } of outcomes.values()) sum += exposed + accepted + voided;
  return sum;
}
