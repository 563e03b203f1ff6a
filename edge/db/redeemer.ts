import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { type CouponRight, isReleased, judgeWithoutBasket } from '../../kernel/domain/coupon.ts';
import type { RedemptionAnswer } from '../../kernel/protocol/handheld-events.ts';
import { couponHash, openCoupon } from '../consent/held-coupon.ts';
import { type CouponUse, factOf, useTermsOf, type WriteResult, type Writes } from '../writes.ts';
import type { HeldCouponRepository } from './held-coupon-repository.ts';
import type { JournalRepository } from './journal-repository.ts';
import type { LedgerRepository } from './ledger-repository.ts';
import type { OfferTermsRepository } from './offer-terms-repository.ts';
import type { RedemptionRepository } from './redemption-repository.ts';
import type { ReleasedCouponRepository } from './released-coupon-repository.ts';

type Request = Writes['redeem']['request'];
type ReleaseResult = WriteResult<'release-coupon'>;

interface Parts {
  readonly coupons: HeldCouponRepository;
  readonly offers: OfferTermsRepository;
  readonly redemptions: RedemptionRepository;
  readonly released: ReleasedCouponRepository;
  readonly ledger: LedgerRepository;
  readonly journal: JournalRepository;
}

/**
 * Uses coupons up: finds, opens, judges and counts in the transaction that uses. In the writer worker, whose pages stay in
 * its cache; each commit drops those of a connection that only reads.
 */
export class Redeemer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  redeem(request: Request): WriteResult<'redeem'> {
    const { redemptions, released, offers, ledger } = this.#parts;
    const { requestId, stationId, moment } = request;
    const { at } = moment;
    const stored = redemptions.answerTo(requestId);
    if (stored !== undefined) return JSON.parse(stored) as RedemptionAnswer; // written below, by this same code
    const held = this.#find(request.code);
    if (held === undefined) return { kind: 'refused', reason: 'unknown' };
    const { pseudonym, coupon } = held;
    if (coupon === undefined) return { kind: 'damaged', pseudonym };
    const { couponId, offerId } = coupon;
    const offer = offers.get(offerId);
    const judgement = judgeWithoutBasket(
      {
        coupon,
        offer,
        usedAt: redemptions.usedAt(couponId),
        releasedMove: released.moveOf(couponId),
      },
      at,
    );
    if (judgement.kind === 'refuse') return { ...judgement, kind: 'refused' };
    const terms = useTermsOf(judgement.offer, moment);
    const cap = ledger.against(terms, pseudonym);
    if (cap !== undefined)
      return { kind: 'refused', reason: cap === 'owed' ? 'online-only' : 'over-cap' };
    const { redemption, move } = judgement;
    const answer = { kind: 'redeemed', couponId, offerId, redeemedAt: at } as const;
    // No spread here (CONTRIBUTING.md, "Where it must be fast").
    const fact = factOf({
      type: 'coupon-redeemed',
      requestId,
      couponId,
      pseudonym,
      offerId,
      redemption,
      stationId,
      at,
    });
    this.use({
      requestId,
      couponId,
      pseudonym,
      redeemedAt: at,
      answer: JSON.stringify(answer),
      move,
      terms,
      fact,
    });
    return answer;
  }

  /** Gives up the right to a coupon, if it was not used here: the fact of it is in the same transaction (move-3). */
  release({ couponId, move, pseudonym, at }: Writes['release-coupon']['request']): ReleaseResult {
    const { redemptions, released, journal } = this.#parts;
    const redeemedAt = redemptions.usedAt(couponId);
    if (redeemedAt !== undefined) return { kind: 'used', redeemedAt };
    if (released.add(couponId, move))
      journal.append(factOf({ type: 'coupon-released', couponId, move, pseudonym, at }));
    return { kind: 'released' };
  }

  /** Whether the right to a coupon that was judged before has been given up since. */
  isReleased({ couponId, move }: CouponUse): boolean {
    return move !== undefined && isReleased(move, this.#parts.released.moveOf(couponId));
  }

  /** @throws where the coupon is used already, or the request answered */
  use(use: CouponUse): void {
    const { redemptions, ledger, journal } = this.#parts;
    redemptions.add(use);
    ledger.use(use.terms, use.pseudonym, use.redeemedAt, journal.append(use.fact));
  }

  /** Undefined too where two people's rows claim the code: it is nobody's then. */
  #find(
    code: string,
  ): { readonly pseudonym: Pseudonym; readonly coupon: CouponRight | undefined } | undefined {
    const codeHash = couponHash(code);
    const [held, other] = this.#parts.coupons.find(codeHash);
    if (held === undefined || other !== undefined) return undefined;
    return { pseudonym: held.pseudonym, coupon: openCoupon(code, codeHash, held) };
  }
}
