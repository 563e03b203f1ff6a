import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { lookUpHash } from '../../../kernel/credentials/look-up-hash.ts';
import { nodeCrypto } from '../../../node/crypto.ts';

const indexKey = new Uint8Array(32).fill(7);

test('a look-up hash is 16 bytes of a keyed hash over kind and value', async () => {
  const expected = createHmac('sha256', indexKey).update('card:SGC0123').digest('hex').slice(0, 32);
  expect(await lookUpHash(nodeCrypto, indexKey, 'card', 'SGC0123')).toBe(expected);
});

test('the same value under another kind or key is another hash', async () => {
  const hashes = await Promise.all([
    lookUpHash(nodeCrypto, indexKey, 'card', 'A'),
    lookUpHash(nodeCrypto, indexKey, 'code', 'A'),
    lookUpHash(nodeCrypto, indexKey, 'coupon', 'A'),
    lookUpHash(nodeCrypto, new Uint8Array(32).fill(8), 'card', 'A'),
  ]);
  expect(new Set(hashes).size).toBe(4);
});
