import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Crypto, sameBytes, utf8 } from '../../kernel/credentials/crypto.ts';
import { identityKeyOf, temporaryKeyOf, tokenOf } from '../../kernel/credentials/token.ts';
import { toHex } from '../../kernel/hex.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { webCrypto } from '../../ui/crypto.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

describe.each([
  { name: 'node:crypto', crypto: nodeCrypto, other: webCrypto },
  { name: 'WebCrypto', crypto: webCrypto, other: nodeCrypto },
] satisfies { name: string; crypto: Crypto; other: Crypto }[])('$name', ({ crypto, other }) => {
  test('hashes as FIPS 180 and RFC 4231 say', async () => {
    expect(toHex(await crypto.sha256(utf8('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    const hmac = await crypto.hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'));
    expect(toHex(hmac)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test('derives as RFC 5869 says', async () => {
    const secret = new Uint8Array(22).fill(0x0b);
    const salt = bytes('000102030405060708090a0b0c');
    const derived = await crypto.hkdfSha256(secret, salt, bytes('f0f1f2f3f4f5f6f7f8f9'), 42);
    expect(toHex(derived)).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  test('encrypts a block as FIPS 197 says', async () => {
    const key = bytes('000102030405060708090a0b0c0d0e0f');
    const block = bytes('00112233445566778899aabbccddeeff');
    expect(toHex(await crypto.aes128EncryptBlock(key, block))).toBe(
      '69c4e0d86a7b0430d8cdb78070b4c55a',
    );
    await expect(crypto.aes128EncryptBlock(key, block.subarray(1))).rejects.toThrow();
  });

  test('makes the token of the vectors', async () => {
    const identityKey = bytes('0102030405060708090a111213141516');
    const temporaryKey = await temporaryKeyOf(crypto, identityKey, 2_000);
    expect(toHex(await tokenOf(crypto, temporaryKey, 10, 2_000))).toBe('4144413e45fefa58');
  });

  test('agrees with the other binding on one identity key', async () => {
    const mine = await crypto.createAgreementKey();
    const theirs = await other.createAgreementKey();
    const secret = await mine.agree(theirs.publicKey);
    expect(secret).toEqual(await theirs.agree(mine.publicKey));
    const [here, there] = await Promise.all(
      [crypto, other].map((side) => identityKeyOf(side, secret, theirs.publicKey, mine.publicKey)),
    );
    expect(here).toEqual(there);
  });

  test('agrees on nothing with a key of small order, or one that is none', async () => {
    const key = await crypto.createAgreementKey();
    await expect(key.agree(new Uint8Array(32))).rejects.toThrow();
    await expect(key.agree(new Uint8Array(31).fill(9))).rejects.toThrow();
  });

  test('signs what the other binding verifies, and only that', async () => {
    const key = await crypto.createSigningKey();
    const signature = await key.sign(utf8('session'));
    expect([key.publicKey.length, signature.length]).toEqual([65, 64]);
    expect(await other.verify(key.publicKey, signature, utf8('session'))).toBe(true);
    expect(await crypto.verify(key.publicKey, signature, utf8('session'))).toBe(true);
    const tampered = signature.slice();
    tampered[40]! ^= 1;
    const stranger = await other.createSigningKey();
    const offCurve = key.publicKey.slice();
    offCurve[64]! ^= 1;
    for (const [publicKey, proof, data] of [
      [key.publicKey, signature, 'Session'],
      [key.publicKey, tampered, 'session'],
      [key.publicKey, signature.subarray(1), 'session'],
      [key.publicKey, new Uint8Array(), 'session'],
      [stranger.publicKey, signature, 'session'],
      [offCurve, signature, 'session'],
      [new Uint8Array(65), signature, 'session'],
      [new Uint8Array(), signature, 'session'],
    ] as const) {
      expect(await crypto.verify(publicKey, proof, utf8(data))).toBe(false);
    }
  });

  test('verifies Ed25519, which signs bundles', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Uint8Array.from(Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'));
    const signature = Uint8Array.from(sign(null, utf8('manifest'), privateKey));
    expect(await crypto.verifyEd25519(raw, signature, utf8('manifest'))).toBe(true);
    expect(await crypto.verifyEd25519(raw, signature, utf8('manifest '))).toBe(false);
    expect(await crypto.verifyEd25519(raw.subarray(1), signature, utf8('manifest'))).toBe(false);
  });

  test('draws bytes that differ', () => {
    expect(crypto.randomBytes(16)).toHaveLength(16);
    expect(sameBytes(crypto.randomBytes(16), crypto.randomBytes(16))).toBe(false);
  });
});

test('a page’s signing key is not extractable', async () => {
  const { pair } = await webCrypto.createSigningKey();
  expect(pair.privateKey.extractable).toBe(false);
});

test('byte strings are equal only if every byte is', () => {
  expect(sameBytes(bytes('0102'), bytes('0102'))).toBe(true);
  expect(sameBytes(bytes('0102'), bytes('0103'))).toBe(false);
  expect(sameBytes(bytes('0102'), bytes('010200'))).toBe(false);
  expect(sameBytes(bytes('010200'), bytes('0102'))).toBe(false);
});
