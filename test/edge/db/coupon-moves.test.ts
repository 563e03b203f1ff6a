import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealCoupon } from '../../../edge/consent/held-coupon.ts';
import { Committer } from '../../../edge/db/commit.ts';
import { openForWriting } from '../../../edge/db/open-database.ts';
import { factOf, type WriteRequest } from '../../../edge/writes.ts';
import type { RequestId, StationId } from '../../../kernel/domain/ids.ts';
import { aCouponUse, AT, newId } from '../../doubles/facts.ts';
import {
  aCoupon,
  aStandingOffer,
  type Coupon,
  holding,
  redemptionOf,
  serving,
} from '../../doubles/held-coupons.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A store on disk, opened again as after a crash. */
function aStore(redemption: 'leased' | 'online-only' = 'leased') {
  const file = join(tempDir(), 'store.db');
  const open = () => {
    const db = openForWriting(file);
    const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
    return (request: WriteRequest) => {
      const [settled] = committer.commit([{ id: 1, request }]);
      return settled !== undefined && 'result' in settled ? settled.result : settled;
    };
  };
  let commit = open();
  commit(serving(aStandingOffer('oil-20', { redemption })));
  return {
    commit: (request: WriteRequest) => commit(request),
    reopen: () => void (commit = open()),
    redeem: (coupon: Coupon, requestId = newId<RequestId>()) =>
      commit({ kind: 'redeem', ...redemptionOf(coupon, { requestId }) }),
    release: ({ couponId, pseudonym }: Coupon, move = 0) =>
      commit({ kind: 'release-coupon', couponId, move, pseudonym, at: AT }),
    facts: () => {
      const db = new Database(file, { readonly: true });
      const bodies = db.prepare<[], string>('SELECT body FROM journal ORDER BY seq').pluck().all();
      db.close();
      return bodies.map((body) => JSON.parse(body) as object);
    },
  };
}
const given = (coupon: Coupon): WriteRequest => {
  const { pseudonym } = coupon;
  const operation = {
    kind: 'give-coupon' as const,
    pseudonym,
    coupon: sealCoupon(pseudonym, coupon),
  };
  return { kind: 'change-cohort', operations: [operation], facts: [] };
};
const elsewhere = { kind: 'refused', reason: 'elsewhere' };

test('[inv-4] [move-3] the right that was given up is written down once, and the coupon not redeemed after a crash or with an older row', () => {
  const { commit, redeem, release, reopen, facts } = aStore();
  const coupon = aCoupon();
  commit(holding(coupon));
  expect(release(coupon)).toEqual({ kind: 'released' });
  reopen();
  expect(redeem(coupon)).toEqual(elsewhere);
  expect(release(coupon)).toEqual({ kind: 'released' }); // the answer was lost
  commit(holding(coupon));
  expect(redeem(coupon)).toEqual(elsewhere);
  const { couponId, pseudonym } = coupon;
  expect(facts()).toEqual([{ type: 'coupon-released', couponId, move: 0, pseudonym, at: AT }]);

  commit(holding({ ...coupon, move: 2 }));
  expect(release(coupon, 1)).toEqual({ kind: 'released' }); // late: of a right it had before
  expect(redeem(coupon)).toMatchObject({ kind: 'redeemed' });
});

test('[inv-4] [move-3] a used coupon is not given up, and the same request gets its answer again', () => {
  const { commit, redeem, release, facts } = aStore();
  const coupon = aCoupon();
  commit(holding(coupon));
  const requestId = newId<RequestId>();
  const answer = redeem(coupon, requestId);
  expect(release(coupon)).toEqual({ kind: 'used', redeemedAt: AT });
  expect(redeem(coupon, requestId)).toEqual(answer);
  expect(facts()).toHaveLength(1);
});

test('[move-1] a coupon for online use is redeemed once it was given, and a row without the right takes it back', () => {
  const { commit, redeem } = aStore('online-only');
  const coupon = aCoupon();
  const refused = { kind: 'refused', reason: 'online-only' };
  commit(holding(coupon));
  expect(redeem(coupon)).toEqual(refused);
  commit(given({ ...coupon, move: 1 }));
  commit(holding(coupon)); // it was under way before the right came
  expect(redeem(coupon)).toEqual(refused);
  commit(given({ ...coupon, move: 2 }));
  expect(redeem(coupon)).toMatchObject({ kind: 'redeemed' });
});

test('[inv-4] [move-3] a basket that was priced before the right was given up is priced anew', () => {
  const { commit, release } = aStore();
  const coupon = aCoupon();
  commit(holding(coupon));
  const use = aCouponUse({ couponId: coupon.couponId, pseudonym: coupon.pseudonym });
  const purchaseId = newId<RequestId>();
  const stationId = 'till' as StationId;
  const made = {
    purchaseId,
    stationId,
    points: 0,
    currency: 'EUR',
    netMinor: 1,
    effects: [],
    at: AT,
  };
  const purchase: WriteRequest = {
    kind: 'purchase',
    ...{ purchaseId, requestId: newId<RequestId>(), stationId, pseudonym: undefined, points: 0 },
    ...{ budgets: [], uses: [], lines: [], at: AT, coupons: [use], answer: '{}' },
    fact: factOf({ type: 'purchase-made', ...made }),
  };
  release(coupon);
  expect(commit(purchase)).toEqual({ kind: 'released' });
  expect(commit({ ...purchase, coupons: [{ ...use, move: 1 }] })).toEqual({ kind: 'recorded' });
});
