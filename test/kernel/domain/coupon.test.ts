import { describe, expect, test } from 'vitest';
import { judgeRedemption } from '../../../kernel/domain/coupon.ts';
import { aCoupon, anOffer, NOON } from '../../doubles/members.ts';

const coupon = aCoupon('oil');
const offer = anOffer('oil', { redemption: 'leased' });
const { couponId, offerId } = coupon;

describe('[threat-14] a coupon that is scanned', () => {
  test.each(['leased', 'optimistic'] as const)(
    'is redeemed without HQ if it is %s',
    (redemption) => {
      const situation = { coupon, offer: { ...offer, redemption }, usedAt: undefined };
      expect(judgeRedemption(situation, NOON)).toEqual({
        kind: 'redeem',
        offer: situation.offer,
        couponId,
        offerId,
        redemption,
      });
    },
  );

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
  ] as const)('is refused: %s', (reason, scanned, known) => {
    const situation = { coupon: scanned, offer: known, usedAt: undefined };
    expect(judgeRedemption(situation, NOON)).toEqual({ kind: 'refuse', reason });
  });
});
