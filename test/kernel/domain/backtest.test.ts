import { expect, test } from 'vitest';
import { FEW, todaysOffers, tomorrowsOffers } from '../../../kernel/domain/backtest.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import { aCoupon, anOffer, NOON } from '../../doubles/members.ts';
import { aMoment, aReplay, consented, NO_COUPONS, people } from '../../doubles/replayed.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const bread = 'bread' as OfferId;
const priced = { categories: ['bread'], benefit: { kind: 'percent', percent: 10 } as const };
const PRODUCTS = [
  {
    ...{ gtin: '00000000000031' as never, category: 'bread', name: { it: 'Pane', en: 'Bread' } },
    price: { minor: 500, currency: 'EUR' },
  },
];
const seen = (exposed: number, accepted: number) => ({
  outcomes: () => ({ exposed, accepted }),
  sliceLeft: () => undefined,
  budgetLeft: () => undefined,
  priceHistory: () => undefined,
});
type Given = Parameters<typeof aReplay>[1];
/** Each of these people shows their card, `times` times an hour apart. */
function shown(count: number, offer = anOffer('bread', priced), given: Given = {}, times = 1) {
  const replay = aReplay([offer], { products: PRODUCTS, ...given });
  const rows = people(count);
  for (let i = 0; i < times; i += 1)
    for (const row of rows)
      replay.take(
        aMoment({ pseudonym: row.pseudonym, at: NOON + i * HOUR_MS }),
        consented(row),
        NO_COUPONS,
      );
  return { replay, offer: replay.result()[0]! };
}

test('[backtest-4] of fewer than 20 people nothing is said, whoever they are, also that it was nobody', () => {
  expect(shown(19).offer).toEqual({
    ...{ offerId: 'bread', isReplayed: true },
    ...{ eligible: FEW, shown: FEW, people: FEW, uses: undefined },
    ...{ cost: { kind: 'unknown' }, against: [] },
  });
  expect(shown(0).offer).toEqual(shown(19).offer);
  expect(shown(19).replay).toMatchObject({ moments: FEW, people: FEW });
  expect(shown(20).offer).toMatchObject({ eligible: 20, shown: 20, people: 20 });
});

test('[backtest-4] a reason is counted by moments, and not told of few', () => {
  const rows = [...people(25), ...people(3, { segments: ['wine'] })];
  const replay = aReplay([
    anOffer('late', { validFrom: NOON + DAY_MS }),
    anOffer('bread'),
    anOffer('wine', { segments: ['wine'], minStrength: 4 }),
  ]);
  for (const row of rows)
    replay.take(aMoment({ pseudonym: row.pseudonym }), consented(row), NO_COUPONS);
  const against = new Map(replay.result().map((offer) => [offer.offerId, offer.against]));
  expect(against.get('late' as OfferId)).toEqual([{ reason: 'not-yet-valid', moments: 28 }]);
  expect(against.get(bread)).toEqual([]);
  expect(against.get('wine' as OfferId)).toEqual([{ reason: 'strength-too-low', moments: FEW }]);
});

test('[backtest-5] uses lie in the range that the store has seen, and cost by the piece', () => {
  const { offer } = shown(200, undefined, { counted: seen(1_000, 100) });
  expect(offer.uses).toEqual({ most: 200, likely: { low: 17, high: 24 } });
  expect(offer.cost).toEqual({ kind: 'money', most: 10_000, likely: { low: 850, high: 1_200 } });
});

test('[backtest-5] what this store has never shown is guessed by the others, and else not at all', () => {
  const rows = people(100);
  const counted = {
    ...seen(0, 0),
    outcomes: (offerId: OfferId) =>
      offerId === 'new'
        ? { exposed: 0, accepted: 0 }
        : { exposed: 100, accepted: offerId === bread ? 5 : 20 },
  };
  const replay = aReplay(
    ['bread', 'new', 'oil'].map((id) => anOffer(id)),
    { counted },
  );
  for (const row of rows)
    replay.take(aMoment({ pseudonym: row.pseudonym }), consented(row), NO_COUPONS);
  const [, fresh] = replay.result();
  expect(fresh?.uses).toEqual({ most: 100, likely: { low: 5, high: 20 } });
  expect(shown(30).offer.uses).toEqual({ most: 30, likely: undefined });
});

test('[backtest-3] a day of fatigue is counted from the beginning, and ends at midnight in the shop', () => {
  const offers = ['a', 'b', 'c', 'd'].map((id) => anOffer(id, { validUntil: NOON + 9 * DAY_MS }));
  const replay = aReplay(offers);
  const [row] = people(1);
  const at = (time: number) =>
    replay.take(
      aMoment({ pseudonym: row!.pseudonym, at: time }),
      consented({ ...row!, grants: row!.grants.map((g) => ({ ...g, expiresAt: Infinity })) }),
      NO_COUPONS,
    ).shown.length;
  const sameDay = Array.from({ length: 9 }, (_, i) => at(NOON + i * 60_000));
  expect(sameDay).toEqual([4, 4, 4, 4, 4, 4, 4, 2, 0]);
  expect(at(NOON + DAY_MS)).toBe(4);
});

test('[backtest-3] a cap of the day is used up by the uses that are drawn, and bounds what it costs', () => {
  const capped = anOffer('bread', { ...priced, caps: { perStoreAndDay: 5 } });
  const { offer } = shown(200, capped, { counted: seen(1_000, 100) });
  expect(offer.shown).toBeLessThan(150);
  expect(offer.against).toEqual([{ reason: 'cap-of-day', moments: 200 - (offer.shown as number) }]);
  expect(shown(200, capped).offer.uses).toMatchObject({ most: 35 }); // 5 a day, of seven
});

test('[backtest-3] of what is new everybody holds a coupon, once; of what is in force only who does', () => {
  const coupon = anOffer('bread', { ...priced, redemption: 'leased' });
  const fresh = new Set([bread]);
  expect(shown(30, coupon).offer.against).toEqual([{ reason: 'no-coupon-held', moments: 30 }]);
  const twice = shown(30, coupon, { fresh, counted: seen(1_000, 999) }, 2).offer;
  expect(twice).toMatchObject({ people: 30, uses: { most: 30 } });
  expect(twice.against).toMatchObject([{ reason: 'coupon-used' }]);
  const replay = aReplay([coupon]);
  const held = aCoupon('bread');
  const [row] = people(1, { coupons: [held] });
  const take = (used: typeof NO_COUPONS) => replay.take(aMoment(), consented(row!), used);
  expect(take(NO_COUPONS).shown).toHaveLength(1);
  expect(take(new Set([held.couponId])).rejected).toEqual([
    { offerId: 'bread', reason: 'coupon-used' },
  ]);
});

test('[backtest-2] tomorrow is what is in force with what the file says, and nothing that is over', () => {
  const inForce = { version: 3, offers: [anOffer('bread'), anOffer('oil')], products: [] };
  const late = anOffer('late', { validFrom: NOON + DAY_MS, validUntil: NOON + 2 * DAY_MS });
  const over = anOffer('over', { validUntil: NOON - HOUR_MS });
  const draft = { offers: [anOffer('oil', { priority: 9 }), late, over], products: PRODUCTS };
  const from = NOON - 7 * DAY_MS;
  const merged = tomorrowsOffers(inForce, draft, false, from, NOON);
  expect(merged.offers.map(({ offerId, priority }) => `${offerId} ${String(priority)}`)).toEqual([
    'bread 50',
    'oil 9',
    'late 50',
    'over 50',
  ]);
  expect([...merged.fresh]).toEqual(['late', 'over']);
  const [, , begun, ended] = merged.offers;
  expect([begun?.validFrom, begun?.validUntil]).toEqual([from, NOON + 2 * DAY_MS]);
  expect(ended?.validUntil).toBe(from);
  const today = todaysOffers({ ...inForce, offers: [anOffer('oil'), late, over] }, from, NOON);
  expect(today.offers.map(({ validFrom, validUntil }) => [validFrom, validUntil])).toEqual([
    [from, NOON + DAY_MS],
    [late.validFrom, late.validUntil], // it is not in force yet
    [from, from],
  ]);
  const whole = tomorrowsOffers(inForce, draft, true, from, NOON);
  expect(whole.offers.map(({ offerId }) => offerId)).toEqual(['oil', 'late', 'over']);
});

test('[backtest-1] an offer for other moments or screens alone is said not to be replayed', () => {
  const offers = [
    anOffer('leaving', { moments: ['leave'] }),
    anOffer('phone', { surfaces: ['phone'] }),
    anOffer('scan', { moments: ['scan', 'near'] }),
  ];
  const found = aReplay(offers).result();
  expect(found.map(({ isReplayed }) => isReplayed)).toEqual([false, false, true]);
});
