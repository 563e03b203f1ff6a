import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Committer } from '../../../edge/db/commit.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { Settled } from '../../../edge/db/writer-messages.ts';
import { StoreLedger } from '../../../edge/offers/store-ledger.ts';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';
import { factOf, type WriteRequest } from '../../../edge/writes.ts';
import type { SliceWord } from '../../../kernel/domain/escrow.ts';
import type { DecisionId, OfferId, RequestId, StationId } from '../../../kernel/domain/ids.ts';
import { OfferSchema } from '../../../kernel/domain/offer.ts';
import { aProductScan, aRedemption, newId, newPseudonym } from '../../doubles/facts.ts';
import { anOffer } from '../../doubles/shop-goods.ts';
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
  const ledger = () => new StoreLedger(reads, storeTimeIn('Europe/Rome'));
  const offer = OfferSchema.parse(anOffer('bread', { caps, redemption: 'optimistic' }));
  const terms = (at = NOW) => ledger().termsOf(offer, at);
  const use = (given: Partial<Parameters<typeof aRedemption>[0]> = {}, at = NOW) =>
    commit({ kind: 'redeem', ...aRedemption({ terms: terms(at), redeemedAt: at, ...given }) });
  const hear = (granted: number, keep?: number, known: Partial<SliceWord> = {}) =>
    commit({
      kind: 'apply-pull',
      ...{ stream: 'cohort', hqEpoch: 'e', rev: 1, facts: [], serverTime: NOW },
      operations: [{ kind: 'slice', offerId: bread, word: { granted, keep, ...known }, at: NOW }],
    });
  return { commit, ledger, offer, use, hear, reads };
}
const REDEEMED = { kind: 'redeemed' };
const overCap = (cap: string) => ({ kind: 'over-cap', cap });

test('a cap of the person counts their uses in its period, and nobody else’s', () => {
  const { use } = aStore({ perPerson: { times: 2, days: 7 } });
  const pseudonym = newPseudonym();
  expect(use({ pseudonym })).toEqual(REDEEMED);
  expect(use({ pseudonym })).toEqual(REDEEMED);
  expect(use({ pseudonym })).toEqual(overCap('person'));
  expect(use()).toEqual(REDEEMED);
  expect(use({ pseudonym }, NOW + 8 * DAY_MS)).toEqual(REDEEMED);
});

test('a cap of the day begins anew with the day by the shop’s clocks', () => {
  const { use } = aStore({ perStoreAndDay: 1 });
  const beforeMidnight = Date.UTC(2026, 3, 1, 21, 59);
  expect(use({}, beforeMidnight)).toEqual(REDEEMED);
  expect(use({}, beforeMidnight)).toEqual(overCap('day'));
  expect(use({}, beforeMidnight + 60_000)).toEqual(REDEEMED); // midnight in Rome
});

test('[inv-5] of a total a store gives its slice and nothing more; without one, nothing', () => {
  const { use, hear, reads } = aStore({ total: 100 });
  expect(use()).toEqual(overCap('total'));
  hear(2);
  expect([use(), use(), use()]).toEqual([REDEEMED, REDEEMED, overCap('total')]);
  hear(3);
  expect([use(), use()]).toEqual([REDEEMED, overCap('total')]);
  expect(reads.lastSeq('redeem')).toBe(3);
});

test('a store that lost its disk does not give again what head office knows that it gave', () => {
  const { use, hear, reads } = aStore({ total: 100 });
  hear(10, undefined, { spent: 7, returned: 2 });
  expect([use(), use()]).toEqual([REDEEMED, overCap('total')]);
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
    overCap('total'),
  ]);
});

test('[inv-4] a repeated request gets its answer, also where the cap is reached meanwhile', () => {
  const { commit, use, ledger, offer } = aStore({ perStoreAndDay: 1 });
  const request = aRedemption({ terms: ledger().termsOf(offer, NOW) });
  expect(commit({ kind: 'redeem', ...request })).toEqual(REDEEMED);
  expect(use()).toEqual(overCap('day'));
  expect(commit({ kind: 'redeem', ...request })).toEqual({
    kind: 'stored',
    answer: request.answer,
  });
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
    expect(view.version).toBe(8);
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
  expect(use({ pseudonym })).toEqual(overCap('person'));
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
    const { couponId, requestId, answer, fact, ...redemption } = aRedemption({
      ...{ terms: ledger().termsOf(offer, NOW), pseudonym, redeemedAt: NOW },
    });
    const coupon = { ...redemption, couponId, requestId, answer, fact, offerId: bread };
    const purchaseId = newId<RequestId>();
    const made = { purchaseId, requestId: newId<RequestId>(), stationId: 'till' as StationId };
    const request = { ...made, pseudonym, points: 0, at, coupons: [coupon], answer: '{}', fact };
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
