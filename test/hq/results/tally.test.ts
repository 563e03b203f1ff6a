import { describe, expect, test } from 'vitest';
import type {
  CouponAct,
  MeasuredPerson,
  Purchase,
} from '../../../hq/results/measure-repository.ts';
import {
  type Acts,
  heldOutOf,
  inStores,
  OUTCOME_DAYS,
  shownOf,
  tally,
} from '../../../hq/results/tally.ts';
import type { CouponId, CustomerId, OfferId } from '../../../kernel/domain/ids.ts';
import { NOON } from '../../doubles/members.ts';
import { BOTTEGA, DAY_MS, MERCATO } from '../../support/measured-office.ts';

const offerId = 'vino' as OfferId;
const LATER = NOON + 60 * DAY_MS;
const NOTHING: Acts = { exposures: [], couponActs: [], purchases: [] };

const person = (name: string, given: Partial<MeasuredPerson> = {}): MeasuredPerson => ({
  ...{ storeId: BOTTEGA, customerId: name as CustomerId, arm: 'shown', firstAt: NOON },
  ...{ mismatched: false, ...given },
});
const purchase = (name: string, days: number, given: Partial<Purchase> = {}): Purchase => ({
  ...{ storeId: BOTTEGA, customerId: name as CustomerId, at: NOON + days * DAY_MS },
  ...{ currency: 'EUR', netMinor: 100, offerIds: [offerId], ...given },
});
const coupon = (kind: CouponAct['kind'], days: number, given: Partial<CouponAct> = {}) => ({
  ...{ storeId: BOTTEGA, kind, couponId: 'c' as CouponId, customerId: 'a' as CustomerId },
  ...{ at: NOON + days * DAY_MS, ...given },
});
const took = (acts: Partial<Acts>, people = [person('a')], hasCoupon = false) =>
  shownOf(tally(people, { ...NOTHING, ...acts }, { offerId, hasCoupon }, LATER)).took;

describe('[lift-1] what counts', () => {
  test('is done within 14 days of the first time that the offer stood', () => {
    expect(OUTCOME_DAYS).toBe(14);
    expect(took({ purchases: [purchase('a', 0)] })).toBe(1);
    expect(took({ purchases: [purchase('a', 13.99)] })).toBe(1);
    expect(took({ purchases: [purchase('a', 14)] })).toBe(0);
    expect(took({ purchases: [purchase('a', -0.01)] })).toBe(0);
  });

  test('is taking the offer, once a person, not any purchase', () => {
    expect(took({ purchases: [purchase('a', 1), purchase('a', 2)] })).toBe(1);
    expect(took({ purchases: [purchase('a', 1, { offerIds: [] })] })).toBe(0);
    expect(took({ purchases: [purchase('b', 1)] })).toBe(0);
  });

  test('is the use of the coupon where there is one', () => {
    expect(took({ purchases: [purchase('a', 1)] }, [person('a')], true)).toBe(0);
    expect(took({ couponActs: [coupon('used', 1)] }, [person('a')], true)).toBe(1);
  });

  test('a void takes the last use before it back, in that store, and a use after it stands', () => {
    const after = (...couponActs: CouponAct[]) => took({ couponActs }, [person('a')], true);
    expect(after(coupon('used', 1), coupon('given-back', 2))).toBe(0);
    expect(after(coupon('given-back', 2), coupon('used', 1), coupon('used', 3))).toBe(1);
    expect(after(coupon('used', 1), coupon('given-back', 2, { storeId: MERCATO }))).toBe(1);
    expect(after(coupon('used', 1), coupon('given-back', 1))).toBe(0);
  });
});

test('[lift-1] whose 14 days are not over is counted as there, and not compared', () => {
  const people = [person('a'), person('b', { firstAt: LATER - 13 * DAY_MS })];
  const purchases = [purchase('a', 1), purchase('b', 50)];
  const { arms } = tally(people, { ...NOTHING, purchases }, { offerId, hasCoupon: false }, LATER);
  expect(arms.get('shown')).toMatchObject({ people: 2, whole: 1, took: 1 });
});

test('[lift-1] in all stores each person is one, from the first time in any of them', () => {
  const people = [
    person('a', { firstAt: NOON + 20 * DAY_MS }),
    person('a', { storeId: MERCATO }),
    person('b', { arm: 'held-out' }),
  ];
  const acts = { ...NOTHING, purchases: [purchase('a', 2), purchase('b', 1, { netMinor: 50 })] };
  const counted = { offerId, hasCoupon: false };
  const inStore = (storeId: typeof BOTTEGA) => {
    const purchases = inStores(acts.purchases).get(storeId) ?? [];
    return tally(inStores(people).get(storeId) ?? [], { ...acts, purchases }, counted, LATER);
  };
  const inAll = tally(people, acts, counted, LATER);
  expect(shownOf(inAll)).toMatchObject({ people: 1, took: 1 });
  expect(shownOf(inStore(BOTTEGA))).toMatchObject({ people: 1, took: 0 }); // before they came there
  expect(shownOf(inStore(MERCATO))).toMatchObject({ people: 1, took: 0 }); // it was not taken there
  expect(heldOutOf(inAll).spent).toEqual({ people: 1, sum: 50, sumOfSquares: 2_500 });
});

test('[lift-7] a store that decided by another arm takes its person out, in all stores too', () => {
  const people = [person('a'), person('a', { storeId: MERCATO, mismatched: true }), person('b')];
  for (const order of [people, people.toReversed()]) {
    const all = tally(order, NOTHING, { offerId, hasCoupon: false }, LATER);
    expect([all.mismatched, shownOf(all).people]).toEqual([1, 1]);
  }
});

test('[lift-1] who really saw it is told of those shown, variants together', () => {
  const people = [person('a', { arm: 'red' }), person('b', { arm: 'blue' })];
  const exposures = [
    { storeId: BOTTEGA, customerId: 'a' as CustomerId, at: NOON + 1 },
    { storeId: BOTTEGA, customerId: 'a' as CustomerId, at: NOON + 2 },
  ];
  const all = tally(people, { ...NOTHING, exposures }, { offerId, hasCoupon: false }, LATER);
  expect(shownOf(all)).toMatchObject({ people: 2, whole: 2, saw: 1 });
});
