type Bytes = Uint8Array<ArrayBuffer>;

/** What the credentials need of a platform. Bound to node:crypto in node/crypto.ts and to WebCrypto in ui/crypto.ts. */
export interface Crypto {
  /** From the platform's cryptographic generator. */
  randomBytes(count: number): Bytes;
  sha256(data: Uint8Array): Promise<Bytes>;
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Promise<Bytes>;
  hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Promise<Bytes>;
  /** One block of 16 bytes under a key of 16 bytes, no chaining. */
  aes128EncryptBlock(key: Uint8Array, block: Uint8Array): Promise<Bytes>;
  createAgreementKey(): Promise<AgreementKey>;
  createSigningKey(): Promise<SigningKey>;
  /**
   * ECDSA P-256 with SHA-256. False also for a key or signature that is none.
   * @param publicKey - uncompressed point, 65 bytes
   * @param signature - IEEE P1363, 64 bytes
   */
  verify(publicKey: Uint8Array, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  /** @param publicKey - 32 bytes. @param signature - 64 bytes. False also for a key or signature that is none. */
  verifyEd25519(publicKey: Uint8Array, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
}

/** An X25519 pair (RFC 7748); keys and secrets are little-endian byte strings. */
export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** The shared secret, 32 bytes. @throws if `peer` is no key of 32 bytes, or one that gives a secret of zeros */
  agree(peer: Uint8Array): Promise<Bytes>;
}

/** A P-256 pair whose private half stays where the platform keeps it. */
export interface SigningKey {
  /** Uncompressed point, 65 bytes. */
  readonly publicKey: Bytes;
  /** ECDSA with SHA-256 in the 64-byte form of IEEE P1363. */
  sign(data: Uint8Array): Promise<Bytes>;
}

/** Whether two byte strings are equal, in a time that tells only their lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

const encoder = new TextEncoder();

/** Text as it is signed and hashed: UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
