import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { matchCodeOf } from '../../../kernel/credentials/match-code.ts';
import { nodeCrypto } from '../../../node/crypto.ts';

test('a match code is the first 20 bits of the nonce’s hash, in four symbols', async () => {
  const nonce = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  const bits = createHash('sha256').update(nonce).digest().readUIntBE(0, 3) >> 4;
  const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const expected = [15, 10, 5, 0].map((shift) => symbols[(bits >> shift) & 31]).join('');
  expect(await matchCodeOf(nodeCrypto, nonce.toString('base64url'))).toBe(expected);
});

test('a nonce that is not base64url has none', async () => {
  await expect(matchCodeOf(nodeCrypto, 'not base64url!')).rejects.toThrow(RangeError);
});
