import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HqSession } from '../../../phone/sdk/hq-session.ts';
import {
  memoryPhone,
  startOffice,
  type TestOffice,
  type TestStore,
} from '../../support/head-office.ts';
import { join as joinAs } from '../../../phone/sdk/phone.ts';
import { JoinMadeSchema } from '../../../kernel/protocol/console-api.ts';

const OPEN = [
  'GET /healthz',
  'GET /readyz',
  'GET /privacy',
  'GET /privacy.css',
  'POST /v1/enrol',
  'POST /v1/token',
  'GET /v1/phone/texts',
  'POST /v1/phone/join',
  'POST /v1/console/session', // spends the token of the link
];

let office: TestOffice;
let store: TestStore;
let phoneToken: string;
let sessionCookie: string;

beforeAll(async () => {
  office = await startOffice();
  await office.makeStore('bottega');
  await office.makeStore('altra');
  await office.publishDemo();
  store = await office.enrolStore('bottega');
  phoneToken = await tokenOfAPhone();
  sessionCookie = await openConsole();
});

async function tokenOfAPhone(): Promise<string> {
  let token = '';
  const platform = memoryPhone(() => office.clock.now);
  const spying = {
    ...platform,
    send(sent: Parameters<typeof platform.send>[0]) {
      token = sent.headers['authorization']?.replace('Bearer ', '') ?? token;
      return platform.send(sent);
    },
  };
  const invited = { storeIds: ['bottega'] };
  const { joinToken } = await office.ask(JoinMadeSchema, 'POST', '/v1/joins', invited);
  await joinAs(spying, { hqUrl: office.hq.url, joinToken, language: 'it' });
  const identity = await spying.storage.load();
  await new HqSession(spying, identity!).ask(z.unknown(), 'GET', '/v1/phone/me');
  return token;
}

async function openConsole(): Promise<string> {
  const LinkSchema = z.object({ url: z.string() });
  const { url } = await office.ask(LinkSchema, 'POST', '/v1/console-links', {});
  const token = new URL(url).hash.replace('#token=', '');
  const response = await fetch(`${office.hq.url}/v1/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: office.hq.url },
    body: JSON.stringify({ token }),
  });
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  return cookie.split(';')[0] ?? '';
}

/** fetch forbids some headers; this does not. */
function knock(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const filled = path.replace(/:\w+/g, 'x');
  return new Promise((resolve, reject) => {
    const sent = request(`${office.hq.url}${filled}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('who may ask what', () => {
  test('[wire-9, threat-6] without a credential only the routes named open answer', async () => {
    for (const { method, path } of office.hq.routes) {
      const status = await knock(method, path);
      const name = `${method} ${path}`;
      if (OPEN.includes(name)) expect([name, status === 401]).toEqual([name, false]);
      else expect([name, status]).toEqual([name, 401]);
    }
    expect(await knock('GET', '/v1/nothing')).toBe(401);
    expect(await knock('GET', '/v1/pull', { authorization: 'Bearer AAAA' })).toBe(401);
  });

  test('[wire-9] each route opens to the kinds that its table names, and to no other', async () => {
    const credentials = {
      store: { authorization: `Bearer ${await store.client.token()}` },
      phone: { authorization: `Bearer ${phoneToken}` },
      console: { cookie: sessionCookie, origin: office.hq.url },
    };
    for (const { method, path, who } of office.hq.routes) {
      if (who === 'anybody') continue;
      for (const [kind, headers] of Object.entries(credentials)) {
        if (`${method} ${path}` === 'DELETE /v1/console/session') continue;
        const status = await knock(method, path, headers);
        const isIn = (who as readonly string[]).includes(kind);
        const name = `${kind} ${method} ${path}`;
        expect([name, status === 403, status === 401]).toEqual([name, !isIn, false]);
      }
    }
    expect(await knock('GET', '/v1/nothing', credentials.store)).toBe(404);
  });

  test('[threat-18] no address names a person, but for the picture of a card, which a browser opens', () => {
    const naming = office.hq.routes
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => /customerId|phoneId|pseudonym|number|code\b/i.test(route));
    expect(naming).toEqual(['GET /v1/customers/:customerId/card']);
  });

  test('[threat-13] a store reaches its own content only', async () => {
    const other = await office.enrolStore('altra');
    const [bundle] = await store.changes('catalogue', 'bundle');
    const { sha256 } = JSON.parse(bundle!.manifest) as { sha256: string };
    expect((await store.fetch('GET', `/v1/snapshot/${sha256}`)).status).toBe(200);
    expect((await other.fetch('GET', `/v1/snapshot/${sha256}`)).status).toBe(404);
    const [own] = await store.changes('keys', 'lease');
    const [theirs] = await other.changes('keys', 'lease');
    expect(theirs?.sealingKey).not.toBe(own?.sealingKey);
    expect((await other.pull('cohort')).changes).toEqual([]);
  });

  test('a console link serves once, and the session is refused to pages of another origin', async () => {
    expect(await knock('GET', '/v1/stores', { cookie: sessionCookie })).toBe(200);
    const evil = { cookie: sessionCookie, origin: 'https://evil.example' };
    expect(await knock('POST', '/v1/joins', evil)).toBe(403);
    expect(await knock('POST', '/v1/joins', { cookie: sessionCookie })).toBe(401); // no origin at all
    const LinkSchema = z.object({ url: z.string() });
    const { url } = await office.ask(LinkSchema, 'POST', '/v1/console-links', {});
    const token = new URL(url).hash.replace('#token=', '');
    const spend = () =>
      fetch(`${office.hq.url}/v1/console/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    expect((await spend()).status).toBe(204);
    expect((await spend()).status).toBe(403);
  });

  test('a session that was closed is over, and so is one after twelve hours', async () => {
    const cookie = await openConsole();
    const headers = { cookie, origin: office.hq.url };
    expect(await knock('DELETE', '/v1/console/session', headers)).toBe(204);
    expect(await knock('GET', '/v1/stores', headers)).toBe(401);
    const later = await openConsole();
    office.clock.now += 12 * 3_600_000;
    expect(await knock('GET', '/v1/stores', { cookie: later })).toBe(401);
  });

  test('[threat-13] a store that asks too often waits, and no other with it', async () => {
    const tight = await startOffice({ storeRate: { perSecond: 1, burst: 3 } });
    await tight.makeStore('bottega');
    await tight.makeStore('altra');
    const loud = await tight.enrolStore('bottega');
    const quiet = await tight.enrolStore('altra');
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1)
      statuses.push((await loud.fetch('GET', '/v1/pull?stream=keys&rev=0')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await quiet.fetch('GET', '/v1/pull?stream=keys&rev=0')).status).toBe(200);
    tight.clock.now += 1_000;
    expect((await loud.fetch('GET', '/v1/pull?stream=keys&rev=0')).status).toBe(200);
  });
});
