import { beforeEach, describe, expect, test } from 'vitest';
import { toBase64Url } from '../../kernel/base64url.ts';
import { type SigningKey, utf8 } from '../../kernel/credentials/crypto.ts';
import type { DeviceId } from '../../kernel/domain/ids.ts';
import { parse } from '../../kernel/parse.ts';
import {
  type DeviceKind,
  EnrolRequestSchema,
  rotateProof,
  tokenProof,
} from '../../kernel/protocol/enrolment.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { type DeviceRecord, EnrolmentAuthority } from '../../node/enrolment-authority.ts';
import { newId } from '../doubles/facts.ts';
import { MemoryDevices } from '../doubles/memory-devices.ts';

const MINUTE = 60_000;
let now: number;
let alarms: DeviceKind[];
let devices: MemoryDevices;
let edge: EnrolmentAuthority;
let key: SigningKey;

beforeEach(async () => {
  now = 1_763_778_000_000;
  alarms = [];
  devices = new MemoryDevices();
  key = await nodeCrypto.createSigningKey();
  edge = authority();
});

function authority(audience = 'bottega'): EnrolmentAuthority {
  return new EnrolmentAuthority({
    audience,
    devices,
    crypto: nodeCrypto,
    now: () => now,
    newDeviceId: () => newId<DeviceId>(),
    alarm: (kind) => alarms.push(kind),
  });
}

interface Try {
  readonly code: string;
  readonly kind?: DeviceKind;
  readonly name?: string;
}
const enrol = ({ code, kind = 'kiosk', name }: Try) =>
  edge.enrol(
    parse(EnrolRequestSchema, { kind, code, name, publicKey: toBase64Url(key.publicKey) }),
  );
const refused = expect.objectContaining({ code: 'enrolment/refused' }) as unknown;

async function tokenOf(
  device: DeviceRecord,
  { as = key, audience = 'bottega', at = edge }: Partial<Proof> = {},
) {
  const { deviceId } = device;
  const first = await at.token({ deviceId });
  if (!('nonce' in first)) throw new Error('no nonce');
  const { nonce } = first;
  const signature = toBase64Url(await as.sign(utf8(tokenProof(audience, deviceId, nonce))));
  const prove = () => at.token({ deviceId, nonce, signature });
  const second = await prove();
  if (!('token' in second)) throw new Error('no token');
  return { ...second, prove };
}
interface Proof {
  readonly as: SigningKey;
  readonly audience: string;
  readonly at: EnrolmentAuthority;
}

describe('[threat-7] a code lets one device in', () => {
  test('of its kind and name, once', async () => {
    const { code } = edge.createCode('kiosk', 'banco');
    const device = await enrol({ code });
    expect(device).toMatchObject({ kind: 'kiosk', name: 'banco', enrolledAt: now });
    await expect(enrol({ code })).rejects.toEqual(refused);
  });

  test('however it was typed', async () => {
    const { code } = edge.createCode('bridge');
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    await enrol({ code: code.toLowerCase().replace('-', ' '), kind: 'bridge' });
  });

  test('not for another kind or name', async () => {
    const { code } = edge.createCode('kiosk', 'banco');
    await expect(enrol({ code, kind: 'bridge' })).rejects.toEqual(refused);
    await expect(enrol({ code, name: 'ingresso' })).rejects.toEqual(refused);
    await enrol({ code, name: 'banco' });
  });

  test('for ten minutes', async () => {
    const { code, expiresAt } = edge.createCode('kiosk');
    now = expiresAt;
    await expect(enrol({ code })).rejects.toEqual(refused);
    expect(expiresAt - 1_763_778_000_000).toBe(10 * MINUTE);
  });

  test('unless it was burned by five wrong tries, which raise the alarm', async () => {
    const { code } = edge.createCode('kiosk');
    for (let i = 0; i < 5; i++) {
      expect(alarms).toEqual([]);
      await expect(enrol({ code: '0000000000' })).rejects.toEqual(refused);
    }
    expect(alarms).toEqual(['kiosk']);
    await expect(enrol({ code })).rejects.toEqual(refused);
  });

  test('and four wrong tries leave it good', async () => {
    const { code } = edge.createCode('kiosk');
    for (let i = 0; i < 4; i++)
      await expect(enrol({ code: '0000000000' })).rejects.toEqual(refused);
    await enrol({ code });
    expect(alarms).toEqual([]);
  });

  test('and guessing finds none, however often a new one is made', async () => {
    const guess = () => Buffer.from(nodeCrypto.randomBytes(7)).readUIntBE(0, 6).toString(32);
    for (let i = 0; i < 5_000; i++) {
      if (i % 5 === 0) edge.createCode('kiosk');
      const code = guess()
        .padStart(10, '0')
        .slice(-10)
        .replace(/[ilou]/g, 'z');
      await expect(enrol({ code })).rejects.toEqual(refused);
    }
    expect(alarms).toHaveLength(1_000);
  });

  test('with a key that is one: else the code is not spent', async () => {
    const { code } = edge.createCode('kiosk');
    const noPoint = toBase64Url(Uint8Array.of(4, ...new Uint8Array(64).fill(7)));
    await expect(edge.enrol({ kind: 'kiosk', code, publicKey: noPoint })).rejects.toThrow(
      'publicKey: not a point of P-256',
    );
    await enrol({ code: code.replace('-', '') });
  });
});

describe('[threat-6] a token is for who signs', () => {
  let device: DeviceRecord;
  beforeEach(async () => {
    device = await enrol({ code: edge.createCode('kiosk', 'banco').code });
  });

  test('with the enrolled key: for 15 minutes', async () => {
    const { token, expiresAt } = await tokenOf(device);
    expect(expiresAt).toBe(now + 15 * MINUTE);
    const holder = { deviceId: device.deviceId, kind: 'kiosk', name: 'banco', expiresAt };
    expect(edge.bearerOf(`Bearer ${token}`)).toEqual(holder);
    now = expiresAt - 1;
    expect(edge.holderOf(token)).toEqual(holder);
    now = expiresAt;
    expect(edge.holderOf(token)).toBeUndefined();
  });

  test('not with another key, and not for another shop', async () => {
    const other = await nodeCrypto.createSigningKey();
    const denied = expect.objectContaining({ code: 'device/denied' }) as unknown;
    await expect(tokenOf(device, { as: other })).rejects.toEqual(denied);
    await expect(tokenOf(device, { audience: 'hq' })).rejects.toEqual(denied);
  });

  test('with a fresh nonce: not one used, late, or somebody else’s', async () => {
    const { prove } = await tokenOf(device);
    await expect(prove()).rejects.toThrow('nonce: unknown, used, or over');
    const { deviceId } = device;
    const answer = await edge.token({ deviceId });
    const nonce = 'nonce' in answer ? answer.nonce : '';
    const signature = toBase64Url(await key.sign(utf8(tokenProof('bottega', deviceId, nonce))));
    now += MINUTE;
    await expect(edge.token({ deviceId, nonce, signature })).rejects.toThrow('nonce: unknown');
    const other = await enrol({ code: edge.createCode('kiosk').code });
    const theirs = await edge.token({ deviceId: other.deviceId });
    const stolen = 'nonce' in theirs ? theirs.nonce : '';
    await expect(edge.token({ deviceId, nonce: stolen, signature })).rejects.toThrow('nonce');
  });

  test('who is not enrolled gets not even a nonce', async () => {
    await expect(edge.token({ deviceId: newId<DeviceId>() })).rejects.toEqual(
      expect.objectContaining({ code: 'device/unknown' }),
    );
  });

  test('a revoked device is out at once, and its sockets are told of', async () => {
    const { token } = await tokenOf(device);
    const cut: DeviceId[] = [];
    edge.onRevoked((deviceId) => cut.push(deviceId));
    await edge.revoke(device.deviceId);
    expect(edge.holderOf(token)).toBeUndefined();
    expect(cut).toEqual([device.deviceId]);
    await expect(tokenOf(device)).rejects.toThrow('not enrolled');
  });

  test('a rotated key takes over: the old one and its tokens end', async () => {
    const { token } = await tokenOf(device);
    const { deviceId } = device;
    const next = await nodeCrypto.createSigningKey();
    const publicKey = toBase64Url(next.publicKey);
    const answer = await edge.token({ deviceId });
    const nonce = 'nonce' in answer ? answer.nonce : '';
    const proof = utf8(rotateProof(deviceId, publicKey, nonce));
    await edge.rotate({
      deviceId,
      publicKey,
      nonce,
      signature: toBase64Url(await key.sign(proof)),
    });
    expect(edge.holderOf(token)).toBeUndefined();
    await expect(tokenOf(device)).rejects.toThrow('signature: not of this device');
    await tokenOf(device, { as: next });
  });

  test('after a restart devices are still known, their tokens are not', async () => {
    const { token } = await tokenOf(device);
    const restarted = authority();
    expect(restarted.holderOf(token)).toBeUndefined();
    await tokenOf(device, { at: restarted });
  });
});

test('what is no token has no holder', () => {
  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic abc',
    `Bearer ${'a'.repeat(9_999)}`,
  ]) {
    expect(edge.bearerOf(header)).toBeUndefined();
  }
});
