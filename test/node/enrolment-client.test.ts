import { mkdtempSync, readFileSync, rmSync, statSync, chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceId } from '../../kernel/domain/ids.ts';
import { parse } from '../../kernel/parse.ts';
import { EnrolRequestSchema, TokenRequestSchema } from '../../kernel/protocol/enrolment.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { EnrolmentAuthority } from '../../node/enrolment-authority.ts';
import { EnrolmentClient } from '../../node/enrolment-client.ts';
import { createHttpServer } from '../../node/http-server.ts';
import { listen, type Listening } from '../../node/listening.ts';
import { newId } from '../doubles/facts.ts';
import { MemoryDevices } from '../doubles/memory-devices.ts';

let folder: string;
let now: number;
let authority: EnrolmentAuthority;
let edge: Listening;
let tokenRequests: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soglia-device-'));
  now = 1_763_778_000_000;
  tokenRequests = 0;
  authority = new EnrolmentAuthority({
    audience: 'bottega',
    devices: new MemoryDevices(),
    crypto: nodeCrypto,
    now: () => now,
    newDeviceId: () => newId<DeviceId>(),
    alarm: () => undefined,
  });
  const server = createHttpServer({
    authenticate: () => Promise.resolve(undefined),
    report: () => undefined,
    routes: [
      {
        method: 'POST',
        path: '/v1/enrol',
        who: 'anybody',
        handle: async (request, response) => {
          const { deviceId } = await authority.enrol(parse(EnrolRequestSchema, request.body));
          response.json({ deviceId, audience: 'bottega' });
        },
      },
      {
        method: 'POST',
        path: '/v1/token',
        who: 'anybody',
        handle: async (request, response) => {
          tokenRequests += 1;
          response.json(await authority.token(parse(TokenRequestSchema, request.body)));
        },
      },
    ],
  });
  edge = await listen(server, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await edge.close();
  rmSync(folder, { recursive: true });
});

const open = (url = edge.url, deadlineMs = 5_000) =>
  EnrolmentClient.open({ url, folder, kind: 'bridge', now: () => now, deadlineMs });
async function enrolled(): Promise<EnrolmentClient> {
  const bridge = await open();
  await bridge.enrol(authority.createCode('bridge').code);
  return bridge;
}

test('a bridge enrols once; after a restart it signs with the same key', async () => {
  const first = await enrolled();
  expect(authority.holderOf(await first.token())).toMatchObject({ kind: 'bridge' });
  const restarted = await open();
  expect(restarted.enrolled).toEqual(first.enrolled);
  expect(authority.holderOf(await restarted.token())).toMatchObject({ kind: 'bridge' });
  for (const file of ['device-key.pem', 'device.json']) {
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  }
});

test('a token is kept until two thirds of its life are over; callers share a request', async () => {
  const bridge = await enrolled();
  const [one, two] = await Promise.all([bridge.token(), bridge.token()]);
  expect(one).toBe(two);
  expect(tokenRequests).toBe(2);
  now += 9 * 60_000;
  expect(await bridge.token()).toBe(one);
  now += 60_000;
  expect(await bridge.token()).not.toBe(one);
  expect(tokenRequests).toBe(4);
});

test('a token that was refused is not used again', async () => {
  const bridge = await enrolled();
  const refused = await bridge.token();
  bridge.dropToken();
  expect(await bridge.token()).not.toBe(refused);
});

test('a wrong code is refused in words, and leaves no registration', async () => {
  const bridge = await open();
  await expect(bridge.enrol('00000-00000')).rejects.toMatchObject({
    code: 'enrolment/refused',
    message: 'code: wrong, used, or over',
  });
  await expect(bridge.token()).rejects.toMatchObject({ code: 'device/unknown' });
  expect((await open()).enrolled).toBeUndefined();
});

test('a revoked device learns it, forgets its registration and can enrol anew', async () => {
  const bridge = await enrolled();
  await authority.revoke(bridge.enrolled!.deviceId);
  await expect(bridge.token()).rejects.toMatchObject({ code: 'device/unknown' });
  await bridge.forget();
  expect((await open()).enrolled).toBeUndefined();
  await bridge.enrol(authority.createCode('bridge').code);
  expect(authority.holderOf(await bridge.token())).toBeDefined();
});

test('an edge that is away is said so; one that never answers is not waited for', async () => {
  const bridge = await enrolled();
  const silent = createServer(() => undefined);
  const mute = await listen(silent, { host: '127.0.0.1', port: 0 });
  const waiting = await open(mute.url, 100);
  await expect(waiting.token()).rejects.toMatchObject({
    code: 'edge/unreachable',
    message: `${mute.url}: not within 100 ms`,
  });
  await mute.close();
  await edge.close();
  await expect(bridge.token()).rejects.toMatchObject({ code: 'edge/unreachable' });
});

test('a caller may give up; the others get their token', async () => {
  const bridge = await enrolled();
  const impatient = new AbortController();
  const given = bridge.token(impatient.signal);
  const patient = bridge.token();
  impatient.abort();
  await expect(given).rejects.toMatchObject({ code: 'time/out' });
  expect(authority.holderOf(await patient)).toBeDefined();
});

test('a key that others may read, or that is none, is refused by name of its file', async () => {
  await enrolled();
  const file = join(folder, 'device-key.pem');
  const pem = readFileSync(file, 'utf8');
  chmodSync(file, 0o640);
  await expect(open()).rejects.toThrow(`${file}: mode 640, others may read it`);
  chmodSync(file, 0o600);
  writeFileSync(file, pem.slice(0, 40));
  await expect(open()).rejects.toThrow(`${file}: holds no private key`);
});
