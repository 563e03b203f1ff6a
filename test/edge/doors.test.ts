import { expect, test, vi } from 'vitest';
import { deviceEvents, type GatewayParts } from '../../edge/realtime/gateways.ts';
import { edgeRoutes, type RouteParts } from '../../edge/http/routes.ts';
import type { StationId } from '../../kernel/domain/ids.ts';
import { anEdge, ask } from '../support/edge.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const routes = edgeRoutes({} as RouteParts);
const OPEN = ['GET /healthz', 'GET /readyz', 'POST /v1/enrol', 'POST /v1/token', 'GET /metrics'];

test('[threat-6] the routes that anybody may use are these and no others', () => {
  const open = routes.filter(({ who }) => who === 'anybody');
  expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...OPEN].sort());
});

test('[threat-6] a client that did not enrol reaches nothing else, whatever it asks', async () => {
  const edge = await anEdge();
  for (const { method, path } of routes.filter(({ who }) => who !== 'anybody')) {
    expect((await fetch(edge.url + path, { method })).status).toBe(401);
  }
  for (const path of ['/', '/v1/status', '/v1/enrolment-codes', '/v1/rotate', '/socket.io/x'])
    expect([400, 401, 404]).toContain((await fetch(edge.url + path)).status);
  for (const namespace of ['/', '/bridge', '/kiosk', '/handheld', '/operator']) {
    for (const token of [undefined, '', 'A'.repeat(43), 7, { $gt: '' }])
      await expect(edge.socket(namespace, token)).rejects.toThrow(/denied|namespace/i);
  }
});

test('a device comes in at its own namespace only, and a page of another origin not at all', async () => {
  const edge = await anEdge();
  const kiosk = await edge.token('kiosk', 'kiosk-1');
  for (const namespace of ['/bridge', '/handheld'])
    await expect(edge.socket(namespace, kiosk)).rejects.toThrow(/denied/);
  const headers = { origin: 'http://elsewhere.example' };
  expect((await fetch(`${edge.url}/healthz`, { headers })).status).toBe(403);
  await expect(edge.code('kiosk', 'no-such-station')).rejects.toThrow(/name: no kiosk station/);
  await expect(edge.code('store', 'bottega')).rejects.toThrow(/kind/);
});

test('[threat-21] malformed payloads on every event are answered with field and reason, and the store lives', async () => {
  const edge = await anEdge();
  const table = deviceEvents({} as GatewayParts);
  const sockets = {
    '/bridge': (await edge.bridge()).socket,
    '/kiosk': (await edge.kiosk()).socket,
    '/handheld': await edge.handheld(),
  };
  const bad = [undefined, null, 7, 'text', [], {}, { requestId: {} }, { __proto__: { a: 1 } }];
  for (const [namespace, { events }] of Object.entries(table)) {
    const socket = sockets[namespace as keyof typeof sockets];
    for (const event of Object.keys(events('kiosk-1' as StationId))) {
      for (const payload of [...bad, Buffer.from([9, 9, 9, 9, 9])]) {
        const answer = await ask(socket, event, payload);
        expect(answer).toMatchObject({ ok: false, code: 'request/invalid' });
        socket.emit(event, payload); // nobody to answer
        socket.emit(event, payload, 'no callback');
      }
    }
    expect(await ask(socket, 'no-such-event', {})).toMatchObject({ code: 'request/not-found' });
  }
  expect((await fetch(`${edge.url}/readyz`)).status).toBe(200);
  const body = await fetch(`${edge.url}/v1/enrol`, { method: 'POST', body: '{"a":' });
  expect(body.status).toBe(400);
});
