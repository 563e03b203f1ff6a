import { expect, test, vi } from 'vitest';
import type { StoreId } from '../../kernel/domain/ids.ts';
import { CustomersSchema, StoresSchema } from '../../kernel/protocol/console-api.ts';
import { anEdge, ask } from '../support/edge.ts';
import { startOffice } from '../support/head-office.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 90_000 });

const STORE = 'bottega' as StoreId;
const BEACON = {
  ibeacon: { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', major: 17, minor: 4 },
};

test('[cred-3] [cred-4] a phone reports a beacon through head office, staff check its owner, and the journey has both', async () => {
  const office = await startOffice({ clock: () => Date.now() });
  await office.makeStore(STORE);
  await office.makeStore('altra');
  await office.publishDemo();
  const phone = await office.joinPhone({ storeIds: [STORE], segments: ['wine'] });
  const heard = { storeId: STORE, beacon: BEACON };
  expect(await phone.reportBeacon(heard)).toEqual({ kind: 'refused', reason: 'no-consent' });
  for (const purpose of ['recognise', 'staff'] as const)
    await phone.consent(await office.text(purpose), true);
  expect(await phone.reportBeacon(heard)).toEqual({ kind: 'refused', reason: 'store-away' });
  expect(await phone.reportBeacon({ ...heard, storeId: 'altra' as StoreId })).toEqual({
    ...{ kind: 'refused', reason: 'not-known-here' },
  });

  const edge = await anEdge({
    hqUrl: office.hq.url,
    hqOperatorSocket: office.hq.operatorSocket,
    pollMs: 300,
    more: { beacons: [{ id: 'door-1', zone: 'entrance', ...BEACON }] },
  });
  const kiosk = await edge.kiosk();
  await until('the member at the store, and its line', 30_000, async () => {
    const metrics = await (await fetch(`${edge.url}/metrics`)).text();
    const { stores } = await office.ask(StoresSchema, 'GET', '/v1/stores');
    const isOnline = stores.some(({ storeId, online }) => storeId === STORE && online);
    return isOnline && metrics.includes('soglia_cohort_members 1\n');
  });
  office.clock.now = Date.now(); // the phone's clock; a report from before the store's start is not taken
  expect(await phone.reportBeacon(heard)).toEqual({ kind: 'heard' });
  await kiosk.screen('prompt', 10_000);

  const handheld = await edge.handheld();
  const requestId = '01890a5d-ac96-774b-bcce-b302099a8057';
  const scan = { requestId, text: phone.cardNumber };
  const verdict = await ask<{ checkId?: string }>(handheld, 'scan', scan);
  const checkId = verdict.ok ? verdict.outcome.checkId : undefined;
  expect(await ask(handheld, 'check', { requestId, checkId })).toMatchObject({
    outcome: { kind: 'checked' },
  });
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const { customerId } = customers[0]!;
  await until('both on the journey', 20_000, async () => {
    const entries = await office.timeline(customerId);
    return ['visit', 'staff-check'].every((kind) => entries.some((entry) => entry.kind === kind));
  });
  const entries = await office.timeline(customerId);
  expect(entries.find(({ kind }) => kind === 'visit')?.details).toMatchObject({
    ...{ evidence: 'report', zone: 'entrance' },
  });
});
