import { expect, test, vi } from 'vitest';
import { AlarmsSchema, CustomersSchema } from '../../kernel/protocol/console-api.ts';
import { anEdge, type TestedEdge } from '../support/edge.ts';
import { startOffice } from '../support/head-office.ts';
import { runs } from '../support/runs.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 90_000 });

const PEOPLE = runs(6);

test('[threat-2] [alarm-2] tokens carried live from one store to another show nothing personal there, and every one is flagged', async () => {
  const office = await startOffice({ clock: () => Date.now() });
  const { hq } = office;
  const storeIds = ['bottega', 'altra'];
  for (const storeId of storeIds) await office.makeStore(storeId);
  await office.publishDemo();
  const open = (id: string) =>
    anEdge({
      hqUrl: hq.url,
      hqOperatorSocket: hq.operatorSocket,
      more: { store: { id, timeZone: 'Europe/Rome' } },
    });
  const [here, there] = [await open('bottega'), await open('altra')];
  const phones = [];
  for (let i = 0; i < PEOPLE; i += 1) {
    const phone = await office.joinPhone({ storeIds, segments: ['wine'], firstName: 'Zaffirina' });
    for (const purpose of ['recognise', 'personalise', 'show-name'] as const)
      await phone.consent(await office.text(purpose), true);
    phones.push(phone);
  }
  for (const edge of [here, there]) await knowsTokensOf(edge, PEOPLE);

  const kiosk = await there.kiosk();
  const [bridgeHere, bridgeThere] = [await here.bridge(), await there.bridge()];
  for (const phone of phones) {
    const heard = (await phone.advert('android')).slice(-8);
    expect(await bridgeHere.hear(heard)).toMatchObject({ outcome: { resolved: 1 } });
    expect(await bridgeThere.hear(heard)).toMatchObject({ outcome: { resolved: 1 } });
  }
  const prompt = await kiosk.screen('prompt');
  expect(prompt).not.toHaveProperty('personal');

  const raised = await until('an alarm for each', 20_000, async () => {
    const { alarms } = await office.ask(AlarmsSchema, 'GET', '/v1/alarms');
    return alarms.length >= PEOPLE ? alarms : undefined;
  });
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  expect(new Set(raised.map(({ customerId }) => customerId))).toEqual(
    new Set(customers.map(({ customerId }) => customerId)),
  );
  expect(new Set(raised.map(({ kind }) => kind))).toEqual(new Set(['two-stores']));

  const personal = /Zaffirina|couponCode|"personal"|"points"|"session"|SGK/;
  for (const state of kiosk.seen) expect(JSON.stringify(state)).not.toMatch(personal);
  expect(kiosk.seen.some(({ screen }) => screen.kind === 'prompt')).toBe(true);
});

const knowsTokensOf = (edge: TestedEdge, people: number) =>
  until(`${String(people)} people and the offers`, 20_000, async () => {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    const known = text.includes(`soglia_cohort_recognisable ${String(people)}\n`);
    return known && /bundle_version [1-9]/.test(text);
  });
