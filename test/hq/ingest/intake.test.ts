import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type {
  CustomerId,
  DecisionId,
  Pseudonym,
  RequestId,
  SessionId,
  StationId,
  VisitId,
  ZoneId,
} from '../../../kernel/domain/ids.ts';
import { CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import {
  startOffice,
  TestJournal,
  type TestOffice,
  type TestStore,
} from '../../support/head-office.ts';

const kiosk = 'kiosk-1' as StationId;
const at = 1_790_000_000_000;

interface Shop {
  readonly office: TestOffice;
  readonly store: TestStore;
  readonly customerId: CustomerId;
  readonly pseudonym: Pseudonym;
}

async function shopWithAMember(): Promise<Shop> {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  const phone = await office.joinPhone({ storeIds: ['bottega'], segments: ['wine'] });
  const row = (await store.changes('cohort', 'row'))[0]!.row;
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const customer = customers.find(({ cards }) => cards.includes(phone.cardNumber))!;
  return { office, store, customerId: customer.customerId, pseudonym: row.pseudonym };
}

function aVisit(journal: TestJournal, pseudonym: Pseudonym): VisitId {
  const visitId = uuidv7() as VisitId;
  const zoneId = 'entrance' as ZoneId;
  journal.write({ type: 'visit-started', visitId, pseudonym, zoneId, evidence: 'token', at });
  return visitId;
}

describe('the intake of the journal', () => {
  test('[wire-26, inv-2] a visit, its exposure and its redemption stand in the timeline once each', async () => {
    const { office, store, customerId, pseudonym } = await shopWithAMember();
    const coupon = (await store.changes('cohort', 'row'))[0]!.row.coupons[0]!;
    const journal = new TestJournal();
    const visitId = aVisit(journal, pseudonym);
    const shown = { pseudonym, stationId: kiosk, surface: 'kiosk' as const, at: at + 2_000 };
    journal.write({
      type: 'session-opened',
      sessionId: uuidv7() as SessionId,
      pseudonym,
      stationId: kiosk,
      strength: 3,
      evidence: 'card',
      at: at + 1_000,
    });
    const decisionId = uuidv7() as DecisionId;
    const offerIds = [coupon.offerId];
    for (let i = 0; i < 2; i += 1)
      journal.write({
        type: 'exposed',
        requestId: uuidv7() as RequestId,
        decisionId,
        offerIds,
        ...shown,
      });
    journal.write({ type: 'visit-ended', visitId, pseudonym, at: at + 60_000 });
    journal.write({
      type: 'coupon-redeemed',
      requestId: uuidv7() as RequestId,
      couponId: coupon.couponId,
      offerId: coupon.offerId,
      redemption: 'leased',
      stationId: kiosk,
      pseudonym,
      at: at + 3_000,
    });
    for (let i = 0; i < 3; i += 1) {
      expect((await store.push(journal.batch('interact'))).answer['lastSeq']).toBe(5);
      expect((await store.push(journal.batch('redeem'))).answer['lastSeq']).toBe(1);
    }
    const entries = await office.timeline(customerId);
    const kinds = entries.map(({ kind }) => kind).filter((kind) => kind !== 'joined');
    expect(kinds.sort()).toEqual(['exposure', 'redemption', 'session', 'visit']);
    const visit = entries.find(({ kind }) => kind === 'visit')!;
    expect(visit.details).toMatchObject({ zone: 'entrance', until: at + 60_000 });
    const kept = (await store.changes('cohort', 'row'))[0]!.row;
    expect(kept.coupons.map(({ couponId }) => couponId)).toContain(coupon.couponId); // "already used" is said there
  });

  test('[inv-3] a gap is refused and the number that HQ has is named', async () => {
    const { store, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    for (let i = 0; i < 5; i += 1) aVisit(journal, pseudonym);
    await store.push(journal.batch('interact', 1, 2));
    const { status, answer } = await store.push(journal.batch('interact', 4, 5));
    expect(status).toBe(409);
    expect(answer).toMatchObject({ code: 'sync/gap', lastSeq: 2 });
    expect(answer['message']).toContain('lastSeq 2');
    expect((await store.push(journal.batch('interact', 2, 5))).answer['lastSeq']).toBe(5);
  });

  test('[wire-27] another payload under a known number stops the epoch, in all its lanes', async () => {
    const { office, store, customerId, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    aVisit(journal, pseudonym);
    await store.push(journal.batch('interact'));
    const forged = new TestJournal(journal.epoch);
    aVisit(forged, pseudonym);
    aVisit(forged, pseudonym);
    const first = await store.push(forged.batch('interact'));
    expect(first).toMatchObject({ status: 409, answer: { code: 'sync/conflict' } });
    forged.write({ type: 'edge-started', version: '1', at });
    expect((await store.push(forged.batch('health'))).answer['code']).toBe('sync/conflict');
    const visits = (await office.timeline(customerId)).filter(({ kind }) => kind === 'visit');
    expect(visits).toHaveLength(1);
    const anew = new TestJournal();
    aVisit(anew, pseudonym);
    expect((await store.push(anew.batch('interact'))).status).toBe(200);
  });

  test('[wire-25] a chain or a content that does not agree is refused by name', async () => {
    const { store, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    aVisit(journal, pseudonym);
    aVisit(journal, pseudonym);
    const good = journal.batch('interact');
    const altered = good.events.map((event, i) => (i === 1 ? { ...event, body: '{}' } : event));
    const changed = await store.push({ ...good, events: altered });
    expect(changed).toMatchObject({ status: 400, answer: { code: 'request/invalid' } });
    expect(changed.answer['message']).toContain('events.1.contentHash');
    const other = await store.push({ ...good, previousHash: 'ab'.repeat(32) });
    expect(other.answer['message']).toContain('previousHash');
    const jumped = good.events.map((event) => ({ ...event, seq: event.seq === 2 ? 3 : 1 }));
    expect((await store.push({ ...good, events: jumped })).answer['message']).toContain(
      'events.1.seq',
    );
  });

  test('an erased row has neither body nor salt and keeps its place in the chain', async () => {
    const { store, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    for (let i = 0; i < 3; i += 1) aVisit(journal, pseudonym);
    const good = journal.batch('interact');
    const erased = good.events.map((event, i) => {
      if (i !== 1) return event;
      return { ...event, body: undefined, salt: undefined };
    });
    expect((await store.push({ ...good, events: erased })).answer['lastSeq']).toBe(3);
    expect((await store.push(good)).answer['lastSeq']).toBe(3); // the same rows, whole: no conflict
  });

  test('an event that we do not understand is kept as it came, and its lane goes on', async () => {
    const { office, store, customerId, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    journal.writeRaw('interact', 'levitated', '{"type":"levitated","metres":2}', 7);
    journal.writeRaw('interact', 'visit-started', 'not JSON');
    aVisit(journal, pseudonym);
    expect((await store.push(journal.batch('interact'))).answer['lastSeq']).toBe(3);
    const visits = (await office.timeline(customerId)).filter(({ kind }) => kind === 'visit');
    expect(visits).toHaveLength(1);
  });

  test('a store restored from an older image sends its facts again under a new epoch: they stay one', async () => {
    const { office, store, customerId, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    aVisit(journal, pseudonym);
    const { events } = journal.batch('interact');
    await store.push(journal.batch('interact'));
    const restored = { ...journal.batch('interact'), epoch: randomBytes(16).toString('hex') };
    expect((await store.push(restored as never)).answer['lastSeq']).toBe(1);
    expect(events).toHaveLength(1);
    const visits = (await office.timeline(customerId)).filter(({ kind }) => kind === 'visit');
    expect(visits).toHaveLength(1);
  });

  test('[duty-7] a withdrawal made at a kiosk becomes a record, leaves the row and goes to every store', async () => {
    const { office, store, customerId, pseudonym } = await shopWithAMember();
    const journal = new TestJournal();
    journal.write({
      type: 'consent-withdrawn',
      pseudonym,
      purpose: 'personalise',
      stationId: kiosk,
      at,
    });
    await store.push(journal.batch('privacy'));
    const [withdrawn] = await store.changes('erase', 'withdrawn');
    expect(withdrawn).toMatchObject({ pseudonym, purpose: 'personalise', at });
    const entries = await office.timeline(customerId);
    expect(entries.some(({ kind }) => kind === 'consent-withdrawn')).toBe(true);
  });

  test('[threat-13] events of a pseudonym of another store change nobody', async () => {
    const { office, customerId, pseudonym } = await shopWithAMember();
    await office.makeStore('altra');
    const other = await office.enrolStore('altra');
    const journal = new TestJournal();
    aVisit(journal, pseudonym);
    expect((await other.push(journal.batch('interact'))).status).toBe(200);
    const visits = (await office.timeline(customerId)).filter(({ kind }) => kind === 'visit');
    expect(visits).toHaveLength(0);
  });
});
