import { expect, test, vi } from 'vitest';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { StoreId } from '../../kernel/domain/ids.ts';
import {
  type CustomerView,
  CustomersSchema,
  StoresSchema,
} from '../../kernel/protocol/console-api.ts';
import type { Verdict } from '../../kernel/protocol/handheld-events.ts';
import { createLog } from '../../node/logs.ts';
import { decodeOwnCode, encodeOwnCard, encodeRotatingCode } from '../../kernel/scans/own-code.ts';
import { randomBytes } from 'node:crypto';
import { cuttableLine } from '../support/cuttable-line.ts';
import { newId } from '../doubles/facts.ts';
import { anEdge, ask } from '../support/edge.ts';
import { startOffice } from '../support/head-office.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const HOME = 'altra' as StoreId;
const HERE = 'bottega' as StoreId;
const HOUR_MS = 3_600_000;

/** Somebody of another store comes into this one, whose line to head office can be cut. */
async function aVisit() {
  const lines: string[] = [];
  const log = (name: string) =>
    createLog(name, { level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const time = { aheadMs: 0 };
  const office = await startOffice({
    log: log('hq'),
    clock: () => Date.now() + time.aheadMs,
  });
  for (const store of [HOME, HERE]) await office.makeStore(store);
  await office.publishDemo();
  const phone = await office.joinPhone({
    storeIds: [HOME],
    segments: ['wine'],
    firstName: 'Ospite',
  });
  for (const purpose of ['recognise', 'personalise', 'show-name'] as const)
    await phone.consent(await office.text(purpose), true);
  const line = await cuttableLine(office.hq.url);
  const edge = await anEdge({
    hqUrl: line.url,
    hqOperatorSocket: office.hq.operatorSocket,
    log: log('edge'),
    pollMs: 500,
  });
  const metrics = async () => (await fetch(`${edge.url}/metrics`)).text();
  const isReachable = async (is: boolean) =>
    until(`HQ reachable: ${is}`, 30_000, async () =>
      (await metrics()).includes(`soglia_hq_reachable ${is ? 1 : 0}\n`),
    );
  await until('offers, lease and line', 30_000, async () => {
    const text = await metrics();
    const seconds = Number(/lease_seconds_left (\d+)/.exec(text)?.[1] ?? 0);
    const { stores } = await office.ask(StoresSchema, 'GET', '/v1/stores');
    const isOnline = stores.some(({ storeId, online }) => storeId === HERE && online);
    return isOnline && /bundle_version [1-9]/.test(text) && seconds > 0;
  });
  const members = async () => Number(/cohort_members (\d+)/.exec(await metrics())?.[1]);
  const customer = async (): Promise<CustomerView> =>
    (await office.ask(CustomersSchema, 'GET', '/v1/customers')).customers[0]!;
  const timeline = async () => office.timeline((await customer()).customerId);
  const kiosk = await edge.kiosk();
  const bridge = await edge.bridge();
  return { office, phone, line, edge, kiosk, bridge, members, timeline, isReachable, time, lines };
}

test('[cred-6] a card of another store’s member opens a session within the visit, which ends at both ends', async () => {
  const { office, phone, edge, kiosk, bridge, members, timeline, time, lines } = await aVisit();
  expect(await members()).toBe(0);
  expect(await bridge.scan(phone.cardNumber)).toBe('good');
  expect(await kiosk.screen('session')).toMatchObject({ evidence: 'card' });
  expect(await members()).toBe(1);
  await until('the session on the journey', 10_000, async () =>
    (await timeline()).some(({ kind, storeId }) => kind === 'session' && storeId === HERE),
  );

  office.clock.now = Date.now();
  expect(await bridge.scan(await phone.rotatingCode())).toBe('good'); // known here by now
  await until('the name', 5_000, () => {
    const screen = kiosk.state?.screen;
    return screen?.kind === 'session' && screen.personal?.firstName === 'Ospite';
  });

  // Nothing of what was asked is in a log; nothing of the row is in the clear.
  expect(lines.join('\n')).not.toContain(phone.cardNumber);
  const file = new Database(join(edge.dataDir, 'store.db'), { readonly: true });
  const sealed = file.prepare('SELECT sealed FROM cohort').all() as { sealed: Buffer }[];
  file.close();
  expect(sealed).toHaveLength(1);
  expect(sealed[0]!.sealed.toString('latin1')).not.toContain('Ospite');

  time.aheadMs = 9 * HOUR_MS;
  await until('nobody known here', 20_000, async () => (await members()) === 0);
});

test('[cred-6] a code of another store’s member opens with name and points, and once; a forged one does not', async () => {
  const { office, phone, kiosk, bridge } = await aVisit();
  office.clock.now = Date.now();
  const code = await phone.rotatingCode();
  const parts = decodeOwnCode(code);
  if (parts.kind !== 'rotating-code') throw new Error(parts.kind);
  expect(await bridge.scan(encodeRotatingCode({ ...parts, mac: new Uint8Array(8) }))).toBe('ask');
  expect(kiosk.state?.screen.kind).not.toBe('session');
  expect(await bridge.scan(code)).toBe('good');
  expect((await kiosk.screen('session')).personal).toMatchObject({ firstName: 'Ospite' });
  expect(await bridge.scan(code)).toBe('ask');
});

test('[cred-7] without a line the kiosk and the handheld say that points follow, and the journey has it once the line is back', async () => {
  const { phone, line, edge, kiosk, bridge, members, timeline, isReachable } = await aVisit();
  line.cut();
  await isReachable(false);
  expect(await bridge.scan(phone.cardNumber)).toBe('ask');
  await kiosk.note('points-follow');
  expect(kiosk.state?.screen.kind).not.toBe('session');
  const handheld = await edge.handheld();
  const scan = (text: string) => ask<Verdict>(handheld, 'scan', { requestId: newId(), text });
  expect(await scan(phone.cardNumber)).toMatchObject({ outcome: { kind: 'points-follow' } });
  const stranger = encodeOwnCard(randomBytes(8));
  expect(await scan(stranger)).toMatchObject({ outcome: { kind: 'points-follow' } });
  expect(await scan('some other code')).toMatchObject({ outcome: { kind: 'unknown-code' } });
  line.mend();
  await until('both on the journey', 40_000, async () => {
    return (await timeline()).filter(({ kind }) => kind === 'card-shown').length === 2;
  });
  expect(await members()).toBe(0);
});

test('[cred-6] unknown at head office is unknown here, and a stranger with random cards is not answered for long', async () => {
  const { phone, kiosk, bridge, members } = await aVisit();
  expect(await bridge.scan(encodeOwnCard(randomBytes(8)))).toBe('ask');
  await kiosk.note('card-not-known');
  for (let i = 0; i < 6; i += 1) await bridge.scan(encodeOwnCard(randomBytes(8)));
  expect(await bridge.scan(phone.cardNumber)).toBe('ask'); // not even the right one, for a while
  expect(await members()).toBe(0);
});
