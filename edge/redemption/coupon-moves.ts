import type { CouponRefusal } from '../../kernel/domain/coupon.ts';
import type { EpochMs, OfferId, Pseudonym } from '../../kernel/domain/ids.ts';
import type { CouponAnswer, CouponAsk, ReleaseAsk } from '../../kernel/protocol/relay.ts';
import { decodeOwnCode } from '../../kernel/scans/own-code.ts';
import type { Clock } from '../clock.ts';
import { sealCoupon } from '../consent/held-coupon.ts';
import type { WriteResult, Writer } from '../writes.ts';

/** Answered within 800 ms, or undefined: no line, or no answer. */
export type AskForCoupon = (ask: CouponAsk) => Promise<CouponAnswer | undefined>;

/** What a code that is shown comes to once HQ was asked for the right to it. */
export type Brought =
  | { readonly kind: 'here' }
  | {
      readonly kind: 'refused';
      readonly reason: CouponRefusal;
      readonly offerId?: OfferId | undefined;
      readonly redeemedAt?: EpochMs | undefined;
    };

/**
 * The right to redeem a coupon moves to the store where it is shown, and away from the one that has it (move-1). What is
 * asked stays in memory; what comes is on disk before it counts.
 */
export class CouponMoves {
  readonly #ask: AskForCoupon;
  readonly #writer: Writer;
  readonly #clock: Clock;
  /** By asking under way: who withdrew or was erased meanwhile. */
  readonly #gone = new Set<Set<Pseudonym>>();

  constructor(parts: {
    readonly ask: AskForCoupon;
    readonly writer: Writer;
    readonly clock: Clock;
  }) {
    this.#ask = parts.ask;
    this.#writer = parts.writer;
    this.#clock = parts.clock;
  }

  /**
   * Asks HQ for the right to the coupon of this code.
   * @param local - why it is not redeemed as things stand here; kept where HQ does not answer or knows no better
   */
  async bring(code: string, local: CouponRefusal): Promise<Brought> {
    const stays: Brought = { kind: 'refused', reason: local };
    if (decodeOwnCode(code).kind !== 'own-coupon') return stays; // HQ gives out no others
    const gone = new Set<Pseudonym>();
    this.#gone.add(gone);
    try {
      const answer = await this.#ask({ code });
      if (answer === undefined) return stays;
      if (answer.kind === 'refused') return isBetter(answer.reason, local) ? answer : stays;
      const { pseudonym, coupon } = answer;
      if (gone.has(pseudonym)) return stays;
      const given = { pseudonym, coupon: sealCoupon(pseudonym, coupon) };
      const operations = [{ kind: 'give-coupon' as const, ...given }];
      await this.#writer.write('change-cohort', { operations, facts: [] });
      return { kind: 'here' };
    } finally {
      this.#gone.delete(gone);
    }
  }

  /** HQ asks for the right to a coupon: given up on disk before the answer, or used here. */
  release({ couponId, move, pseudonym }: ReleaseAsk): Promise<WriteResult<'release-coupon'>> {
    const at = this.#clock.now();
    return this.#writer.write('release-coupon', { couponId, move, pseudonym, at });
  }

  /** Consent withdrawn, or erased: a coupon of theirs that is on its way does not come. */
  forget(pseudonym: Pseudonym): void {
    for (const gone of this.#gone) gone.add(pseudonym);
  }
}

/** Of a coupon that is known here HQ may know that it is used, or lies elsewhere; of another one it knows all. */
function isBetter(reason: CouponRefusal, local: CouponRefusal): boolean {
  return local === 'unknown' || reason === 'already-used' || reason === 'elsewhere';
}
