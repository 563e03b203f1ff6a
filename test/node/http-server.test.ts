import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import { createHttpServer, type Route } from '../../node/http-server.ts';
import { listen, type Listening } from '../../node/listening.ts';

interface Device {
  readonly kind: 'kiosk' | 'bridge';
}
const CountSchema = z.object({ count: z.int() });

const routes: readonly Route<Device>[] = [
  { method: 'GET', path: '/healthz', who: 'anybody', handle: (_, response) => response.json({}) },
  {
    method: 'POST',
    path: '/v1/enrol',
    who: 'anybody',
    perMinute: 3,
    handle: () => {
      throw new SogliaError('enrolment/refused', 'the code is wrong');
    },
  },
  {
    method: 'POST',
    path: '/v1/counts/:name',
    who: ['kiosk'],
    handle: (request, response, caller) => {
      response.json({ ...parse(CountSchema, request.body), caller: caller.kind });
    },
  },
  {
    method: 'POST',
    path: '/v1/bug',
    who: ['kiosk'],
    handle: async () => {
      await Promise.resolve();
      throw new TypeError('password is hunter2');
    },
  },
];

let folder: string;
let shop: Listening;
let reported: unknown[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soglia-http-'));
  mkdirSync(join(folder, 'pages/assets'), { recursive: true });
  writeFileSync(join(folder, 'pages/index.html'), '<!doctype html><title>Soglia</title>');
  writeFileSync(join(folder, 'pages/assets/app-1a2b.js'), 'void 0;');
  reported = [];
  const server = createHttpServer<Device>({
    routes,
    authenticate: (request) => {
      const kind = /^Bearer (kiosk|bridge)$/.exec(request.headers.authorization ?? '')?.[1];
      return Promise.resolve(kind === undefined ? undefined : { kind: kind as Device['kind'] });
    },
    statics: [{ path: '/console/', folder: join(folder, 'pages') }],
    allowedOrigins: ['app://kiosk'],
    connectSources: ['ws://127.0.0.1:4200'],
    report: (error) => reported.push(error),
  });
  shop = await listen(server, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await shop.close();
  rmSync(folder, { recursive: true });
});

interface Sent {
  readonly as?: string;
  readonly body?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}
async function ask(path: string, { as, body, method, headers }: Sent = {}) {
  const response = await fetch(shop.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}
const problem = (text: string) => JSON.parse(text) as { code: string; message: string };

describe('[threat-6] what no route names is denied', () => {
  test('without a credential only what is open to anybody answers', async () => {
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/v1/counts/a', { body: '{"count":1}' })).status).toBe(401);
    expect((await ask('/v1/nothing')).status).toBe(401);
    expect((await ask('/v1/counts/a', { as: 'stranger', body: '{}' })).status).toBe(401);
  });

  test('a device of another kind is refused, and its body never read', async () => {
    const answer = await ask('/v1/counts/a', { as: 'bridge', body: 'not json' });
    expect(answer.status).toBe(403);
    expect(problem(answer.text).code).toBe('request/denied');
  });

  test('beyond the table there is nothing, whatever the method', async () => {
    expect((await ask('/v1/nothing', { as: 'kiosk' })).status).toBe(404);
    expect((await ask('/v1/counts/a', { as: 'kiosk' })).status).toBe(404);
    expect((await ask('/v1/counts/a', { as: 'kiosk', method: 'DELETE' })).status).toBe(404);
  });

  test('the kind that is named gets its answer', async () => {
    const answer = await ask('/v1/counts/a', { as: 'kiosk', body: '{"count":2}' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ count: 2, caller: 'kiosk' });
  });
});

describe('a bad request is told what is wrong with it', () => {
  test.each([
    ['a field of the wrong type', '{"count":"x"}', 400, /^count: /],
    ['text that is no JSON', '{"count":', 400, /^body: not JSON$/],
    ['a body that is too long', `{"count":1,"pad":"${'x'.repeat(70_000)}"}`, 413, /^body: larger/],
  ])('%s', async (_, body, status, message) => {
    const answer = await ask('/v1/counts/a', { as: 'kiosk', body });
    expect(answer.status).toBe(status);
    expect(problem(answer.text)).toEqual({
      code: 'request/invalid',
      message: expect.stringMatching(message) as string,
    });
    expect(reported).toEqual([]);
  });

  test('a path that is not UTF-8 is refused, and the server goes on', async () => {
    expect((await ask('/v1/counts/%ff', { as: 'kiosk', body: '{"count":1}' })).status).toBe(400);
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('a fourth knock within a minute is one too many', async () => {
    for (let i = 0; i < 3; i++) expect((await ask('/v1/enrol', { body: '{}' })).status).toBe(403);
    const answer = await ask('/v1/enrol', { body: '{}' });
    expect([answer.status, problem(answer.text).code]).toEqual([429, 'request/too-many']);
  });
});

test('a bug is reported, and the caller learns nothing of the inside', async () => {
  const answer = await ask('/v1/bug', { as: 'kiosk', body: '{}' });
  expect(answer.status).toBe(500);
  expect(problem(answer.text).code).toBe('internal');
  expect(answer.text).not.toContain('hunter2');
  expect(reported).toEqual([expect.any(TypeError)]);
});

describe('pages', () => {
  test('are served with a policy that loads nothing from another host', async () => {
    const page = await ask('/console/');
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;" +
        "connect-src 'self' ws://127.0.0.1:4200;font-src 'self';manifest-src 'self';base-uri 'none';" +
        "form-action 'self';frame-ancestors 'none'",
    );
    expect(page.headers.get('x-powered-by')).toBeNull();
    const script = await ask('/console/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  test('that do not exist are not found, and nothing outside the folder is reached', async () => {
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    expect((await ask('/console/none.js')).status).toBe(404);
    expect((await ask('/console/..%2fsecret.txt')).status).toBe(404);
    expect((await ask('/console/%2e%2e/secret.txt')).status).not.toBe(200);
  });
});

describe('pages of other origins', () => {
  const body = '{"count":1}';
  test('may call if they are named', async () => {
    const headers = { origin: 'app://kiosk' };
    const preflight = await ask('/v1/counts/a', { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    const answer = await ask('/v1/counts/a', { as: 'kiosk', body, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('app://kiosk');
  });

  test('are refused otherwise, also with a credential', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
      const answer = await ask('/v1/counts/a', { as: 'kiosk', body, headers: { origin } });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    const own = await ask('/v1/counts/a', { as: 'kiosk', body, headers: { origin: shop.url } });
    expect(own.status).toBe(200);
  });
});

test('[threat-21] a client that never ends its headers is cut, and others are served meanwhile', async () => {
  const slow = connect(shop.port, '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write('GET /healthz HTTP/1.1\r\nHost: a\r\n');
  const cut = new Promise<string>((resolve) => {
    let heard = '';
    slow.on('data', (chunk) => (heard += chunk.toString()));
    slow.on('close', () => resolve(heard));
  });
  expect((await ask('/healthz')).status).toBe(200);
  expect(await cut).toContain('408');
}, 15_000);
