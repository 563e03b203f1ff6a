import type { Crypto } from './crypto.ts';

/*
 * The rotating token is an Eddystone-EID: 8 bytes that change every 2^K s.
 * Source: google/eddystone, eddystone-eid/eid-computation.md. Times are seconds of the beacon's own clock, 32 bits;
 * a phone's clock is Unix time.
 */

/** K of phones: a new token every 512 s. */
export const PHONE_ROTATION_EXPONENT = 9;
/** A temporary key serves the seconds that share their high 16 bits. */
const TEMPORARY_KEY_SECONDS = 65_536;
const NO_INFO = new Uint8Array();

/**
 * The identity key that phone and resolver agree on, 16 bytes; the same from either side.
 * @param sharedSecret - X25519, 32 bytes
 * @throws {RangeError} for a secret of zeros (a peer with a key of small order), or of another length
 */
export async function identityKeyOf(
  crypto: Crypto,
  sharedSecret: Uint8Array,
  resolverPublicKey: Uint8Array,
  phonePublicKey: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (sharedSecret.length !== 32 || sharedSecret.every((byte) => byte === 0)) {
    throw new RangeError('the shared secret is zero or has not 32 bytes');
  }
  const salt = new Uint8Array([...resolverPublicKey, ...phonePublicKey]);
  return crypto.hkdfSha256(sharedSecret, salt, NO_INFO, 16);
}

/** Which temporary key serves this second: its high 16 bits. */
export function periodOf(unixSeconds: number): number {
  return inClock(unixSeconds) >>> 16;
}

/** When the temporary key of `period` begins to serve, in seconds. It ends where the next one begins. */
export function periodStartsAt(period: number): number {
  return period * TEMPORARY_KEY_SECONDS;
}

/** What the identity key encrypts to make a temporary key. @param period - 0 to 65,535 */
export function temporaryKeyBlock(period: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(16);
  block[11] = 0xff;
  new DataView(block.buffer).setUint16(14, period);
  return block;
}

/** What a temporary key encrypts to make a token: for callers with AES of their own, one block per token. */
export function tokenBlock(exponent: number, unixSeconds: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(16);
  block[11] = exponent;
  new DataView(block.buffer).setUint32(12, windowStart(exponent, unixSeconds));
  return block;
}

/** First second of the window that `unixSeconds` lies in. @throws {RangeError} unless K is 0 to 15 and time has 32 bits */
export function windowStart(exponent: number, unixSeconds: number): number {
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > 15) {
    throw new RangeError(`rotation exponent ${String(exponent)} is not 0 to 15`);
  }
  return ((inClock(unixSeconds) >>> exponent) << exponent) >>> 0;
}

/** 16 bytes. */
export async function temporaryKeyOf(
  crypto: Crypto,
  identityKey: Uint8Array,
  unixSeconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return crypto.aes128EncryptBlock(identityKey, temporaryKeyBlock(periodOf(unixSeconds)));
}

/** The token of this second, 8 bytes. @param temporaryKey - of the period that `unixSeconds` lies in */
export async function tokenOf(
  crypto: Crypto,
  temporaryKey: Uint8Array,
  exponent: number,
  unixSeconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const block = await crypto.aes128EncryptBlock(temporaryKey, tokenBlock(exponent, unixSeconds));
  return block.slice(0, 8);
}

function inClock(seconds: number): number {
  const whole = Math.floor(seconds);
  if (whole >= 0 && whole <= 0xffff_ffff) return whole;
  throw new RangeError(`${String(seconds)} s does not fit the beacon's clock of 32 bits`);
}
