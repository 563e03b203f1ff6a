import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { CohortRepository } from '../../../edge/db/cohort-repository.ts';
import { Committer, DiskUntrustedError } from '../../../edge/db/commit.ts';
import { factOf } from '../../../edge/writes.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { Settled } from '../../../edge/db/writer-messages.ts';
import type { WriteRequest } from '../../../edge/writes.ts';
import type {
  DecisionId,
  LeaseId,
  OfferId,
  Pseudonym,
  RequestId,
  StationId,
} from '../../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../../kernel/protocol/hq-sync.ts';
import type { JournalBody } from '../../../kernel/protocol/journal-events.ts';
import { contentHashOf, rowHashOf } from '../../../node/journal-chain.ts';
import { aProductScan, AT, newId, newPseudonym } from '../../doubles/facts.ts';
import {
  aCoupon,
  type Coupon,
  holding,
  OIL,
  redemptionOf,
  serving,
} from '../../doubles/held-coupons.ts';
import { tempDir } from '../../support/temp-dir.ts';

function aStore() {
  const folder = tempDir();
  const file = join(folder, 'store.db');
  const db = openForWriting(file);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const reader = new StoreReader(openForReading(file));
  let id = 0;
  const commit = (...requests: WriteRequest[]) =>
    committer.commit(requests.map((request) => ({ id: (id += 1), request })));
  const held = (given: Partial<Coupon> = {}) => {
    const coupon = aCoupon(given);
    commit(holding(coupon));
    return coupon;
  };
  commit(serving(OIL));
  return { folder, file, db, reader, commit, held };
}
const resultOf = (settled: Settled | undefined) =>
  settled !== undefined && 'result' in settled ? settled.result : settled;
const redeem = (
  coupon: Coupon,
  given: Partial<Parameters<typeof redemptionOf>[1]> = {},
): WriteRequest => ({ kind: 'redeem', ...redemptionOf(coupon, given) });
const record = (...bodies: JournalBody[]): WriteRequest => ({
  kind: 'record',
  facts: bodies.map(factOf),
});

test('[inv-4] a coupon is redeemed once, whoever asks again hears when it was', () => {
  const { commit, reader, held } = aStore();
  const coupon = held();
  const settled = commit(redeem(coupon), redeem(coupon, { at: AT + 1 }));
  const { couponId, offerId } = coupon;
  expect(settled.map(resultOf)).toEqual([
    { kind: 'redeemed', couponId, offerId, redeemedAt: AT },
    { kind: 'refused', reason: 'already-used', redeemedAt: AT },
  ]);
  expect(reader.lastSeq('redeem')).toBe(1);
});

test('[inv-4] a request repeated after a crash gets its first answer, byte for byte', () => {
  const { commit, reader, held } = aStore();
  const coupon = held();
  const requestId = newId<RequestId>();
  const [first] = commit(redeem(coupon, { requestId }));
  const [again] = commit(redeem(coupon, { requestId, at: AT + 1 }));
  expect(JSON.stringify(resultOf(again))).toBe(JSON.stringify(resultOf(first)));
  expect(resultOf(again)).toMatchObject({ kind: 'redeemed', redeemedAt: AT });
  expect(reader.lastSeq('redeem')).toBe(1);
});

test('a commit waits for whoever holds the lock for an instant, instead of failing', async () => {
  const { commit, file, held } = aStore();
  const coupon = held();
  const holder = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const db = require('better-sqlite3')(workerData);
     db.exec('BEGIN IMMEDIATE');
     parentPort.postMessage('held');
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
     db.close();`,
    { eval: true, workerData: file },
  );
  await once(holder, 'message');
  expect(resultOf(commit(redeem(coupon))[0])).toMatchObject({ kind: 'redeemed' });
});

test('[inv-3] the numbers of a lane have no gap and every row carries the hash of the one before', () => {
  const { commit, reader, held } = aStore();
  for (let i = 0; i < 5; i += 1) commit(record(aProductScan(), aProductScan()), redeem(held()));
  const range = reader.laneAfter('interact', 0);
  expect(range?.previousHash).toBe(CHAIN_START);
  expect(range?.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  let previous = CHAIN_START;
  for (const event of range?.events ?? []) {
    expect(contentHashOf(event.salt!, event.body!)).toBe(event.contentHash);
    previous = rowHashOf(previous, { lane: 'interact', ...event });
  }
  commit(record(aProductScan()));
  expect(reader.laneAfter('interact', 10)?.previousHash).toBe(previous);
});

test('a request that fails takes nothing with it and leaves no gap', () => {
  const { commit, reader } = aStore();
  const bad = { kind: 'nonsense' } as unknown as WriteRequest;
  const decision = {
    kind: 'decide',
    decisionId: newId<DecisionId>(),
    stationId: 'entrance' as StationId,
    surface: 'kiosk',
    pseudonym: undefined,
    offerIds: [],
    at: 1,
    fact: factOf(aProductScan()),
  } as const;
  const settled = commit(
    record(aProductScan()),
    decision,
    decision, // the same id twice: refused after its row, before its fact
    bad,
    record(aProductScan()),
  );
  expect(settled.map((one) => 'failure' in one)).toEqual([false, false, true, true, false]);
  expect(reader.laneAfter('interact', 0)?.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('an exposure counts once for each offer of its decision, and only for that station', () => {
  const { commit, reader } = aStore();
  const decisionId = newId<DecisionId>();
  const [a, b, c] = ['a', 'b', 'c'] as OfferId[];
  const at = { stationId: 'entrance' as StationId, at: 5 };
  commit({
    kind: 'decide',
    decisionId,
    surface: 'kiosk',
    pseudonym: undefined,
    offerIds: [a!, b!],
    fact: factOf(aProductScan()),
    ...at,
  });
  const expose = (offerIds: OfferId[], given = {}): WriteRequest => ({
    kind: 'expose',
    decisionId,
    requestId: newId(),
    offerIds,
    storeDay: '2026-04-01',
    ...at,
    ...given,
  });
  expect(commit(expose([a!])).map(resultOf)).toEqual([{ kind: 'recorded', offerIds: [a] }]);
  expect(commit(expose([a!, b!])).map(resultOf)).toEqual([{ kind: 'recorded', offerIds: [b] }]);
  expect(commit(expose([a!, b!])).map(resultOf)).toEqual([{ kind: 'recorded', offerIds: [] }]);
  expect(
    commit(
      expose([c!]),
      expose([a!], { stationId: 'till' }),
      expose([a!], { decisionId: newId() }),
    ).map(resultOf),
  ).toEqual(Array(3).fill({ kind: 'unknown-decision' }));
  const bodies = reader
    .laneAfter('interact', 1)
    ?.events.map(({ body }) => JSON.parse(body!) as unknown);
  expect(bodies).toMatchObject([{ offerIds: ['a'] }, { offerIds: ['b'] }]);
});

test('[duty-19] erasure leaves no byte of the person, and the chain still verifies', () => {
  const { folder, commit, reader, held } = aStore();
  const coupon = held();
  const { couponId, pseudonym } = coupon;
  const someoneElse = newPseudonym();
  commit(record(aProductScan(pseudonym), aProductScan(someoneElse)));
  commit(redeem(coupon));
  commit({
    kind: 'apply-pull',
    stream: 'cohort',
    hqEpoch: '1'.repeat(32),
    rev: 1,
    facts: [],
    serverTime: 1,
    operations: [
      {
        kind: 'put',
        row: {
          pseudonym,
          rowVersion: 1,
          leaseId: newId<LeaseId>(),
          sealed: Buffer.from('sealed-canary'),
          coupons: [],
          lookUps: [{ kind: 'card', hash: 'cafe'.repeat(8) }],
        },
      },
    ],
  });
  const bytesOf = () =>
    Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  const canaries = [pseudonym, couponId, 'sealed-canary', 'cafe'.repeat(8)];
  for (const canary of canaries) expect(bytesOf().includes(canary)).toBe(true);

  commit({
    kind: 'apply-pull',
    stream: 'erase',
    hqEpoch: '1'.repeat(32),
    rev: 1,
    facts: [],
    serverTime: 1,
    operations: [{ kind: 'erase', pseudonym }],
  });
  const found = canaries.filter((canary) => bytesOf().includes(canary));
  expect(found).toEqual([]);
  expect(bytesOf().includes(someoneElse)).toBe(true);
  const events = reader.laneAfter('interact', 0)!.events;
  expect(events[0]).not.toHaveProperty('body');
  expect(events[0]).not.toHaveProperty('salt');
  const afterErased = rowHashOf(CHAIN_START, { lane: 'interact', ...events[0]! });
  expect(reader.laneAfter('interact', 1)?.previousHash).toBe(afterErased);
});

test.each([
  ['at once', false],
  ['after a crash right then, with the next start', true],
])('[duty-20] when the lease is over no byte of anybody’s row is left, %s', (_, crashes) => {
  const { folder, db, commit } = aStore();
  const people = Array.from({ length: 500 }, () => newPseudonym());
  const leaseId = newId<LeaseId>();
  const put = (pseudonym: Pseudonym) => ({
    kind: 'put' as const,
    row: {
      ...{ pseudonym, rowVersion: 1, leaseId, coupons: [] },
      sealed: Buffer.from(`sealed-canary ${'x'.repeat(700)}`),
      lookUps: [{ kind: 'card' as const, hash: `cafe${pseudonym.slice(4)}` }],
    },
  });
  commit({ kind: 'change-cohort', facts: [], operations: people.map(put) });
  db.pragma('wal_checkpoint(TRUNCATE)');
  const bytesOf = () =>
    Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  const marks = ['sealed-canary', ...people, ...people.map((each) => `cafe${each.slice(4)}`)];
  const before = bytesOf();
  expect(marks.every((mark) => before.includes(mark))).toBe(true);
  if (crashes) {
    new CohortRepository(db).clear();
    expect(bytesOf().includes('sealed-canary')).toBe(true);
    const restarted = new Committer(db, () => ({ bootId: '1'.repeat(32), monoMs: 1, wallMs: 2 }));
    restarted.commit([{ id: 2, request: record() }]);
  } else commit({ kind: 'drop-cohort', at: 1 });
  const after = bytesOf();
  expect(marks.filter((mark) => after.includes(mark))).toEqual([]);
  expect(db.pragma('secure_delete', { simple: true })).toBe(1);
});

test('the first lease of a store finds nobody, and nothing is written anew for it', () => {
  const { db, commit } = aStore();
  db.exec(`CREATE TEMP TRIGGER noted AFTER INSERT ON main.meta WHEN NEW.key = 'loose_pages'
           BEGIN SELECT RAISE(ABORT, 'pages without an owner'); END`);
  expect(commit({ kind: 'drop-cohort', at: 1 }).map(resultOf)).toEqual([null]);
});

test('[duty-19] nor is one in the unused part of a page that was split', () => {
  const { folder, commit } = aStore();
  const people = Array.from({ length: 6_000 }, () => newPseudonym());
  const leaseId = newId<LeaseId>();
  const put = (pseudonym: Pseudonym, i: number) => {
    const lookUps = [{ kind: 'card' as const, hash: newPseudonym() }];
    const sealed = Buffer.alloc(i % 300);
    const row = { pseudonym, rowVersion: 1, leaseId, sealed, lookUps, coupons: [] };
    return { kind: 'put' as const, row };
  };
  const pull = { hqEpoch: '1'.repeat(32), rev: 1, facts: [], serverTime: 1 };
  commit({ kind: 'apply-pull', stream: 'cohort', ...pull, operations: people.map(put) });
  const erased = people.filter((_, i) => i % 8 === 0);
  const operations = erased.map((pseudonym) => ({ kind: 'erase' as const, pseudonym }));
  commit({ kind: 'apply-pull', stream: 'erase', ...pull, operations });
  const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  expect(erased.filter((pseudonym) => bytes.includes(pseudonym))).toEqual([]);
  expect(bytes.includes(people[1]!)).toBe(true);
});

test('[inv-6] batch and cursor are one: a batch that fails leaves the cursor', () => {
  const { commit, reader } = aStore();
  const pull = (rev: number, operations: unknown[]) =>
    commit({
      kind: 'apply-pull',
      stream: 'config',
      hqEpoch: '1'.repeat(32),
      rev,
      facts: [],
      serverTime: rev,
      operations,
    } as WriteRequest);
  pull(7, [{ kind: 'set-meta', key: 'a', value: '1' }]);
  expect(reader.cursor('config')).toEqual({ hqEpoch: '1'.repeat(32), rev: 7 });
  const [settled] = pull(8, [
    { kind: 'set-meta', key: 'a', value: '2' },
    { kind: 'set-meta', key: 'a', value: null },
  ]);
  expect(settled).toHaveProperty('failure');
  expect(reader.meta('a')).toBe('1');
  expect(reader.cursor('config')?.rev).toBe(7);
});

test('[fault-9] acknowledged rows stay 35 days or 7, so that HQ can be refilled; an HQ that knows less is believed', () => {
  const { commit, reader, held } = aStore();
  const DAY = 86_400_000;
  commit(record(aProductScan(), aProductScan(), aProductScan()), redeem(held()), redeem(held()));
  const acked = (lane: 'interact' | 'redeem', seq: number, at: number): WriteRequest => ({
    kind: 'acked',
    lane,
    epoch: 'e',
    seq,
    hqEpoch: 'h',
    serverTime: 1,
    at,
  });
  commit(acked('interact', 3, 0), acked('redeem', 2, 0));
  commit({ kind: 'sweep', now: 6 * DAY });
  expect(reader.laneAfter('interact', 0)?.events).toHaveLength(3);
  commit({ kind: 'sweep', now: 8 * DAY });
  expect(reader.laneAfter('interact', 0)?.events.map(({ seq }) => seq)).toEqual([3]);
  expect(reader.laneAfter('redeem', 0)?.events).toHaveLength(2);
  commit(acked('redeem', 1, 8 * DAY), { kind: 'sweep', now: 40 * DAY });
  expect(reader.ackedSeq('redeem', 'e')).toBe(1);
  expect(reader.laneAfter('redeem', 1)?.events.map(({ seq }) => seq)).toEqual([2]);
  commit(record(aProductScan()));
  expect(reader.laneAfter('interact', 3)?.events.map(({ seq }) => seq)).toEqual([4]);
});

test('[duty-14] 7 days after HQ has it nothing of a visit is left, also where it was the last thing that happened', () => {
  const { commit, db, reader } = aStore();
  const DAY = 86_400_000;
  const pseudonym = newPseudonym();
  commit(record(aProductScan(pseudonym), aProductScan(pseudonym)));
  const lane = { lane: 'interact', epoch: 'e', hqEpoch: 'h', serverTime: 1 } as const;
  commit({ kind: 'acked', ...lane, seq: 2, at: 0 });
  const swept = commit({ kind: 'sweep', now: 8 * DAY }).map(resultOf);
  expect(swept).toMatchObject([{ journal: 2 }]);
  expect(db.prepare('SELECT seq, body, salt, pseudonym FROM journal').all()).toEqual([
    { seq: 2, body: null, salt: null, pseudonym: null },
  ]);
  commit(record(aProductScan()));
  expect(reader.laneAfter('interact', 2)?.previousHash).toBe(
    db.prepare('SELECT row_hash FROM journal WHERE seq = 2').pluck().get(),
  );
});

test('[duty-15] whose coupon it was goes after 24 months, that it was used stays', () => {
  const { commit, db, held } = aStore();
  const MONTH = (365 / 12) * 86_400_000;
  const used = held();
  commit(redeem(used, { at: 0 }));
  commit({ kind: 'sweep', now: 23 * MONTH });
  const named = db.prepare('SELECT pseudonym FROM redemption').pluck();
  expect(named.get()).not.toBeNull();
  expect(commit({ kind: 'sweep', now: 25 * MONTH }).map(resultOf)).toMatchObject([{ coupons: 1 }]);
  expect(named.get()).toBeNull();
  expect(commit(redeem(used)).map(resultOf)).toMatchObject([{ reason: 'already-used' }]);
});

test('a withdrawal is kept while its row may come, and 35 days after the row is gone', () => {
  const { commit, reader } = aStore();
  const DAY = 86_400_000;
  const pseudonym = newPseudonym();
  const pull = {
    stream: 'erase',
    hqEpoch: '1'.repeat(32),
    rev: 1,
    facts: [],
    serverTime: 1,
  } as const;
  const withdraw = { kind: 'withdraw', pseudonym, purpose: 'recognise', at: 0 } as const;
  const row = {
    pseudonym,
    rowVersion: 1,
    leaseId: newId<LeaseId>(),
    sealed: Buffer.from('s'),
    coupons: [],
    lookUps: [],
  };
  commit({ kind: 'apply-pull', ...pull, operations: [withdraw, { kind: 'put', row }] });
  commit({ kind: 'sweep', now: 36 * DAY });
  expect(reader.withdrawals(pseudonym).size).toBe(1);
  commit({ kind: 'apply-pull', ...pull, operations: [{ kind: 'remove', pseudonym }] });
  commit({ kind: 'sweep', now: 36 * DAY });
  expect(reader.withdrawals(pseudonym).size).toBe(0);
});

test('a rotating code counts once in its minute, with the session it opens', () => {
  const { commit, reader } = aStore();
  const open = (minute: number): WriteRequest => ({
    kind: 'open-session',
    fact: factOf(aProductScan()),
    code: { hash: 'h', minute, at: 0 },
  });
  expect(commit(open(1), open(1), open(2)).map(resultOf)).toEqual([
    'opened',
    'code-used',
    'opened',
  ]);
  expect(reader.lastSeq('interact')).toBe(2);
});

test('[fault-4] after an error of the disk nothing is answered any more', () => {
  const { commit, db, held } = aStore();
  const coupon = held();
  db.function('fail_like_a_disk', () => {
    throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
  });
  db.exec(`CREATE TEMP TRIGGER broken BEFORE INSERT ON main.redemption
           BEGIN SELECT fail_like_a_disk(); END`);
  expect(() => commit(redeem(coupon))).toThrow(DiskUntrustedError);
});
