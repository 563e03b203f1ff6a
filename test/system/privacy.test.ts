import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../kernel/domain/ids.ts';
import { CustomersSchema, CustomerViewSchema } from '../../kernel/protocol/console-api.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import {
  ErasureReceiptSchema,
  ErasureReceiptsSchema,
  FoundSchema,
  SubjectExportSchema,
} from '../../kernel/protocol/privacy-api.ts';
import { rowHashOf } from '../../node/journal-chain.ts';
import { createLog } from '../../node/logs.ts';
import { filesUnder, findCanaries } from '../support/canaries.ts';
import { anEdge } from '../support/edge.ts';
import { startOffice } from '../support/head-office.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 60_000 });

interface ChainRow {
  readonly lane: string;
  readonly seq: number;
  readonly type: string;
  readonly content_hash: string;
  readonly row_hash: string;
}

/** Every link of every lane; throws where one does not hold. @returns rows, and those without a body */
function verifyChain(file: string, table: 'journal' | 'event') {
  const db = new Database(file, { readonly: true });
  const rows = db
    .prepare(
      `SELECT lane, seq, type, content_hash, row_hash, body FROM ${table} ORDER BY lane, seq`,
    )
    .all() as (ChainRow & { body: string | null })[];
  db.close();
  let previous = CHAIN_START;
  for (const { lane, seq, type, content_hash: contentHash, row_hash } of rows) {
    if (seq === 1) previous = CHAIN_START;
    previous = rowHashOf(previous, { lane, seq, type, contentHash });
    if (previous !== row_hash) throw new Error(`${table}: ${lane} ${String(seq)} does not follow`);
  }
  return { rows: rows.length, erased: rows.filter(({ body }) => body === null).length };
}

test('[duty-19] [threat-18] after a day in a real shop, an erasure leaves no byte of the person in store or head office', async () => {
  const lines: string[] = [];
  const log = (name: string) =>
    createLog(name, { level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const office = await startOffice({ log: log('hq'), clock: () => Date.now() });
  const { hq } = office;
  await office.makeStore('bottega');
  await office.publishDemo();

  const storeIds = ['bottega' as StoreId];
  // Staff wrote more on the sheet than they should have.
  const proof = 'binder 3, zaffirina.quercetti@example.org';
  const made = await office.ask(CustomerViewSchema, 'POST', '/v1/customers', {
    ...{ language: 'it', firstName: 'Zaffirina', segments: ['coffee', 'wine'], storeIds },
    paperConsents: { purposes: ['recognise', 'personalise', 'show-name'], textVersion: '1', proof },
  });
  const { customerId } = made;
  const phone = await office.joinPhone({ storeIds, customerId, firstName: 'Zaffirina' });
  const other = await office.joinPhone({ storeIds, segments: ['wine'], firstName: 'Rimane' });
  await other.consent(await office.text('recognise'), true);

  const edge = await anEdge({
    hqUrl: hq.url,
    hqOperatorSocket: hq.operatorSocket,
    log: log('edge'),
    pollMs: 300,
  });
  const metrics = async () => (await fetch(`${edge.url}/metrics`)).text();
  await until('both members and the offers', 15_000, async () => {
    const text = await metrics();
    return text.includes('soglia_cohort_members 2\n') && /bundle_version [1-9]/.test(text);
  });
  const card = made.cards[0]!;
  const { found } = await office.ask(FoundSchema, 'POST', '/v1/privacy/find', { text: card });
  expect(found).toEqual([{ customerId, by: 'card' }]);

  const bridge = await edge.bridge();
  const kiosk = await edge.kiosk();
  for (const each of [phone, other]) {
    const advert = await each.advert('android');
    expect(await bridge.hear(advert.slice(-8))).toMatchObject({ ok: true });
  }
  await kiosk.screen('prompt');
  expect(await bridge.scan(card)).toBe('good');
  const session = await kiosk.screen('session');
  const coupon = session.offers.cards.find(({ couponCode }) => couponCode !== undefined);
  await kiosk.expose(session.offers.decisionId, [session.offers.cards[0]!.offerId]);
  expect(await bridge.scan(coupon!.couponCode!)).toBe('good');
  await until('the redemption at head office', 10_000, async () =>
    (await office.timeline(customerId)).some(({ kind }) => kind === 'redemption'),
  );
  await until('the exposure at head office', 10_000, async () =>
    (await office.timeline(customerId)).some(({ kind }) => kind === 'exposure'),
  );

  const held = { customerId };
  const exported = await office.ask(SubjectExportSchema, 'POST', '/v1/privacy/export', held);
  const { pseudonym } = exported.stores[0]!;
  const canaries = {
    ...{ customer: customerId, name: 'Zaffirina', 'e-mail': proof.split(' ')[2]!, card, pseudonym },
    ...{ coupon: coupon!.couponCode! },
  };
  const everywhere = () => [...filesUnder(office.dataDir), ...filesUnder(edge.dataDir)];
  const before = findCanaries(canaries, everywhere());
  expect(new Set(before.map(({ canary }) => canary))).toEqual(new Set(Object.keys(canaries)));
  // The search looks into the store as well: there the person is a pseudonym, and sealed.
  const inStore = findCanaries(canaries, filesUnder(edge.dataDir)).map(({ canary }) => canary);
  expect(new Set(inStore)).toEqual(new Set(['pseudonym']));

  const receipt = await office.ask(ErasureReceiptSchema, 'POST', '/v1/privacy/erasures', held);
  expect(receipt).toMatchObject({ tracesLeft: 0, journal: { chainHolds: true } });
  expect(receipt.journal.erased).toBeGreaterThan(3);
  await until('the store to confirm', 10_000, async () => {
    const { erasures } = await office.ask(ErasureReceiptsSchema, 'GET', '/v1/privacy/erasures');
    return erasures[0]?.stores[0]?.state === 'confirmed';
  });
  await until('the last byte', 5_000, () => findCanaries(canaries, everywhere()).length === 0);

  // Nobody any more, to card, radio or code; the other one still is.
  expect(await bridge.scan(card)).toBe('ask');
  expect(await bridge.scan(coupon!.couponCode!)).toBe('ask');
  expect(await bridge.hear((await phone.advert('android')).slice(-8))).toMatchObject({
    outcome: { resolved: 0 },
  });
  expect(await bridge.hear((await other.advert('android')).slice(-8))).toMatchObject({
    outcome: { resolved: 1 },
  });
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  expect(customers.map(({ firstName }) => firstName)).toEqual(['Rimane']);

  const texts = { logs: lines.join('\n'), metrics: await metrics() };
  expect(lines.length).toBeGreaterThan(2);
  const status = await office.ask(z.unknown(), 'GET', '/v1/stores');
  for (const [where, text] of Object.entries({ ...texts, status: JSON.stringify(status) }))
    expect(findCanaries(canaries, [[where, Buffer.from(text)]])).toEqual([]);

  await edge.running.stop();
  await hq.stop();
  expect(findCanaries(canaries, everywhere())).toEqual([]);
  expect(verifyChain(join(edge.dataDir, 'store.db'), 'journal').erased).toBeGreaterThan(3);
  expect(verifyChain(join(office.dataDir, 'hq.sqlite'), 'event').erased).toBeGreaterThan(3);
});
