import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeRotatingCode, macOf, minuteOf } from '../../../kernel/credentials/rotating-code.ts';
import { nodeCrypto } from '../../../node/crypto.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const codeId = Uint8Array.from({ length: 8 }, (_, i) => 0xf0 + i);
const now = 1_763_778_000_000;

test('a rotating code proves code id and minute by the first 8 bytes of an HMAC', async () => {
  const data = Buffer.from(`${Buffer.from(codeId).toString('hex')}01c00f0a`, 'hex');
  const expected = createHmac('sha256', key).update(data).digest().subarray(0, 8);
  const mac = await macOf(nodeCrypto, key, codeId, 0x01c00f0a);
  expect(Buffer.from(mac).toString('hex')).toBe(expected.toString('hex'));
});

test('a code is good in its minute and the ones beside it, and in no other', async () => {
  const minute = minuteOf(now);
  const mac = await macOf(nodeCrypto, key, codeId, minute);
  const at = (offset: number) =>
    judgeRotatingCode(nodeCrypto, key, { codeId, minute, mac }, now + offset * 60_000);
  expect(await at(0)).toBe('good');
  expect(await at(1)).toBe('good');
  expect(await at(-1)).toBe('good');
  expect(await at(2)).toBe('other-minute');
  expect(await at(-2)).toBe('other-minute');
});

test('a code under another key, id or minute is nobody’s', async () => {
  const minute = minuteOf(now);
  const mac = await macOf(nodeCrypto, key, codeId, minute);
  const other = key.slice().reverse();
  const judge = (k: Uint8Array, code: { codeId: Uint8Array; minute: number }) =>
    judgeRotatingCode(nodeCrypto, k, { ...code, mac }, now);
  expect(await judge(other, { codeId, minute })).toBe('wrong-mac');
  expect(await judge(key, { codeId: codeId.slice().reverse(), minute })).toBe('wrong-mac');
  expect(await judge(key, { codeId, minute: minute + 1 })).toBe('wrong-mac');
});
