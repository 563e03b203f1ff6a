import { expect, test } from 'vitest';
import { Committer } from '../../../edge/db/commit.ts';
import { openForWriting } from '../../../edge/db/open-database.ts';
import { PURCHASE_DAYS } from '../../../edge/db/write-handlers.ts';
import type { WriteRequest } from '../../../edge/writes.ts';
import type { OfferId, RequestId, StationId } from '../../../kernel/domain/ids.ts';
import type { SoldLine } from '../../../kernel/domain/returning.ts';
import { aCouponUse, newId, newPseudonym } from '../../doubles/facts.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 3, 1, 10);
const stationId = 'till' as StationId;
const oil = 'oil-20' as OfferId;

function aStore() {
  const db = openForWriting(`${tempDir()}/store.db`);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const commit = (request: WriteRequest) => {
    const [settled] = committer.commit([{ id: 1, request }]);
    return settled !== undefined && 'result' in settled ? settled.result : settled;
  };
  const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all();
  const pseudonym = newPseudonym();
  const buy = (lines: readonly SoldLine[]) => {
    const purchaseId = newId<RequestId>();
    const coupon = aCouponUse({ pseudonym });
    const made = { purchaseId, requestId: newId<RequestId>(), stationId, pseudonym, points: 5 };
    const given = { coupons: [coupon], budgets: [], uses: [], lines, at: NOW };
    const answer = JSON.stringify({ netMinor: 300 });
    expect(commit({ kind: 'purchase', ...made, ...given, answer, fact: coupon.fact })).toEqual({
      kind: 'recorded',
    });
    return purchaseId;
  };
  const bringBack = (purchaseId: RequestId, requestId = newId<RequestId>()) =>
    commit({
      kind: 'return-lines',
      ...{ purchaseId, requestId, stationId, lines: [{ line: 4, quantity: 1 }], at: NOW },
    });
  return { commit, rows, buy, bringBack, pseudonym };
}
const line: SoldLine = {
  ...{ line: 4, quantity: 3, paidMinor: 300, returned: 0 },
  cuts: [{ offerId: oil, minor: 30 }],
};

test('[pos-7] lines and returns of a purchase go with it after 90 days', () => {
  const { commit, rows, buy, bringBack } = aStore();
  expect(bringBack(buy([line]))).toMatchObject({ kind: 'returned' });
  const counts = () => ['purchase', 'purchase_line', 'purchase_return'].map((t) => rows(t).length);
  commit({ kind: 'sweep', now: NOW + PURCHASE_DAYS * DAY_MS });
  expect(counts()).toEqual([1, 1, 1]);
  commit({ kind: 'sweep', now: NOW + PURCHASE_DAYS * DAY_MS + 1 });
  expect(counts()).toEqual([0, 0, 0]);
});

test('[duty-19] what comes back after an erasure is nobody’s', () => {
  const { commit, rows, buy, bringBack, pseudonym } = aStore();
  const purchaseId = buy([line]);
  bringBack(purchaseId);
  commit({
    kind: 'apply-pull',
    ...{ stream: 'erase', hqEpoch: 'e', rev: 1, facts: [], serverTime: NOW },
    operations: [{ kind: 'erase', pseudonym }],
  });
  for (let i = 0; i < 2; i += 1) expect(bringBack(purchaseId)).toMatchObject({ kind: 'returned' });
  const tables = ['purchase', 'purchase_line', 'purchase_return', 'purchase_coupon', 'journal'];
  expect(JSON.stringify(tables.map(rows))).not.toContain(pseudonym);
});

test('[pos-7] a purchase of before lines were kept can only be voided, all of it', () => {
  const { commit, buy, bringBack } = aStore();
  const purchaseId = buy([]);
  expect(bringBack(purchaseId)).toEqual({ kind: 'closed', reason: 'without-lines' });
  const voided = commit({ kind: 'void-purchase', purchaseId, stationId, at: NOW });
  const { answer } = voided as { answer: string };
  expect(JSON.parse(answer)).toMatchObject({ points: 5, paidBackMinor: 300, givenBack: [oil] });
  expect(bringBack(purchaseId)).toEqual({ kind: 'closed', reason: 'voided' });
});

test('[pos-8] a coupon is given back with the last piece of its lines, once, also where a void follows', () => {
  const { commit, rows, buy, bringBack } = aStore();
  const purchaseId = buy([line, { ...line, line: 5, quantity: 1, paidMinor: 0, cuts: [] }]);
  for (const used of [1, 1, 0]) {
    bringBack(purchaseId);
    expect(rows('redemption')).toHaveLength(used);
  }
  const { answer } = commit({ kind: 'void-purchase', purchaseId, stationId, at: NOW }) as {
    answer: string;
  };
  expect(JSON.parse(answer)).toMatchObject({ points: 0, paidBackMinor: 0, givenBack: [] });
});
