import type { HeldCoupon } from '../../kernel/domain/cohort.ts';
import { type CouponRefusal, judgeWithoutBasket, mayMove } from '../../kernel/domain/coupon.ts';
import type { EpochMs, RequestId, StationId } from '../../kernel/domain/ids.ts';
import { isAtCap } from '../../kernel/domain/ledger.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { RedemptionAnswer } from '../../kernel/protocol/handheld-events.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { StoreLedger } from '../offers/store-ledger.ts';
import type { StoreReads } from '../reads.ts';
import type { Writer } from '../writes.ts';
import type { Brought, CouponMoves } from './coupon-moves.ts';
import { WrongCodes } from './failures.ts';

export interface RedemptionRequest {
  readonly requestId: RequestId;
  /** As scanned or typed. */
  readonly code: string;
  readonly stationId: StationId;
}
/** A coupon as it stands, without using it. */
export interface CouponView {
  readonly offer: Offer;
  readonly judgement: ReturnType<typeof judgeWithoutBasket>;
}
interface Standing extends Omit<CouponView, 'offer'> {
  readonly offer: Offer | undefined;
}
const UNKNOWN = { kind: 'refused', reason: 'unknown' } as const satisfies RedemptionAnswer;

/** Uses coupons up: once each, durable before anybody hears of it, and the same answer to the same request. */
export class Redemption {
  readonly #cohort: Pick<Cohort, 'findCoupon' | 'noteDamaged'>;
  readonly #catalogue: Pick<Catalogue, 'offer'>;
  readonly #reads: Pick<StoreReads, 'redeemedAt' | 'releasedMove'>;
  readonly #ledger: Pick<StoreLedger, 'moment' | 'changed' | 'mayOwe' | 'view'>;
  readonly #moves: Pick<CouponMoves, 'bring'>;
  readonly #writer: Writer;
  readonly #clock: Clock;
  #wrongCodes = new WrongCodes();

  constructor(parts: {
    readonly cohort: Pick<Cohort, 'findCoupon' | 'noteDamaged'>;
    readonly catalogue: Pick<Catalogue, 'offer'>;
    readonly reads: Pick<StoreReads, 'redeemedAt' | 'releasedMove'>;
    readonly ledger: Pick<StoreLedger, 'moment' | 'changed' | 'mayOwe' | 'view'>;
    readonly moves: Pick<CouponMoves, 'bring'>;
    readonly writer: Writer;
    readonly clock: Clock;
  }) {
    this.#cohort = parts.cohort;
    this.#catalogue = parts.catalogue;
    this.#reads = parts.reads;
    this.#ledger = parts.ledger;
    this.#moves = parts.moves;
    this.#writer = parts.writer;
    this.#clock = parts.clock;
  }

  /**
   * @returns the answer, for a repeated request the stored one, byte for byte when printed
   * @throws {SogliaError} 'request/too-many' while the station backs off from wrong codes; 'store/busy', 'storage/failed'
   */
  async redeem({ requestId, code: text, stationId }: RedemptionRequest): Promise<RedemptionAnswer> {
    const now = this.#clock.now();
    const code = this.#read(text, stationId, now);
    if (code === undefined) return this.#unknown(stationId, now);
    const request = { requestId, code, stationId, moment: this.#ledger.moment(now) };
    let answer = await this.#writer.write('redeem', request);
    if (answer.kind === 'refused' && mayMove(answer.reason)) {
      const brought = await this.#moves.bring(code, answer.reason);
      if (brought.kind === 'refused') answer = refusalOf(brought);
      else answer = await this.#writer.write('redeem', request);
    }
    if (answer.kind === 'damaged') {
      this.#cohort.noteDamaged(answer.pseudonym);
      return this.#unknown(stationId, now);
    }
    if (answer.kind === 'redeemed') this.#ledger.changed([answer.offerId]);
    else if (answer.reason === 'unknown') this.#wrongCodes.note(stationId, now);
    return answer;
  }

  /** Time was set: nobody waits until a moment that may be years away. */
  timeSet(): void {
    this.#wrongCodes = new WrongCodes();
  }

  /**
   * What would be said of a coupon, for staff to see before they use it; the right to it is here then, if it can be.
   * Undefined: no coupon of ours here.
   */
  async look(text: string, stationId: StationId): Promise<CouponView | undefined> {
    const now = this.#clock.now();
    const code = this.#read(text, stationId, now);
    if (code === undefined) {
      this.#wrongCodes.note(stationId, now);
      return undefined;
    }
    const view = this.#view(code, now);
    const refusal = view === undefined ? 'unknown' : refusalIn(view);
    if (refusal === undefined || !mayMove(refusal)) return shown(view);
    const brought = await this.#moves.bring(code, refusal);
    if (brought.kind === 'here') return shown(this.#view(code, now));
    const { reason, offerId, redeemedAt } = brought;
    if (reason === 'unknown') this.#wrongCodes.note(stationId, now);
    const offer = view?.offer ?? (offerId && this.#catalogue.offer(offerId));
    const used = redeemedAt === undefined ? {} : { redeemedAt };
    return shown({ offer, judgement: { kind: 'refuse', reason, ...used } });
  }

  /** A coupon as it stands here; undefined: none of ours. */
  #view(code: string, now: EpochMs): Standing | undefined {
    const found = this.#cohort.findCoupon(code);
    if (found === undefined) return undefined;
    const { coupon, pseudonym } = found;
    const offer = this.#catalogue.offer(coupon.offerId);
    const judgement = judgeWithoutBasket({ coupon, offer, ...this.#pastOf(coupon) }, now);
    if (offer === undefined) return { offer, judgement };
    if (judgement.kind === 'refuse') return { offer, judgement };
    if (isAtCap(offer, this.#ledger.view(pseudonym, now)))
      return { offer, judgement: { kind: 'refuse', reason: 'over-cap' } };
    return this.#ledger.mayOwe([offer])
      ? { offer, judgement }
      : { offer, judgement: { kind: 'refuse', reason: 'online-only' } };
  }

  /** Which of a person's coupons could be used here now. */
  usable(
    coupons: readonly HeldCoupon[],
    now: EpochMs,
  ): readonly { readonly offer: Offer; readonly coupon: HeldCoupon }[] {
    return coupons.flatMap((coupon) => {
      const offer = this.#catalogue.offer(coupon.offerId);
      const judgement = judgeWithoutBasket({ coupon, offer, ...this.#pastOf(coupon) }, now);
      return offer !== undefined && judgement.kind === 'redeem' ? [{ offer, coupon }] : [];
    });
  }

  /**
   * The code of a coupon in what was scanned or typed; undefined where there is none.
   * @throws {SogliaError} 'request/too-many' while the station backs off; codes that are under way by then are answered
   */
  #read(text: string, stationId: StationId, now: EpochMs): string | undefined {
    const until = this.#wrongCodes.blockedUntil(stationId, now);
    if (until > 0) {
      const seconds = Math.ceil((until - now) / 1_000);
      throw new SogliaError('request/too-many', `too many wrong codes: wait ${seconds} s`);
    }
    return couponCodeIn(meaningOfScan(utf8(text.trim())));
  }

  #pastOf({ couponId }: Pick<HeldCoupon, 'couponId'>) {
    const reads = this.#reads;
    return { usedAt: reads.redeemedAt(couponId), releasedMove: reads.releasedMove(couponId) };
  }

  #unknown(stationId: StationId, now: EpochMs): RedemptionAnswer {
    this.#wrongCodes.note(stationId, now);
    return UNKNOWN;
  }
}

function shown(standing: Standing | undefined): CouponView | undefined {
  if (standing?.offer === undefined) return undefined;
  return { offer: standing.offer, judgement: standing.judgement };
}

const refusalIn = ({ judgement }: Pick<CouponView, 'judgement'>): CouponRefusal | undefined =>
  judgement.kind === 'refuse' ? judgement.reason : undefined;

function refusalOf({ reason, redeemedAt }: Extract<Brought, { kind: 'refused' }>) {
  return redeemedAt === undefined
    ? ({ kind: 'refused', reason } as const)
    : ({ kind: 'refused', reason, redeemedAt } as const);
}
