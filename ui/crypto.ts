import type { AgreementKey, Crypto, SigningKey } from '../kernel/credentials/crypto.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A P-256 pair that a page can keep: `pair` goes into IndexedDB as it is, its private half not extractable. */
export interface WebSigningKey extends SigningKey {
  readonly pair: CryptoKeyPair;
}

export interface WebCrypto extends Crypto {
  createSigningKey(): Promise<WebSigningKey>;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const P256_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const NO_CHAINING = new Uint8Array(16);
const { subtle } = globalThis.crypto;

/** The credentials' crypto on WebCrypto, which browsers offer over HTTPS and on loopback. */
export const webCrypto: WebCrypto = {
  randomBytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
  sha256: async (data) => new Uint8Array(await subtle.digest('SHA-256', owned(data))),
  hmacSha256: async (key, data) => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const hmacKey = await subtle.importKey('raw', owned(key), algorithm, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', hmacKey, owned(data)));
  },
  hkdfSha256: async (secret, salt, info, bytes) => {
    const key = await subtle.importKey('raw', owned(secret), 'HKDF', false, ['deriveBits']);
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: owned(salt), info: owned(info) };
    return new Uint8Array(await subtle.deriveBits(algorithm, key, bytes * 8));
  },
  aes128EncryptBlock: async (key, block) => {
    if (key.length !== 16 || block.length !== 16) {
      throw new RangeError('AES-128 takes a key and a block of 16 bytes');
    }
    const aesKey = await subtle.importKey('raw', owned(key), 'AES-CBC', false, ['encrypt']);
    const chained = await subtle.encrypt(
      { name: 'AES-CBC', iv: NO_CHAINING },
      aesKey,
      owned(block),
    );
    return new Uint8Array(chained.slice(0, 16)); // what follows is padding
  },
  createAgreementKey,
  createSigningKey: async () =>
    webSigningKey(await subtle.generateKey(P256, false, ['sign', 'verify'])),
  verify: async (publicKey, signature, data) => {
    try {
      const key = await subtle.importKey('raw', owned(publicKey), P256, false, ['verify']);
      return await subtle.verify(P256_SHA256, key, owned(signature), owned(data));
    } catch {
      return false; // a key that is no point of the curve: whoever sent it did not sign
    }
  },
  verifyEd25519: async (publicKey, signature, data) => {
    try {
      const key = await subtle.importKey('raw', owned(publicKey), 'Ed25519', false, ['verify']);
      return await subtle.verify('Ed25519', key, owned(signature), owned(data));
    } catch {
      return false;
    }
  },
};

/** A signing key from a pair that was kept. */
export async function webSigningKey(pair: CryptoKeyPair): Promise<WebSigningKey> {
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  return {
    pair,
    publicKey,
    sign: async (data) =>
      new Uint8Array(await subtle.sign(P256_SHA256, pair.privateKey, owned(data))),
  };
}

async function createAgreementKey(): Promise<AgreementKey> {
  const pair = await subtle.generateKey('X25519', false, ['deriveBits']);
  if (!('privateKey' in pair)) throw new Error('X25519 gave no pair');
  return {
    publicKey: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)),
    agree: async (peer) => {
      const theirs = await subtle.importKey('raw', owned(peer), 'X25519', false, []);
      const algorithm = { name: 'X25519', public: theirs };
      return new Uint8Array(await subtle.deriveBits(algorithm, pair.privateKey, 256));
    },
  };
}

/** WebCrypto takes no view on shared memory; a copy is none. */
function owned(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}
