import { createCipheriv } from 'node:crypto';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { encryptHalfBlock } from '../../../kernel/credentials/aes128.ts';
import { fromHex } from '../../../kernel/hex.ts';
import { runs } from '../../support/runs.ts';

function halfOf(key: Uint8Array, block: Uint8Array): string {
  const words = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return [0, 4, 8, 12].map((at) => view.getUint32(at)) as [number, number, number, number];
  };
  const out = new Uint32Array(2);
  encryptHalfBlock(Uint32Array.from([9, ...words(key)]), 1, words(block), out);
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join('');
}

// FIPS 197, appendices B and C.1.
test.each([
  ['2b7e151628aed2a6abf7158809cf4f3c', '3243f6a8885a308d313198a2e0370734', '3925841d02dc09fb'],
  ['000102030405060708090a0b0c0d0e0f', '00112233445566778899aabbccddeeff', '69c4e0d86a7b0430'],
])('key %s encrypts %s', (key, block, half) => {
  expect(halfOf(fromHex(key)!, fromHex(block)!)).toBe(half);
});

test('any key and block encrypt as node:crypto does', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, bytes, (key, block) => {
      const cipher = createCipheriv('aes-128-ecb', key, null);
      expect(halfOf(key, block)).toBe(cipher.update(block).subarray(0, 8).toString('hex'));
    }),
    { numRuns: runs(2_000) },
  );
});
