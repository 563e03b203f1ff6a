import type { HeldCoupon } from '../../kernel/domain/cohort.ts';
import { judgeRedemption } from '../../kernel/domain/coupon.ts';
import type { EpochMs, RequestId, StationId } from '../../kernel/domain/ids.ts';
import { isAtCap } from '../../kernel/domain/ledger.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { RedemptionAnswer } from '../../kernel/protocol/handheld-events.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import type { Clock } from '../clock.ts';
import type { Cohort, FoundCoupon } from '../consent/cohort.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { StoreLedger } from '../offers/store-ledger.ts';
import type { StoreReads } from '../reads.ts';
import { factOf, type Writer } from '../writes.ts';
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
  readonly judgement: ReturnType<typeof judgeRedemption>;
}
const UNKNOWN = { kind: 'refused', reason: 'unknown' } as const satisfies RedemptionAnswer;

/** Uses coupons up: once each, durable before anybody hears of it, and the same answer to the same request. */
export class Redemption {
  readonly #cohort: Pick<Cohort, 'findCoupon'>;
  readonly #catalogue: Pick<Catalogue, 'offer'>;
  readonly #reads: Pick<StoreReads, 'redeemedAt' | 'redemptionAnswer'>;
  readonly #ledger: Pick<StoreLedger, 'termsOf' | 'changed' | 'view'>;
  readonly #writer: Writer;
  readonly #clock: Clock;
  #wrongCodes = new WrongCodes();

  constructor(parts: {
    readonly cohort: Pick<Cohort, 'findCoupon'>;
    readonly catalogue: Pick<Catalogue, 'offer'>;
    readonly reads: Pick<StoreReads, 'redeemedAt' | 'redemptionAnswer'>;
    readonly ledger: Pick<StoreLedger, 'termsOf' | 'changed' | 'view'>;
    readonly writer: Writer;
    readonly clock: Clock;
  }) {
    this.#cohort = parts.cohort;
    this.#catalogue = parts.catalogue;
    this.#reads = parts.reads;
    this.#ledger = parts.ledger;
    this.#writer = parts.writer;
    this.#clock = parts.clock;
  }

  /**
   * @returns the answer, for a repeated request the stored one, byte for byte when printed
   * @throws {SogliaError} 'request/too-many' while the station backs off from wrong codes; 'store/busy', 'storage/failed'
   */
  async redeem({ requestId, code, stationId }: RedemptionRequest): Promise<RedemptionAnswer> {
    const now = this.#clock.now();
    const found = this.#find(code, stationId);
    if (found === undefined) {
      const stored = this.#reads.redemptionAnswer(requestId);
      return stored === undefined ? UNKNOWN : (JSON.parse(stored) as RedemptionAnswer);
    }
    const { pseudonym, coupon } = found;
    const offer = this.#catalogue.offer(coupon.offerId);
    // Whether it was used is the writer's to say, in the transaction that uses it.
    const judgement = judgeRedemption({ coupon, offer, usedAt: undefined }, now);
    if (judgement.kind === 'refuse') return this.#refusal(requestId, found, judgement.reason);
    const { couponId, offerId, redemption } = judgement;
    const terms = this.#ledger.termsOf(judgement.offer, now);
    const answer: RedemptionAnswer = { kind: 'redeemed', couponId, offerId, redeemedAt: now };
    const outcome = await this.#writer.write('redeem', {
      couponId,
      requestId,
      pseudonym,
      redeemedAt: now,
      answer: JSON.stringify(answer),
      terms,
      fact: factOf({
        type: 'coupon-redeemed',
        requestId,
        couponId,
        offerId,
        redemption,
        stationId,
        pseudonym,
        at: now,
      }),
    });
    switch (outcome.kind) {
      case 'redeemed':
        this.#ledger.changed([offerId]);
        return answer;
      case 'over-cap':
        return { kind: 'refused', reason: 'over-cap' };
      case 'already-used':
        return { kind: 'refused', reason: 'already-used', redeemedAt: outcome.redeemedAt };
      case 'stored':
        return JSON.parse(outcome.answer) as RedemptionAnswer; // written above, by this same code
    }
  }

  /** Time was set: nobody waits until a moment that may be years away. */
  timeSet(): void {
    this.#wrongCodes = new WrongCodes();
  }

  /** What would be said of a coupon, for staff to see before they use it. Undefined: no coupon of ours here. */
  look(code: string, stationId: StationId): CouponView | undefined {
    const found = this.#find(code, stationId);
    if (found === undefined) return undefined;
    const { coupon, pseudonym } = found;
    const offer = this.#catalogue.offer(coupon.offerId);
    const usedAt = this.#reads.redeemedAt(coupon.couponId);
    const now = this.#clock.now();
    const judgement = judgeRedemption({ coupon, offer, usedAt }, now);
    if (offer === undefined) return undefined;
    const isOverCap =
      judgement.kind === 'redeem' && isAtCap(offer, this.#ledger.view(pseudonym, now));
    return { offer, judgement: isOverCap ? { kind: 'refuse', reason: 'over-cap' } : judgement };
  }

  /** Which of a person's coupons could be used here now. */
  usable(
    coupons: readonly HeldCoupon[],
    now: EpochMs,
  ): readonly { readonly offer: Offer; readonly coupon: HeldCoupon }[] {
    return coupons.flatMap((coupon) => {
      const offer = this.#catalogue.offer(coupon.offerId);
      const usedAt = this.#reads.redeemedAt(coupon.couponId);
      const judgement = judgeRedemption({ coupon, offer, usedAt }, now);
      return offer !== undefined && judgement.kind === 'redeem' ? [{ offer, coupon }] : [];
    });
  }

  #find(text: string, stationId: StationId): FoundCoupon | undefined {
    const now = this.#clock.now();
    const until = this.#wrongCodes.blockedUntil(stationId, now);
    if (until > 0) {
      const seconds = Math.ceil((until - now) / 1_000);
      throw new SogliaError('request/too-many', `too many wrong codes: wait ${seconds} s`);
    }
    const code = couponCodeIn(meaningOfScan(utf8(text.trim())));
    const found = code === undefined ? undefined : this.#cohort.findCoupon(code);
    if (found === undefined) this.#wrongCodes.note(stationId, now);
    return found;
  }

  /** A used coupon says so before anything else: that answer never changes. */
  #refusal(
    requestId: RequestId,
    { coupon }: FoundCoupon,
    reason: Extract<RedemptionAnswer, { kind: 'refused' }>['reason'],
  ): RedemptionAnswer {
    const stored = this.#reads.redemptionAnswer(requestId);
    if (stored !== undefined) return JSON.parse(stored) as RedemptionAnswer;
    const redeemedAt = this.#reads.redeemedAt(coupon.couponId);
    if (redeemedAt !== undefined) return { kind: 'refused', reason: 'already-used', redeemedAt };
    return { kind: 'refused', reason };
  }
}
