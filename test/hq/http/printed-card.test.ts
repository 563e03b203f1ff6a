import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { CustomerViewSchema } from '../../../kernel/protocol/console-api.ts';
import { startOffice, type TestOffice } from '../../support/head-office.ts';
import { readPrinted } from '../../support/printed-code.ts';

let office: TestOffice;
let cookie: string;

beforeAll(async () => {
  office = await startOffice();
  await office.makeStore('bottega');
  const made = await office.ask(z.object({ url: z.string() }), 'POST', '/v1/console-links', {});
  const session = await fetch(`${office.hq.url}/v1/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: office.hq.url },
    body: JSON.stringify({ token: new URL(made.url).hash.replace('#token=', '') }),
  });
  cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
});

const add = (more: object = {}) =>
  office.ask(CustomerViewSchema, 'POST', '/v1/customers', {
    storeIds: ['bottega'],
    language: 'it',
    ...more,
  });
const cardOf = (customerId: string, query = '') =>
  fetch(`${office.hq.url}/v1/customers/${customerId}/card${query}`, { headers: { cookie } });

test('head office prints somebody’s card, as bars or as QR, in their language', async () => {
  const { customerId, cards } = await add();
  const bars = await cardOf(customerId);
  expect(bars.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  expect(bars.headers.get('cache-control')).toBe('no-store');
  const svg = await bars.text();
  expect(readPrinted(svg)).toBe(cards[0]);
  expect(svg).toContain('<title>Carta: SGC ');
  expect(readPrinted(await (await cardOf(customerId, '?as=qr')).text())).toBe(cards[0]);
});

test('a card of another make is printed too', async () => {
  const { customerId } = await add({ cardNumber: 'TESSERA-77', language: 'en' });
  const svg = await (await cardOf(customerId)).text();
  expect(readPrinted(svg)).toBe('TESSERA-77');
  expect(svg).toContain('<title>Card: TESSERA-77</title>');
});

test('what cannot be printed is said', async () => {
  const { customerId } = await add({ cardNumber: 'ÈÈÈÈ' });
  const unprintable = await cardOf(customerId);
  expect([unprintable.status, await unprintable.json()]).toEqual([
    400,
    { code: 'request/invalid', message: 'text: character 1 is not ASCII' },
  ]);
  expect((await cardOf('01936f00-0000-7000-8000-000000000001')).status).toBe(404);
  expect((await cardOf(customerId, '?as=star')).status).toBe(400);
  const stranger = await fetch(`${office.hq.url}/v1/customers/${customerId}/card`);
  expect(stranger.status).toBe(401);
});
