import { describe, expect, test } from 'vitest';
import { type CouponRight, judgeRedemption } from '../../../kernel/domain/coupon.ts';
import { aCoupon, anOffer, NOON } from '../../doubles/members.ts';

const coupon = aCoupon('oil');
const offer = anOffer('oil', { redemption: 'leased' });
const { couponId, offerId } = coupon;

describe('[threat-14] a coupon that is scanned', () => {
  test.each([
    ['leased', 0],
    ['optimistic', undefined],
  ] as const)('is redeemed without HQ if it is %s', (redemption, move) => {
    const situation = { coupon, offer: { ...offer, redemption }, usedAt: undefined };
    expect(judgeRedemption(situation, NOON)).toEqual({
      kind: 'redeem',
      offer: situation.offer,
      couponId,
      offerId,
      redemption,
      move,
    });
  });

  test('says "used" with its instant before anything else, also once its offer is gone', () => {
    for (const known of [offer, undefined, { ...offer, validUntil: NOON - 1 }]) {
      expect(judgeRedemption({ coupon, offer: known, usedAt: NOON - 50 }, NOON)).toEqual({
        kind: 'refuse',
        reason: 'already-used',
        redeemedAt: NOON - 50,
      });
    }
  });

  test.each([
    ['unknown', undefined, offer],
    ['expired', coupon, undefined],
    ['expired', coupon, { ...offer, validUntil: NOON }],
    ['not-here', coupon, { ...offer, validFrom: NOON + 1 }],
    ['not-here', coupon, anOffer('oil')],
    ['online-only', coupon, { ...offer, redemption: 'online-only' as const }],
    ['elsewhere', { ...coupon, isElsewhere: true as const }, offer],
  ] as const)('is refused: %s', (reason, scanned, known) => {
    const situation = { coupon: scanned, offer: known, usedAt: undefined };
    expect(judgeRedemption(situation, NOON)).toEqual({ kind: 'refuse', reason });
  });

  test.each(['leased', 'online-only'] as const)(
    '[inv-4] [move-3] is not redeemed where the right to it was given up, until a later move brings it back: %s',
    (redemption) => {
      const judged = (move: number | undefined, releasedMove?: number, isElsewhere?: true) => {
        const scanned = { couponId, offerId, ...{ move, isElsewhere } } as CouponRight;
        const situation = { coupon: scanned, offer: { ...offer, redemption }, releasedMove };
        return judgeRedemption({ ...situation, usedAt: undefined }, NOON);
      };
      const away = redemption === 'leased' ? 'elsewhere' : redemption;
      expect(judged(1)).toMatchObject({ kind: 'redeem', move: 1 });
      expect(judged(undefined, 0)).toMatchObject({ reason: away });
      expect(judged(1, 1)).toMatchObject({ reason: away });
      expect(judged(2, 1)).toMatchObject({ kind: 'redeem', move: 2 });
      expect(judged(3, 1, true)).toMatchObject({ reason: away });
    },
  );

  test('an optimistic one is redeemed wherever the right to it is', () => {
    const situation = { coupon: { ...coupon, isElsewhere: true as const }, usedAt: undefined };
    const anywhere = { ...offer, redemption: 'optimistic' as const };
    expect(judgeRedemption({ ...situation, offer: anywhere, releasedMove: 4 }, NOON).kind).toBe(
      'redeem',
    );
  });
});
