import { io, type Socket } from 'socket.io-client';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { StationId, StoreId } from '../../../kernel/domain/ids.ts';
import { HintSchema } from '../../../kernel/protocol/relay.ts';
import { endLater } from '../../support/endings.ts';
import { startOffice } from '../../support/head-office.ts';
import { until } from '../../support/until.ts';

function dial(url: string, namespace: string, auth: object, extraHeaders = {}): Socket {
  const socket = io(`${url}${namespace}`, {
    auth,
    extraHeaders,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  endLater(() => void socket.disconnect());
  return socket;
}

function outcome(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

async function openShop() {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  const socket = dial(office.hq.url, '/store', { token: await store.client.token() });
  expect(await outcome(socket)).toBe('connected');
  return { office, store, socket };
}

const challenge = {
  storeId: 'bottega' as StoreId,
  stationId: 'kiosk-1' as StationId,
  nonce: 'A'.repeat(22),
};

describe('the sockets of head office', () => {
  test('[wire-32] a store hears that there is news, and nothing of what it is', async () => {
    const { office, socket } = await openShop();
    const hints: unknown[] = [];
    socket.on('hint', (hint) => hints.push(hint));
    await office.joinPhone({ storeIds: ['bottega'], firstName: 'Filomena' });
    await until('a hint for the cohort', 3_000, () =>
      hints.some((hint) => HintSchema.parse(hint).streams.includes('cohort')),
    );
    expect(JSON.stringify(hints)).not.toContain('Filomena');
  });

  test('nobody comes in without the right credential, or to another namespace', async () => {
    const { office, store } = await openShop();
    const token = await store.client.token();
    const { url } = office.hq;
    expect(await outcome(dial(url, '/store', {}))).toBe('request/denied');
    expect(await outcome(dial(url, '/store', { token: 'AAAA' }))).toBe('request/denied');
    expect(await outcome(dial(url, '/console', { token }))).toBe('request/denied');
    expect(await outcome(dial(url, '/', { token }))).toBe('nothing is served here');
    expect(await outcome(dial(url, '/kiosk', { token }))).toBe('Invalid namespace');
  });

  test('what a store sends wrongly is refused at once, with the field and the reason', async () => {
    const { socket } = await openShop();
    const ask = (event: string, payload: unknown): Promise<unknown> =>
      socket.timeout(2_000).emitWithAck(event, payload);
    expect(await ask('credential', { kind: 'card' })).toMatchObject({
      ok: false,
      code: 'request/invalid',
      message: expect.stringMatching(/^number: /) as unknown,
    });
    for (const event of ['coupons', 'toString'])
      expect(await ask(event, {})).toMatchObject({ ok: false, code: 'request/not-found' });
  });

  test('a confirmation goes to the edge and its answer back to the phone', async () => {
    const { office, store, socket } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    const heard: unknown[] = [];
    socket.on('confirmation', (confirmation: unknown, reply: (answer: unknown) => void) => {
      heard.push(confirmation);
      reply({ ok: true, outcome: { kind: 'opened' } });
    });
    expect(await phone.confirm(challenge)).toEqual({ kind: 'opened' });
    const [change] = await store.changes('cohort', 'row');
    expect(heard).toMatchObject([{ pseudonym: change!.row.pseudonym, stationId: 'kiosk-1' }]);
  });

  test('an edge that is away, silent or strange is said to be away, within its 2 s', async () => {
    const { office, socket } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    const away = { kind: 'refused', reason: 'store-away' };
    let answer: unknown = { ok: true, outcome: { kind: 'levitated' } };
    socket.on('confirmation', (_confirmation: unknown, reply: (answer: unknown) => void) => {
      if (answer !== undefined) reply(answer);
    });
    expect(await phone.confirm(challenge)).toEqual(away);
    answer = undefined;
    expect(await phone.confirm(challenge)).toEqual(away);
    socket.disconnect();
    expect(await phone.confirm(challenge)).toEqual(away);
    const elsewhere = { ...challenge, storeId: 'altra' as StoreId };
    const refused = { kind: 'refused', reason: 'not-known-here' };
    expect(await phone.confirm(elsewhere)).toEqual(refused);
  });

  test('the console hears that something changed, with its cookie and from its own page only', async () => {
    const { office } = await openShop();
    const LinkSchema = z.object({ url: z.string() });
    const link = await office.ask(LinkSchema, 'POST', '/v1/console-links', {});
    const response = await fetch(`${office.hq.url}/v1/console/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: new URL(link.url).hash.replace('#token=', '') }),
    });
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const evil = { cookie, origin: 'https://evil.example' };
    expect(await outcome(dial(office.hq.url, '/console', {}, evil))).not.toBe('connected');
    const own = dial(office.hq.url, '/console', {}, { cookie, origin: office.hq.url });
    const news: { what: string }[] = [];
    own.on('news', (item: { what: string }) => news.push(item));
    expect(await outcome(own)).toBe('connected');
    await office.joinPhone({ storeIds: ['bottega'] });
    await until('news of customers', 3_000, () => news.some(({ what }) => what === 'customers'));
  });

  test('the console shows which stores are on the line', async () => {
    const { office, socket } = await openShop();
    const Stores = z.object({ stores: z.array(z.looseObject({ online: z.boolean() })) });
    const isOnline = async () => (await office.ask(Stores, 'GET', '/v1/stores')).stores[0]!.online;
    expect(await isOnline()).toBe(true);
    socket.disconnect();
    await until('offline', 3_000, async () => !(await isOnline()));
  });
});
