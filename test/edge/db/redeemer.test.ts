import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Committer } from '../../../edge/db/commit.ts';
import { migrate, MIGRATIONS } from '../../../edge/db/migrations.ts';
import { openForWriting } from '../../../edge/db/open-database.ts';
import { OfferTermsRepository } from '../../../edge/db/offer-terms-repository.ts';
import { factOf, type WriteRequest } from '../../../edge/writes.ts';
import type { OfferId, RequestId, StationId } from '../../../kernel/domain/ids.ts';
import { aCouponUse, aProductScan, AT, newId } from '../../doubles/facts.ts';
import {
  aCoupon,
  aStandingOffer,
  type Coupon,
  holding,
  redemptionOf,
  serving,
} from '../../doubles/held-coupons.ts';
import { tempDir } from '../../support/temp-dir.ts';

function aStore(...offers: unknown[]) {
  const db = openForWriting(join(tempDir(), 'store.db'));
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const commit = (request: WriteRequest) => {
    const [settled] = committer.commit([{ id: 1, request }]);
    return settled !== undefined && 'result' in settled ? settled.result : settled;
  };
  commit(serving(...offers));
  const redeem = (coupon: Pick<Coupon, 'code'>, moment: Parameters<typeof redemptionOf>[1] = {}) =>
    commit({ kind: 'redeem', ...redemptionOf(coupon, moment) });
  const isUsed = () => db.prepare('SELECT count(*) FROM redemption').pluck().get() === 1;
  return { db, commit, redeem, isUsed };
}
const refused = (reason: string) => ({ kind: 'refused', reason });

test.each([
  ['over by now', { validUntil: AT }, 'expired'],
  ['not begun', { validFrom: AT + 1 }, 'not-here'],
  ['without a coupon by now', { redemption: undefined }, 'not-here'],
  ['for head office alone', { redemption: 'online-only' }, 'online-only'],
])('a coupon of an offer that is %s stays unused', (_, offer, reason) => {
  const { commit, redeem, isUsed } = aStore(aStandingOffer('oil-20', offer));
  const coupon = aCoupon();
  commit(holding(coupon));
  expect(redeem(coupon)).toEqual(refused(reason));
  expect(isUsed()).toBe(false);
  commit(serving(aStandingOffer('oil-20')));
  expect(redeem(coupon)).toMatchObject({ kind: 'redeemed' });
  expect(isUsed()).toBe(true);
  commit(serving()); // the offer is gone, and the coupon is used all the same
  expect(redeem(coupon)).toEqual({ ...refused('already-used'), redeemedAt: AT });
});

test('a bundle that is rolled back changes nothing of what its offers’ coupons turn on', () => {
  const { commit, redeem } = aStore(aStandingOffer('oil-20'));
  const [first, second] = [aCoupon(), aCoupon()];
  commit(holding(first));
  commit(holding(second));
  expect(redeem(first)).toMatchObject({ kind: 'redeemed' });
  const over = serving(aStandingOffer('oil-20', { validUntil: AT }));
  const nonsense = { kind: 'slice' } as unknown as (typeof over.operations)[number];
  const failing = { ...over, operations: [...over.operations, nonsense] };
  expect(commit(failing)).toHaveProperty('failure');
  expect(redeem(second)).toMatchObject({ kind: 'redeemed' });
});

test('a coupon whose offer is served no more is over; of a code that nobody holds nothing is known', () => {
  const { commit, redeem } = aStore();
  const coupon = aCoupon();
  commit(holding(coupon));
  expect(redeem(coupon)).toEqual(refused('expired'));
  expect(redeem({ code: 'SGK-nobody' })).toEqual(refused('unknown'));
});

test('a code that two people’s rows claim is nobody’s, until one of them goes', () => {
  const { commit, redeem } = aStore(aStandingOffer('oil-20'));
  const coupon = aCoupon();
  const other = aCoupon({ code: coupon.code });
  commit(holding(coupon));
  commit(holding(other));
  expect(redeem(coupon)).toEqual(refused('unknown'));
  const { pseudonym } = other;
  commit({ kind: 'change-cohort', facts: [], operations: [{ kind: 'remove', pseudonym }] });
  expect(redeem(coupon)).toMatchObject({ kind: 'redeemed', couponId: coupon.couponId });
});

test('[cohort-4] a coupon that does not open with its code is not used, and its person named', () => {
  const { db, commit, redeem, isUsed } = aStore(aStandingOffer('oil-20'));
  const coupon = aCoupon();
  commit(holding(coupon));
  db.exec(`UPDATE held_coupon SET sealed = zeroblob(length(sealed))`);
  expect(redeem(coupon)).toEqual({ kind: 'damaged', pseudonym: coupon.pseudonym });
  expect(isUsed()).toBe(false);
});

describe('[goal-7] of coupons that other stores take too', () => {
  const EURO = 100;
  const acked = (seq: number): WriteRequest => ({
    kind: 'acked',
    ...{ lane: 'redeem', epoch: 'e', seq, hqEpoch: 'h', serverTime: 1, at: AT },
  });
  const anyStore = (minor: number) =>
    aStandingOffer('oil-20', {
      redemption: 'optimistic',
      benefit: { kind: 'amount', amount: { minor, currency: 'EUR' } },
    });

  test('a store gives no more than it may owe, until head office has heard; others are as ever', () => {
    const { commit, redeem } = aStore(anyStore(2 * EURO), aStandingOffer('wine'));
    const use = (offerId: string, owedAtMost = 5 * EURO) => {
      const coupon = aCoupon({ offerId: offerId as OfferId });
      commit(holding(coupon));
      return redeem(coupon, { owedAtMost });
    };
    const given = { kind: 'redeemed' };
    expect(use('oil-20')).toMatchObject(given);
    expect(use('wine')).toMatchObject(given); // second in the lane, and owed to nobody
    expect(use('oil-20')).toMatchObject(given);
    expect(use('oil-20')).toEqual(refused('online-only'));
    expect(use('wine')).toMatchObject(given);
    commit(acked(2));
    expect(use('oil-20')).toMatchObject(given);
    expect(use('oil-20')).toEqual(refused('online-only'));
    commit(acked(1)); // an older word takes nothing back
    expect(use('oil-20')).toEqual(refused('online-only'));
    commit(acked(5));
    expect(use('oil-20')).toMatchObject(given);
    expect(use('oil-20', 0)).toEqual(refused('online-only'));
  });

  test('one purchase with several is held against it as a whole', () => {
    const { commit, db } = aStore(anyStore(2 * EURO));
    const owes = { minor: 2 * EURO, atMost: 5 * EURO };
    const coupons = () =>
      Array.from({ length: 2 }, () => {
        const use = aCouponUse();
        return { ...use, terms: { ...use.terms, owes } };
      });
    const purchase = (): WriteRequest => ({
      kind: 'purchase',
      ...{ purchaseId: newId<RequestId>(), requestId: newId<RequestId>() },
      ...{ stationId: 'till' as StationId, pseudonym: undefined, points: 0, at: AT },
      ...{
        budgets: [],
        uses: [],
        lines: [],
        coupons: coupons(),
        answer: '{}',
        fact: factOf(aProductScan()),
      },
    });
    expect(commit(purchase())).toEqual({ kind: 'recorded' });
    expect(commit(purchase())).toEqual({ kind: 'over-cap' });
    expect(db.prepare('SELECT count(*) FROM redemption').pluck().get()).toBe(2);
    commit(acked(1));
    expect(commit(purchase())).toEqual({ kind: 'over-cap' });
    commit(acked(2));
    expect(commit(purchase())).toEqual({ kind: 'recorded' });
  });

  test.each([
    [{ benefit: { kind: 'percent', percent: 20 }, valueMinor: 150 }, 150],
    [{ benefit: { kind: 'percent', percent: 20 } }, 1_000],
  ])('what one counts for: %j', (offer, worth) => {
    const { commit, redeem } = aStore(
      aStandingOffer('oil-20', { redemption: 'optimistic', ...offer }),
    );
    const coupon = aCoupon();
    commit(holding(coupon));
    expect(redeem(coupon, { owedAtMost: worth - 1 })).toEqual(refused('online-only'));
    expect(redeem(coupon, { owedAtMost: worth })).toMatchObject({ kind: 'redeemed' });
  });
});

test('a store of an older version knows its offers’ terms at once', () => {
  const db = new Database(':memory:');
  const older = MIGRATIONS.findIndex((sql) => sql.includes('CREATE TABLE offer_terms'));
  for (const sql of MIGRATIONS.slice(0, older)) db.exec(sql);
  db.pragma(`user_version = ${String(older)}`);
  const bread = aStandingOffer('bread', { caps: { perStoreAndDay: 3 }, redemption: undefined });
  const content = Buffer.from(JSON.stringify({ offers: [aStandingOffer('oil-20'), bread] }));
  db.prepare('INSERT INTO bundle (version, manifest, content) VALUES (?, ?, ?)').run(
    1,
    '',
    content,
  );
  migrate(db);
  const terms = new OfferTermsRepository(db);
  const { validFrom, validUntil } = bread;
  expect(terms.get('oil-20' as OfferId)).toEqual({
    ...{ offerId: 'oil-20', validFrom, validUntil, redemption: 'leased', benefit: bread.benefit },
  });
  expect(terms.get('bread' as OfferId)).toEqual({
    ...{ offerId: 'bread', validFrom, validUntil, caps: { perStoreAndDay: 3 } },
    benefit: bread.benefit,
  });
  expect(terms.get('wine' as OfferId)).toBeUndefined();
});
