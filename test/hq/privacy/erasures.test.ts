import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type {
  CustomerId,
  Pseudonym,
  StationId,
  VisitId,
  ZoneId,
} from '../../../kernel/domain/ids.ts';
import { CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import { CHAIN_START } from '../../../kernel/protocol/hq-sync.ts';
import {
  ErasureReceiptSchema,
  ErasureReceiptsSchema,
} from '../../../kernel/protocol/privacy-api.ts';
import { rowHashOf } from '../../../node/journal-chain.ts';
import { filesUnder, findCanaries } from '../../support/canaries.ts';
import { startOffice, TestJournal, type TestOffice } from '../../support/head-office.ts';

const at = Date.now() - 60_000;
const kiosk = 'kiosk-1' as StationId;

async function officeWithAMember() {
  const office = await startOffice();
  for (const storeId of ['bottega', 'altra']) await office.makeStore(storeId);
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  const other = await office.enrolStore('altra');
  const storeIds = ['bottega', 'altra'];
  const phone = await office.joinPhone({ storeIds, segments: ['wine'], firstName: 'Zaffirina' });
  await phone.consent(await office.text('personalise'), true);
  await phone.consent(await office.text('recognise'), true);
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const { customerId } = customers.find(({ cards }) => cards.includes(phone.cardNumber))!;
  const [row] = await store.changes('cohort', 'row');
  const [otherRow] = await other.changes('cohort', 'row');
  const { pseudonym } = row!.row;
  const canaries = {
    customer: customerId,
    name: 'Zaffirina',
    card: phone.cardNumber,
    pseudonym,
    'pseudonym elsewhere': otherRow!.row.pseudonym,
    coupon: [...row!.row.coupons, ...otherRow!.row.coupons][0]!.code,
    'public key': row!.row.phonePublicKeys[0]!,
  };
  return { office, store, other, phone, customerId, pseudonym, canaries };
}

function aVisit(journal: TestJournal, pseudonym: Pseudonym): void {
  const visitId = uuidv7() as VisitId;
  const zoneId = 'entrance' as ZoneId;
  journal.write({ type: 'visit-started', visitId, pseudonym, zoneId, evidence: 'token', at });
  journal.write({ type: 'visit-ended', visitId, pseudonym, at: at + 1 });
}

const erase = (office: TestOffice, customerId: CustomerId) =>
  office.ask(ErasureReceiptSchema, 'POST', '/v1/privacy/erasures', { customerId });
const receipts = async (office: TestOffice) =>
  (await office.ask(ErasureReceiptsSchema, 'GET', '/v1/privacy/erasures')).erasures;

/** Every link of every lane, from the first row on. */
function verifyChains(dataDir: string): number {
  const db = new Database(join(dataDir, 'hq.sqlite'), { readonly: true });
  const rows = db.prepare('SELECT * FROM event ORDER BY epoch, lane, seq').all() as {
    lane: string;
    seq: number;
    type: string;
    content_hash: string;
    row_hash: string;
  }[];
  db.close();
  let previous = CHAIN_START;
  for (const { lane, seq, type, content_hash: contentHash, row_hash } of rows) {
    if (seq === 1) previous = CHAIN_START;
    previous = rowHashOf(previous, { lane, seq, type, contentHash });
    expect(previous).toBe(row_hash);
  }
  return rows.length;
}

describe('erasing a person at head office', () => {
  test('[duty-19] no byte of the person is left once the stores have confirmed, and the receipt says what went', async () => {
    const { office, store, other, customerId, pseudonym, canaries } = await officeWithAMember();
    const stranger = await office.joinPhone({ storeIds: ['bottega'], firstName: 'Rimane' });
    const journal = new TestJournal();
    aVisit(journal, pseudonym);
    journal.write({ type: 'edge-started', version: '1', at });
    journal.write({
      type: 'consent-withdrawn',
      ...{ pseudonym, purpose: 'recognise', stationId: kiosk, at },
    });
    for (const lane of ['interact', 'privacy', 'health'] as const)
      await store.push(journal.batch(lane));
    const found = () => findCanaries(canaries, filesUnder(office.dataDir));
    expect(new Set(found().map(({ canary }) => canary))).toEqual(new Set(Object.keys(canaries)));

    const receipt = await erase(office, customerId);
    expect(receipt.removed).toMatchObject({ customer: 1, identity: 2, member: 2, phone: 1 });
    expect(receipt.journal).toEqual({ erased: 3, chainHolds: true });
    expect(receipt.tracesLeft).toBe(0);
    expect(receipt.stores.map(({ state }) => state)).toEqual(['asked', 'asked']);
    expect(findCanaries(canaries, [['receipt', Buffer.from(JSON.stringify(receipt))]])).toEqual([]);
    const left = new Set(found().map(({ canary }) => canary));
    expect([...left].sort()).toEqual(['pseudonym', 'pseudonym elsewhere']); // named to the stores, until they have heard

    for (const each of [store, other]) {
      const { changes, hqEpoch } = await each.pull('erase');
      expect(changes.map(({ change }) => change.kind)).toEqual(['erased']);
      await each.pull('erase', changes[0]!.rev, { hqEpoch });
    }
    expect(found()).toEqual([]);
    const [after] = await receipts(office);
    expect(after?.stores.map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
    expect(verifyChains(office.dataDir)).toBe(4);
    const hq = readFileSync(join(office.dataDir, 'hq.sqlite'));
    expect(hq.includes(stranger.cardNumber)).toBe(true);
  });

  test('once erased, the same again gives the same receipt; somebody unknown gives none', async () => {
    const { office, customerId, phone } = await officeWithAMember();
    const first = await erase(office, customerId);
    expect(await erase(office, customerId)).toEqual(first);
    expect(await receipts(office)).toHaveLength(1);
    await expect(erase(office, uuidv7() as CustomerId)).rejects.toThrow(/no such customer/);
    await expect(phone.me()).rejects.toThrow();
  });

  test('[duty-21] what a store sends late about somebody erased is stripped, keeps its place, and makes nobody', async () => {
    const { office, store, customerId, pseudonym, canaries } = await officeWithAMember();
    const journal = new TestJournal();
    const someone = '5'.repeat(32) as Pseudonym;
    aVisit(journal, pseudonym);
    await store.push(journal.batch('interact'));
    await erase(office, customerId);
    const { changes, hqEpoch } = await store.pull('erase');
    await store.pull('erase', changes[0]!.rev, { hqEpoch });
    aVisit(journal, pseudonym);
    aVisit(journal, someone);
    const late = await store.push(journal.batch('interact', 3, 6));
    expect(late).toMatchObject({ status: 200, answer: { lastSeq: 6 } });
    const { pseudonym: name, customer } = canaries;
    expect(findCanaries({ name, customer }, filesUnder(office.dataDir))).toEqual([]);
    expect(findCanaries({ someone }, filesUnder(office.dataDir))).not.toEqual([]);
    expect(verifyChains(office.dataDir)).toBe(6);
    expect((await office.ask(CustomersSchema, 'GET', '/v1/customers')).customers).toEqual([]);
    // Sent again, whole: the same rows, no conflict.
    expect((await store.push(journal.batch('interact'))).status).toBe(200);
  });

  test('[duty-16] that a yes and a no were said stays, without who said it', async () => {
    const { office, customerId } = await officeWithAMember();
    const { erasureId } = await erase(office, customerId);
    const db = new Database(join(office.dataDir, 'hq.sqlite'), { readonly: true });
    const kept = db.prepare('SELECT * FROM kept_consent WHERE erasure_id = ?').all(erasureId);
    db.close();
    expect(kept).toMatchObject([
      { purpose: 'personalise', given: 1, channel: 'phone', actor: 'person' },
      { purpose: 'recognise', given: 1 },
    ]);
    expect(Object.keys(kept[0] as object)).not.toContain('customer_id');
  });
});
