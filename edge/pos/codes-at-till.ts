import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { type CouponRefusal, judgeRedemption, mayMove } from '../../kernel/domain/coupon.ts';
import type { CouponId, EpochMs, Pseudonym, StationId } from '../../kernel/domain/ids.ts';
import type { Offer, RedemptionClass } from '../../kernel/domain/offer.ts';
import { isScheduled, type StoreTime } from '../../kernel/domain/schedule.ts';
import type { CodeRefusal } from '../../kernel/protocol/pos-api.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan, type ScanMeaning } from '../../kernel/scans/scan.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Visitors } from '../consent/visitors.ts';
import { acceptAnyCard, acceptAnyCode } from '../engagement/credentials.ts';
import { foreignCouponIn } from '../engagement/foreign-coupon.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { StoreReads } from '../reads.ts';
import type { CouponMoves } from '../redemption/coupon-moves.ts';
import { WrongCodes } from '../redemption/failures.ts';
import type { Writer } from '../writes.ts';

export interface CodesAtTillParts {
  readonly crypto: Crypto;
  readonly cohort: Cohort;
  readonly visitors: Visitors;
  readonly catalogue: Pick<Catalogue, 'offer'>;
  readonly reads: Pick<StoreReads, 'redeemedAt' | 'releasedMove'>;
  readonly moves: Pick<CouponMoves, 'bring'>;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly storeTime: (at: EpochMs) => StoreTime;
}

/** A coupon that may be used, of whomever. */
export interface CouponAtTill {
  readonly kind: 'coupon';
  readonly couponId: CouponId;
  readonly offer: Offer;
  readonly redemption: RedemptionClass;
  /** Of the right that it takes; undefined where it takes none. */
  readonly move: number | undefined;
  readonly pseudonym: Pseudonym;
}
export type CodeAtTill =
  | CouponAtTill
  | { readonly kind: 'card'; readonly row: CohortRow }
  | { readonly kind: 'refused'; readonly reason: CodeRefusal };

interface Refused {
  readonly kind: 'refuse';
  readonly reason: CouponRefusal | 'not-now';
  readonly offer: Offer | undefined;
}

/** A rotating code is spent when it is first shown; for this till it then stands for as long as a total does. */
const CODE_STANDS_MS = 15 * 60_000;
const MOST_STANDING = 200;

/** What the codes mean that a till scans with a basket. */
export class CodesAtTill {
  readonly #parts: CodesAtTillParts;
  readonly #standing = new Map<
    string,
    { readonly pseudonym: Pseudonym; readonly until: EpochMs }
  >();
  #wrongCodes = new WrongCodes();

  constructor(parts: CodesAtTillParts) {
    this.#parts = parts;
  }

  /** @param at - when the shopper was told the total: what was good then still is */
  async read(
    codes: readonly string[],
    stationId: StationId,
    at: EpochMs,
  ): Promise<readonly CodeAtTill[]> {
    const seen = new Set<string>();
    const read: CodeAtTill[] = [];
    for (const code of codes) {
      const text = code.trim();
      const outcome: CodeAtTill = seen.has(text)
        ? refused('twice')
        : await this.#one(text, stationId, at);
      seen.add(text);
      read.push(outcome);
    }
    return read;
  }

  /** Time was set: nothing is waited for that was reckoned before. */
  timeSet(): void {
    this.#standing.clear();
    this.#wrongCodes = new WrongCodes();
  }

  async #one(text: string, stationId: StationId, at: EpochMs): Promise<CodeAtTill> {
    const meaning = meaningOfScan(utf8(text));
    const couponCode = couponCodeIn(meaning);
    if (couponCode !== undefined) {
      const coupon = await this.#coupon(couponCode, stationId, at);
      const isForeign = foreignCouponIn(meaning) !== undefined;
      const isUnknown = coupon.kind === 'refused' && coupon.reason === 'not-of-this-store';
      return isUnknown && isForeign ? refused('foreign') : coupon;
    }
    switch (meaning.kind) {
      case 'rejected':
      case 'refund-receipt':
        return refused('malformed');
      case 'euro-coupon':
        return refused('foreign');
      case 'rotating-code':
        return this.#code(text, meaning, stationId);
      default:
        return foreignCouponIn(meaning) === undefined
          ? this.#card(meaning, stationId)
          : refused('foreign');
    }
  }

  async #coupon(code: string, stationId: StationId, at: EpochMs): Promise<CodeAtTill> {
    const now = this.#parts.clock.now();
    if (this.#wrongCodes.blockedUntil(stationId, now) > 0) return refused('too-many-wrong');
    let judged = this.#judged(code, at);
    if (judged.kind === 'refuse' && judged.reason !== 'not-now' && mayMove(judged.reason)) {
      const brought = await this.#parts.moves.bring(code, judged.reason);
      judged =
        brought.kind === 'here'
          ? this.#judged(code, at)
          : { kind: 'refuse', reason: brought.reason, offer: undefined };
    }
    if (judged.kind === 'coupon') return judged;
    if (judged.reason === 'unknown') this.#wrongCodes.note(stationId, now);
    return refused(inWordsOfTills(judged, at));
  }

  #judged(code: string, at: EpochMs): CouponAtTill | Refused {
    const { cohort, catalogue, reads, storeTime } = this.#parts;
    const found = cohort.findCoupon(code);
    if (found === undefined) return { kind: 'refuse', reason: 'unknown', offer: undefined };
    const { pseudonym, coupon } = found;
    const offer = catalogue.offer(coupon.offerId);
    const usedAt = reads.redeemedAt(coupon.couponId);
    const releasedMove = reads.releasedMove(coupon.couponId);
    const judgement = judgeRedemption({ coupon, offer, usedAt, releasedMove }, at);
    if (judgement.kind === 'refuse') return { kind: 'refuse', reason: judgement.reason, offer };
    if (
      judgement.offer.schedule !== undefined &&
      !isScheduled(judgement.offer.schedule, storeTime(at))
    )
      return { kind: 'refuse', reason: 'not-now', offer };
    const { couponId, redemption, move } = judgement;
    return { kind: 'coupon', couponId, offer: judgement.offer, redemption, move, pseudonym };
  }

  async #card(meaning: ScanMeaning, stationId: StationId): Promise<CodeAtTill> {
    const { cohort, visitors, clock } = this.#parts;
    const card = await acceptAnyCard(cohort, visitors, meaning, stationId, clock);
    if (typeof card === 'object') return { kind: 'card', row: card.row };
    return refused(card === 'away' ? 'points-follow' : 'unknown-card');
  }

  async #code(
    text: string,
    meaning: Extract<ScanMeaning, { kind: 'rotating-code' }>,
    stationId: StationId,
  ): Promise<CodeAtTill> {
    const { crypto, cohort, visitors, writer, clock } = this.#parts;
    const key = `${stationId} ${text}`;
    const now = clock.now();
    const standing = this.#standing.get(key);
    if (standing !== undefined && now < standing.until) {
      const row = cohort.row(standing.pseudonym, now);
      return row === undefined ? refused('code-not-good') : { kind: 'card', row };
    }
    const accepted = await acceptAnyCode(crypto, cohort, visitors, meaning, stationId, clock);
    if (accepted?.codeUse === undefined) return refused('code-not-good');
    const spent = await writer.write('open-session', { code: { ...accepted.codeUse, at: now } });
    if (spent === 'code-used') return refused('code-not-good');
    const { pseudonym } = accepted.row;
    this.#standing.set(key, { pseudonym, until: now + CODE_STANDS_MS });
    for (const [other, { until }] of this.#standing) {
      if (now < until && this.#standing.size <= MOST_STANDING) break; // oldest first
      this.#standing.delete(other);
    }
    return { kind: 'card', row: accepted.row };
  }
}

function refused(reason: CodeRefusal): CodeAtTill {
  return { kind: 'refused', reason };
}

/** In the words of tills. */
function inWordsOfTills({ reason, offer }: Refused, at: EpochMs): CodeRefusal {
  switch (reason) {
    case 'unknown':
    case 'till-only':
      return 'not-of-this-store';
    case 'not-here':
      return offer !== undefined && at < offer.validFrom ? 'not-yet' : 'not-of-this-store';
    default:
      return reason;
  }
}
