import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { AgreementKey, Crypto, SigningKey } from '../kernel/credentials/crypto.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The credentials' crypto on node:crypto. */
export const nodeCrypto: Crypto = {
  randomBytes: (count) => plain(randomBytes(count)),
  sha256: (data) => settle(() => sha256(data)),
  hmacSha256: (key, data) => settle(() => hmacSha256(key, data)),
  hkdfSha256: (secret, salt, info, bytes) =>
    settle(() => new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes))),
  aes128EncryptBlock: (key, block) =>
    settle(() => {
      const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      return Buffer.concat([cipher.update(block), cipher.final()]);
    }),
  createAgreementKey: () => Promise.resolve(agreementKeyOf(newAgreementKey())),
  createSigningKey: () => Promise.resolve(signingKeyOf(newSigningKey())),
  verify: (publicKey, signature, data) =>
    Promise.resolve(
      signature.length === 64 &&
        isVerified(() => p256PublicKey(publicKey), signature, data, 'sha256'),
    ),
  verifyEd25519: (publicKey, signature, data) =>
    Promise.resolve(isVerified(() => rawPublicKey('Ed25519', publicKey), signature, data, null)),
};

const sha256 = (data: Uint8Array) => hash('sha256', data, 'buffer');

/** RFC 2104 over SHA-256. By two calls: an Hmac object apiece is a burden to the garbage collector, with each coupon. */
function hmacSha256(key: Uint8Array, data: Uint8Array): Buffer {
  const block = 64;
  const inner = Buffer.alloc(block + data.length, 0x36);
  const outer = Buffer.alloc(block + 32, 0x5c);
  (key.length > block ? sha256(key) : key).forEach((byte, i) => {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  });
  inner.set(data, block);
  outer.set(sha256(inner), block);
  return sha256(outer);
}

/** An X25519 private key: to be kept in a 0600 file as PKCS #8 PEM. */
export function newAgreementKey(): KeyObject {
  return generateKeyPairSync('x25519').privateKey;
}

/** @param privateKey - 32 bytes, little-endian */
export function agreementKeyFromRaw(privateKey: Uint8Array): AgreementKey {
  const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex'); // PKCS #8 of X25519 (RFC 8410)
  const der = Buffer.concat([prefix, privateKey]);
  return agreementKeyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

export function agreementKeyOf(privateKey: KeyObject): AgreementKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    publicKey: plain(Buffer.from(x ?? '', 'base64url')),
    agree: (peer) =>
      settle(() => diffieHellman({ privateKey, publicKey: rawPublicKey('X25519', peer) })),
  };
}

/** A P-256 private key: to be kept in a 0600 file as PKCS #8 PEM. */
export function newSigningKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** @throws if the key is none of P-256 */
export function signingKeyOf(privateKey: KeyObject): SigningKey {
  const { crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== 'P-256' || x === undefined || y === undefined) throw new Error('not a P-256 key');
  const coordinates = [x, y].map((text) => Buffer.from(text, 'base64url'));
  return {
    publicKey: plain(Buffer.concat([Uint8Array.of(4), ...coordinates])),
    sign: (data) =>
      settle(() => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
}

/** Whether these are 65 bytes of an uncompressed point that lies on P-256. */
export function isP256PublicKey(point: Uint8Array): boolean {
  try {
    p256PublicKey(point);
    return true;
  } catch {
    return false;
  }
}

function p256PublicKey(point: Uint8Array): KeyObject {
  if (point.length !== 65 || point[0] !== 4)
    throw new RangeError('not an uncompressed P-256 point');
  const x = base64Url(point.subarray(1, 33));
  const y = base64Url(point.subarray(33));
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

function rawPublicKey(crv: 'X25519' | 'Ed25519', key: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: base64Url(key) }, format: 'jwk' });
}

function isVerified(
  publicKey: () => KeyObject,
  signature: Uint8Array,
  data: Uint8Array,
  digest: 'sha256' | null,
): boolean {
  try {
    return verify(digest, data, { key: publicKey(), dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false; // a key that is no point of the curve: whoever sent it did not sign
  }
}

const base64Url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** A copy of its own: Buffers share a pool, and a view into it must not leave this file. */
function plain(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

function settle(make: () => Uint8Array): Promise<Bytes> {
  try {
    return Promise.resolve(plain(make()));
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
