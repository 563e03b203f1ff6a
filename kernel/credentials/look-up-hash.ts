import { toHex } from '../hex.ts';
import { type Crypto, utf8 } from './crypto.ts';

/**
 * What a store can find a person or coupon by without opening a row: first 16 bytes of HMAC-SHA-256, hex.
 * @param indexKey - 32 bytes, of the lease
 * @param value - `card`: `normaliseCardNumber` of kernel/scans; `code`: the code id in hex; `coupon`: the code's one true form
 */
export async function lookUpHash(
  crypto: Crypto,
  indexKey: Uint8Array,
  kind: 'card' | 'code' | 'coupon',
  value: string,
): Promise<string> {
  const hash = await crypto.hmacSha256(indexKey, utf8(`${kind}:${value}`));
  return toHex(hash.subarray(0, 16));
}
