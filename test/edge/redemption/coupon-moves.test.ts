import { describe, expect, test } from 'vitest';
import { CouponMoves } from '../../../edge/redemption/coupon-moves.ts';
import type { CouponId, OfferId } from '../../../kernel/domain/ids.ts';
import type { CouponAnswer, CouponAsk } from '../../../kernel/protocol/relay.ts';
import { encodeOwnCoupon } from '../../../kernel/scans/own-code.ts';
import { newId, newPseudonym } from '../../doubles/facts.ts';
import { RememberingWriter } from '../../doubles/remembering-writer.ts';

const CODE = encodeOwnCoupon(new Uint8Array(10));
const pseudonym = newPseudonym();
const coupon = { couponId: newId<CouponId>(), offerId: 'oil' as OfferId, code: CODE, move: 3 };
const GIVEN: CouponAnswer = { kind: 'given', pseudonym, coupon };

/** @param answer - what head office says */
function aStore(answer: () => CouponAnswer | undefined) {
  const asked: CouponAsk[] = [];
  const writer = new RememberingWriter();
  const ask = (what: CouponAsk) => {
    asked.push(what);
    return Promise.resolve(answer());
  };
  const clock = { isCoarse: false, now: () => 1, counted: () => 1 };
  return { moves: new CouponMoves({ ask, writer, clock }), asked, writer };
}

describe('[move-1] a coupon whose right is not here', () => {
  test('is here once what head office gave is written down', async () => {
    const { moves, asked, writer } = aStore(() => GIVEN);
    expect(await moves.bring(CODE, 'unknown')).toEqual({ kind: 'here' });
    expect(asked).toEqual([{ code: CODE }]);
    expect(writer.asked).toMatchObject([
      { kind: 'change-cohort', request: { operations: [{ kind: 'give-coupon', pseudonym }] } },
    ]);
  });

  test('[duty-6] does not come where its person withdrew or was erased while the answer was on its way', async () => {
    const store = aStore(() => {
      store.moves.forget(pseudonym);
      return GIVEN;
    });
    expect(await store.moves.bring(CODE, 'unknown')).toEqual({
      kind: 'refused',
      reason: 'unknown',
    });
    expect(store.writer.asked).toEqual([]);
  });

  test.each([
    ['unknown', undefined, 'unknown'],
    ['online-only', undefined, 'online-only'],
    ['unknown', 'not-here', 'not-here'],
    ['unknown', 'elsewhere', 'elsewhere'],
    ['online-only', 'elsewhere', 'elsewhere'],
    ['elsewhere', 'already-used', 'already-used'],
    ['online-only', 'not-here', 'online-only'],
    ['elsewhere', 'unknown', 'elsewhere'],
  ] as const)('%s here, and %s at head office, is %s', async (local, reason, said) => {
    const { moves } = aStore(() => reason && { kind: 'refused', reason });
    expect(await moves.bring(CODE, local)).toEqual({ kind: 'refused', reason: said });
  });

  test('is not asked for by a code that is none of ours', async () => {
    const { moves, asked } = aStore(() => GIVEN);
    for (const code of ['9501234', `${CODE}0`, CODE.slice(0, -1)])
      expect(await moves.bring(code, 'unknown')).toEqual({ kind: 'refused', reason: 'unknown' });
    expect(asked).toEqual([]);
  });
});
