import type { EpochMs } from '../domain/ids.ts';
import { type Crypto, sameBytes } from './crypto.ts';

const MINUTE_MS = 60_000;
/** Phones and stores keep time well enough; a code shown at the end of its minute is still read. */
const TOLERANCE_MINUTES = 1;

/** Minutes since 1970, as a rotating code carries them. */
export function minuteOf(now: EpochMs): number {
  return Math.floor(now / MINUTE_MS);
}

/**
 * What the phone proves in the rotating code: first 8 bytes of HMAC-SHA-256 over code id and minute.
 * @param codeId - 8 bytes
 * @param minute - since 1970, 32 bits, big-endian in the hash
 */
export async function macOf(
  crypto: Crypto,
  key: Uint8Array,
  codeId: Uint8Array,
  minute: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(12);
  data.set(codeId);
  new DataView(data.buffer).setUint32(8, minute);
  return (await crypto.hmacSha256(key, data)).slice(0, 8);
}

/** Whether a scanned code is the key holder's and of now (one minute early or late). That it is used once is the caller's to see. */
export async function judgeRotatingCode(
  crypto: Crypto,
  key: Uint8Array,
  code: { readonly codeId: Uint8Array; readonly minute: number; readonly mac: Uint8Array },
  now: EpochMs,
): Promise<'good' | 'other-minute' | 'wrong-mac'> {
  const mac = await macOf(crypto, key, code.codeId, code.minute);
  if (!sameBytes(mac, code.mac)) return 'wrong-mac';
  const isNow = Math.abs(code.minute - minuteOf(now)) <= TOLERANCE_MINUTES;
  return isNow ? 'good' : 'other-minute';
}
