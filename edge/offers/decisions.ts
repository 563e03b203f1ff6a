import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { type Lease, plainCouponsOf, withConsent } from '../../kernel/domain/consent.ts';
import { decide } from '../../kernel/domain/decision.ts';
import {
  ANONYMOUS,
  type DecisionContext,
  type Subject,
} from '../../kernel/domain/decision-context.ts';
import type { Decision } from '../../kernel/domain/decision-result.ts';
import type { CouponId, DecisionId, EpochMs, Gtin, StationId } from '../../kernel/domain/ids.ts';
import type { LedgerView } from '../../kernel/domain/ledger.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { LowestPrice } from '../../kernel/domain/price-history.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import { toHex } from '../../kernel/hex.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import type { KioskState, OfferCard } from '../../kernel/protocol/kiosk-events.ts';
import type { Ids } from '../ids.ts';
import type { StoreReads } from '../reads.ts';
import { factOf, type Writer } from '../writes.ts';
import type { Catalogue } from './catalogue.ts';

export type DecidedCards = KioskState['screen']['offers'];
/** Most of what the journal takes of the rejected; the digest covers all. */
const MOST_REJECTED = 50;

/** For whom a decision is: nobody, or whoever shows a credential of this row. */
export interface Holder {
  readonly row: CohortRow;
  readonly lease: Lease;
}

/** What a moment gives; the rest of a decision's context is known here. */
export type Situation = Omit<DecisionContext, 'usedCoupons' | 'storeTime' | 'latest' | 'seed'>;

export interface DecisionsParts {
  readonly catalogue: Catalogue;
  readonly crypto: Crypto;
  readonly reads: Pick<StoreReads, 'redeemedAt'>;
  readonly writer: Writer;
  readonly ids: Ids;
  readonly storeTime: (at: EpochMs) => StoreTime;
  /** So late it may be; undefined while time is exact. */
  readonly latest: () => EpochMs | undefined;
  readonly ledger: (pseudonym: CohortRow['pseudonym'] | undefined, now: EpochMs) => LedgerView;
}

/** Asks the pure rules what to show and writes down what they said and why. */
export class Decisions {
  readonly #parts: DecisionsParts;
  readonly #report: (error: unknown) => void;

  constructor(parts: DecisionsParts, report: (error: unknown) => void) {
    this.#parts = parts;
    this.#report = report;
  }

  /**
   * What to show, and its record on its way to the journal. An exposure of it is written behind it by the same writer, so
   * the screen need not wait for the disk.
   */
  make(
    stationId: StationId,
    holder: Holder | undefined,
    context: Situation,
    now: EpochMs,
  ): DecidedCards {
    const decisionId = this.#parts.ids.decision();
    const { decision, pseudonym, view } = this.#ask(decisionId, holder, context, now);
    this.#record(decisionId, stationId, context, decision, pseudonym, now).catch(this.#report);
    return { decisionId, cards: this.#cardsOf(decision, view, context) };
  }

  /** The cards alone, unrecorded: for a look at what would be shown. */
  preview(context: Situation, now: EpochMs): readonly OfferCard[] {
    const { decision, view } = this.#ask(this.#parts.ids.decision(), undefined, context, now);
    return this.#cardsOf(decision, view, context);
  }

  #ask(
    seed: DecisionId,
    holder: Holder | undefined,
    context: Situation,
    now: EpochMs,
  ): {
    decision: Decision;
    pseudonym: CohortRow['pseudonym'] | undefined;
    view: LedgerView;
  } {
    const { subject, pseudonym } = subjectOf(holder, now);
    const usedCoupons = holder === undefined ? NONE : this.#usedOf(holder.row);
    const { catalogue, storeTime, latest, ledger } = this.#parts;
    const times = { storeTime: storeTime(now), latest: latest() };
    const whole = { ...context, ...times, usedCoupons, seed };
    const view = ledger(pseudonym, now);
    const decision = decide(catalogue.index, subject, whole, view, now);
    return { decision, pseudonym, view };
  }

  #usedOf(row: CohortRow): ReadonlySet<CouponId> {
    const used = row.coupons.filter(
      ({ couponId }) => this.#parts.reads.redeemedAt(couponId) !== undefined,
    );
    return new Set(used.map(({ couponId }) => couponId));
  }

  #cardsOf(decision: Decision, view: LedgerView, { gtin }: Situation): OfferCard[] {
    return decision.shown.map((shown) => {
      const lowest = lowestBeside(shown.offer, view, gtin);
      return this.#parts.catalogue.card(shown.offer, shown, lowest);
    });
  }

  async #record(
    decisionId: DecisionId,
    stationId: StationId,
    context: Situation,
    decision: Decision,
    pseudonym: CohortRow['pseudonym'] | undefined,
    at: EpochMs,
  ): Promise<void> {
    const { surface } = context;
    const offerIds = decision.shown.map(({ offer }) => offer.offerId);
    const body: JournalBody = {
      type: 'decided',
      decisionId,
      ...(pseudonym === undefined ? {} : { pseudonym }),
      stationId,
      surface,
      bundleVersion: this.#parts.catalogue.version,
      shown: offerIds,
      ...(decision.eligible.length === 0
        ? {}
        : { eligible: decision.eligible.slice(0, MOST_REJECTED) }),
      rejected: decision.rejected.slice(0, MOST_REJECTED),
      digest: toHex(await this.#parts.crypto.sha256(utf8(decision.canonical))),
      at,
    };
    const fact = factOf(body);
    await this.#parts.writer.write('decide', {
      decisionId,
      stationId,
      surface,
      pseudonym,
      offerIds,
      at,
      fact,
    });
  }
}

const NONE: ReadonlySet<CouponId> = new Set();

/** The price to name beside a cut: of the product in question, or of the only one that the offer is about. */
function lowestBeside(
  offer: Offer,
  view: LedgerView,
  scanned: Gtin | undefined,
): LowestPrice | undefined {
  if (offer.guards?.priceEvidence !== true) return undefined;
  const evidence = view.priceEvidence(offer);
  const gtin = scanned ?? (offer.gtins.length === 1 ? offer.gtins[0] : undefined);
  if (evidence.kind !== 'on-record' || gtin === undefined) return undefined;
  return evidence.lowest.get(gtin);
}

/** Without `personalise` a person is served by what is in their hand, and the record does not name them (duty-1). */
function subjectOf(
  holder: Holder | undefined,
  now: EpochMs,
): { subject: Subject; pseudonym: CohortRow['pseudonym'] | undefined } {
  if (holder === undefined) return { subject: ANONYMOUS, pseudonym: undefined };
  const { row, lease } = holder;
  const consented = withConsent(row, 'personalise', lease, now);
  if (consented.kind === 'consented') return { subject: consented, pseudonym: row.pseudonym };
  const plain = plainCouponsOf(row, lease, now);
  return { subject: plain.kind === 'plain' ? plain : ANONYMOUS, pseudonym: undefined };
}
