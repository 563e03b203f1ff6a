import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Committer } from '../../../edge/db/commit.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { Settled } from '../../../edge/db/writer-messages.ts';
import { StoreLedger } from '../../../edge/offers/store-ledger.ts';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';
import { factOf, type WriteRequest, type WriteResult } from '../../../edge/writes.ts';
import type { SliceUnit, SliceWord } from '../../../kernel/domain/escrow.ts';
import type {
  DecisionId,
  OfferId,
  Pseudonym,
  RequestId,
  StationId,
} from '../../../kernel/domain/ids.ts';
import { EMPTY_LEDGER } from '../../../kernel/domain/ledger.ts';
import type { Offer } from '../../../kernel/domain/offer.ts';
import { aCouponUse, aProductScan, newId, newPseudonym } from '../../doubles/facts.ts';
import {
  aCoupon,
  aStandingOffer,
  type Coupon,
  holding,
  OWED_AT_MOST,
  redemptionOf,
  serving,
} from '../../doubles/held-coupons.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 3, 1, 10);
const bread = 'bread' as OfferId;

function aStore(caps: Record<string, unknown> = {}) {
  const file = join(tempDir(), 'store.db');
  const db = openForWriting(file);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const reads = new StoreReader(openForReading(file));
  let id = 0;
  const resultOf = (settled: Settled | undefined) =>
    settled !== undefined && 'result' in settled ? settled.result : settled;
  const commit = (request: WriteRequest) =>
    resultOf(committer.commit([{ id: (id += 1), request }])[0]);
  const noPrices = { version: 0, evidence: (offer: Offer) => EMPTY_LEDGER.priceEvidence(offer) };
  const ledger = () => new StoreLedger(reads, storeTimeIn('Europe/Rome'), noPrices, OWED_AT_MOST);
  const offer = aStandingOffer('bread', { caps, redemption: 'optimistic' });
  commit(serving(offer));
  const use = (given: Partial<Coupon> = {}, at = NOW, requestId = newId<RequestId>()) => {
    const coupon = aCoupon({ offerId: bread, ...given });
    commit(holding(coupon));
    const moment = ledger().moment(at);
    const answer = commit({ kind: 'redeem', ...redemptionOf(coupon, { ...moment, requestId }) });
    return answer as WriteResult<'redeem'>;
  };
  const hear = (
    granted: number,
    keep?: number,
    known: Partial<SliceWord> = {},
    unit: SliceUnit = 'use',
  ) =>
    commit({
      kind: 'apply-pull',
      ...{ stream: 'cohort', hqEpoch: 'e', rev: 1, facts: [], serverTime: NOW },
      operations: [
        { kind: 'slice', offerId: bread, unit, word: { granted, keep, ...known }, at: NOW },
      ],
    });
  return { commit, ledger, offer, use, hear, reads };
}
const REDEEMED = expect.objectContaining({ kind: 'redeemed' }) as unknown;
const OVER_CAP = { kind: 'refused', reason: 'over-cap' };

test('a cap of the person counts their uses in its period, and nobody else’s', () => {
  const { use } = aStore({ perPerson: { times: 2, days: 7 } });
  const pseudonym = newPseudonym();
  expect(use({ pseudonym })).toEqual(REDEEMED);
  expect(use({ pseudonym })).toEqual(REDEEMED);
  expect(use({ pseudonym })).toEqual(OVER_CAP);
  expect(use()).toEqual(REDEEMED);
  expect(use({ pseudonym }, NOW + 8 * DAY_MS)).toEqual(REDEEMED);
});

test('a cap of the day begins anew with the day by the shop’s clocks', () => {
  const { use } = aStore({ perStoreAndDay: 1 });
  const beforeMidnight = Date.UTC(2026, 3, 1, 21, 59);
  expect(use({}, beforeMidnight)).toEqual(REDEEMED);
  expect(use({}, beforeMidnight)).toEqual(OVER_CAP);
  expect(use({}, beforeMidnight + 60_000)).toEqual(REDEEMED); // midnight in Rome
});

test('[inv-5] of a total a store gives its slice and nothing more; without one, nothing', () => {
  const { use, hear, reads } = aStore({ total: 100 });
  expect(use()).toEqual(OVER_CAP);
  hear(2);
  expect([use(), use(), use()]).toEqual([REDEEMED, REDEEMED, OVER_CAP]);
  hear(3);
  expect([use(), use()]).toEqual([REDEEMED, OVER_CAP]);
  expect(reads.lastSeq('redeem')).toBe(3);
});

test('a store that lost its disk does not give again what head office knows that it gave', () => {
  const { use, hear, reads } = aStore({ total: 100 });
  hear(10, undefined, { spent: 7, returned: 2 });
  expect([use(), use()]).toEqual([REDEEMED, OVER_CAP]);
  expect(reads.lastSeq('redeem')).toBe(1); // nothing is given back twice either
});

test('what goes back is written down with it, once, however often HQ says so', () => {
  const { use, hear, reads } = aStore({ total: 100 });
  hear(10);
  use();
  hear(10, 4);
  hear(10, 4);
  const facts = reads
    .laneAfter('redeem', 0)
    ?.events.map(({ body }) => JSON.parse(body!) as unknown);
  expect(facts?.slice(1)).toEqual([
    { type: 'slice-returned', offerId: 'bread', units: 5, at: NOW },
  ]);
  expect(Array.from({ length: 5 }, () => use())).toEqual([
    ...Array.from({ length: 4 }, () => REDEEMED),
    OVER_CAP,
  ]);
});

test('[inv-4] a repeated request gets its answer, also where the cap is reached meanwhile', () => {
  const { use } = aStore({ perStoreAndDay: 1 });
  const requestId = newId<RequestId>();
  const first = use({}, NOW, requestId);
  expect(first).toEqual(REDEEMED);
  expect(use()).toEqual(OVER_CAP);
  expect(use({}, NOW, requestId)).toEqual(first);
});

test('what decisions see is what is on disk: after a restart the same sums, and the same number for them', () => {
  const { commit, ledger, use, hear } = aStore({ total: 9, perStoreAndDay: 5 });
  const pseudonym = newPseudonym();
  const decisionId = newId<DecisionId>();
  const stationId = 'entrance' as StationId;
  const running = ledger();
  expect(running.view(undefined, NOW).version).toBe(0);
  hear(6);
  running.allChanged();
  const fact = factOf(aProductScan());
  commit({
    kind: 'decide',
    ...{ decisionId, stationId, surface: 'kiosk', pseudonym, offerIds: [bread], at: NOW, fact },
  });
  const exposure = { requestId: newId<never>(), offerIds: [bread], storeDay: '2026-04-01' };
  expect(commit({ kind: 'expose', decisionId, stationId, at: NOW, ...exposure })).toEqual({
    ...{ kind: 'recorded', offerIds: [bread], pseudonym },
  });
  running.changed([bread]);
  expect(use()).toEqual(REDEEMED);
  running.changed([bread]);
  for (const seen of [running, ledger()]) {
    const view = seen.view(pseudonym, NOW);
    expect(view.version).toBe(9);
    expect(view.outcomes(bread)).toEqual({ exposed: 1, accepted: 1 });
    expect([view.sliceLeft(bread), view.usesToday(bread)]).toEqual([5, 1]);
    expect(view.fatigueLeft).toBe(29);
    expect(seen.view(undefined, NOW).fatigueLeft).toBe(30);
    expect(seen.view(pseudonym, NOW + DAY_MS).fatigueLeft).toBe(30);
  }
});

test('[duty-19] of somebody erased neither uses nor showings are left', () => {
  const { commit, use, ledger } = aStore({ perPerson: { times: 1, days: 7 } });
  const pseudonym = newPseudonym();
  use({ pseudonym });
  expect(use({ pseudonym })).toEqual(OVER_CAP);
  commit({
    kind: 'apply-pull',
    ...{ stream: 'erase', hqEpoch: 'e', rev: 1, facts: [], serverTime: NOW },
    operations: [{ kind: 'erase', pseudonym }],
  });
  expect(use({ pseudonym })).toEqual(REDEEMED);
  expect(ledger().view(undefined, NOW).outcomes(bread).accepted).toBe(2);
});

test('a purchase over a cap writes nothing; one made void gives its uses back', () => {
  const { commit, ledger, offer, hear, reads } = aStore({
    total: 9,
    perStoreAndDay: 1,
    perPerson: { times: 1, days: 7 },
  });
  hear(1);
  const pseudonym = newPseudonym();
  const at = NOW;
  const purchase = () => {
    const terms = ledger().termsOf(offer, NOW);
    const coupon = aCouponUse({ terms, pseudonym, redeemedAt: NOW });
    const { fact } = coupon;
    const purchaseId = newId<RequestId>();
    const made = { purchaseId, requestId: newId<RequestId>(), stationId: 'till' as StationId };
    const given = { pseudonym, points: 0, at, coupons: [coupon], budgets: [], uses: [], lines: [] };
    const request = { ...made, ...given, answer: '{}', fact };
    return { purchaseId, outcome: commit({ kind: 'purchase', ...request }) };
  };
  const first = purchase();
  expect(first.outcome).toEqual({ kind: 'recorded' });
  const seq = reads.lastSeq('redeem');
  expect(purchase().outcome).toEqual({ kind: 'over-cap' });
  expect(reads.lastSeq('redeem')).toBe(seq);
  const version = ledger().view(pseudonym, NOW).version;
  const { purchaseId } = first;
  for (let i = 0; i < 2; i += 1)
    expect(
      commit({ kind: 'void-purchase', purchaseId, stationId: 'till' as StationId, at }),
    ).toMatchObject({ kind: 'voided' });
  const view = ledger().view(pseudonym, NOW);
  expect([view.sliceLeft(bread), view.usesToday(bread), view.usesOfPerson(offer)]).toEqual([
    1, 0, 0,
  ]);
  expect(view.outcomes(bread)).toEqual({ exposed: 0, accepted: 0 });
  expect(view.version).toBeGreaterThan(version);
  expect(purchase().outcome).toEqual({ kind: 'recorded' });
});

test('a use is counted once, however late its answer is heard and whatever is read in between', () => {
  const { ledger, use, hear } = aStore({ total: 9 });
  const running = ledger();
  hear(6);
  use();
  running.allChanged();
  expect(running.view(undefined, NOW).sliceLeft(bread)).toBe(5); // on disk, and not heard of yet
  running.changed([bread]);
  const { version } = running.view(undefined, NOW);
  expect(running.view(undefined, NOW).sliceLeft(bread)).toBe(5);
  expect(running.view(undefined, NOW).outcomes(bread).accepted).toBe(1);
  expect(ledger().view(undefined, NOW).version).toBe(version);
});

test('[inv-5] a purchase takes from the store’s part of a budget, all of it or nothing, and a void gives it back once', () => {
  const { commit, ledger, hear, reads } = aStore();
  const left = () => ledger().view(undefined, NOW).budgetLeft(bread);
  expect(left()).toBeUndefined();
  const stationId = 'till' as StationId;
  const purchase = (minor: number) => {
    const made = { purchaseId: newId<RequestId>(), requestId: newId<RequestId>(), stationId };
    const given = {
      pseudonym: undefined,
      points: 0,
      at: NOW,
      coupons: [],
      uses: [],
      lines: [],
      answer: '{}',
    };
    const budgets = [{ offerId: bread, minor }];
    const { fact } = aCouponUse();
    const outcome = commit({ kind: 'purchase', ...made, ...given, budgets, fact });
    return { purchaseId: made.purchaseId, outcome };
  };
  expect(purchase(1).outcome).toEqual({ kind: 'over-cap' });
  hear(1_000, undefined, {}, 'minor');
  const first = purchase(700);
  expect(first.outcome).toEqual({ kind: 'recorded' });
  const seq = reads.lastSeq('redeem');
  expect(purchase(301).outcome).toEqual({ kind: 'over-cap' });
  expect([reads.lastSeq('redeem'), left()]).toEqual([seq, 300]);
  expect(purchase(300).outcome).toEqual({ kind: 'recorded' });
  const { version } = ledger().view(undefined, NOW);
  const { purchaseId } = first;
  for (let i = 0; i < 2; i += 1) commit({ kind: 'void-purchase', purchaseId, stationId, at: NOW });
  expect(left()).toBe(700);
  expect(ledger().view(undefined, NOW).version).toBeGreaterThan(version);
  hear(1_000, 200, {}, 'minor');
  expect(left()).toBe(200);
  // Of before the void: what it gave back went home already.
  hear(1_000, undefined, { spent: 1_000 }, 'minor');
  expect(left()).toBe(200);
});

test('[inv-5] an offer that needs no coupon keeps to its caps by the purchases in which it takes effect', () => {
  const caps = { total: 9, perStoreAndDay: 3, perPerson: { times: 1, days: 7 } };
  const { commit, ledger, offer, hear, reads } = aStore(caps);
  hear(2);
  const stationId = 'till' as StationId;
  const [somebody, other] = [newPseudonym(), newPseudonym()];
  const purchase = (pseudonym: Pseudonym | undefined) => {
    const made = { purchaseId: newId<RequestId>(), requestId: newId<RequestId>(), stationId };
    const given = {
      pseudonym,
      points: 0,
      at: NOW,
      coupons: [],
      budgets: [],
      lines: [],
      answer: '{}',
    };
    const uses = [{ terms: ledger().termsOf(offer, NOW), pseudonym }];
    const { fact } = aCouponUse();
    const outcome = commit({ kind: 'purchase', ...made, ...given, uses, fact });
    return { purchaseId: made.purchaseId, outcome };
  };
  const counted = (pseudonym: Pseudonym) => {
    const view = ledger().view(pseudonym, NOW);
    return [view.sliceLeft(bread), view.usesToday(bread), view.usesOfPerson(offer)];
  };
  const first = purchase(somebody);
  expect(first.outcome).toEqual({ kind: 'recorded' });
  expect(counted(somebody)).toEqual([1, 1, 1]);
  expect(purchase(somebody).outcome).toEqual({ kind: 'over-cap' });
  expect(purchase(undefined).outcome).toEqual({ kind: 'recorded' }); // of nobody in particular
  expect(purchase(other).outcome).toEqual({ kind: 'over-cap' }); // the slice
  expect(ledger().view(undefined, NOW).outcomes(bread)).toEqual({ exposed: 0, accepted: 0 });
  for (let i = 0; i < 2; i += 1)
    expect(
      commit({ kind: 'void-purchase', purchaseId: first.purchaseId, stationId, at: NOW }),
    ).toMatchObject({ kind: 'voided' });
  expect(counted(somebody)).toEqual([1, 1, 0]);
  const facts = reads
    .laneAfter('redeem', 0)
    ?.events.map(({ body }) => JSON.parse(body!) as unknown);
  expect(facts?.at(-1)).toMatchObject({ type: 'purchase-voided', uses: ['bread'] });
  expect(purchase(somebody).outcome).toEqual({ kind: 'recorded' });
  commit({
    kind: 'apply-pull',
    ...{ stream: 'erase', hqEpoch: 'e', rev: 1, facts: [], serverTime: NOW },
    operations: [{ kind: 'erase', pseudonym: somebody }],
  });
  expect(counted(somebody)).toEqual([0, 2, 0]);
});
