import { fromBase64Url } from '../base64url.ts';
import { toBase32 } from '../scans/base32.ts';
import type { Crypto } from './crypto.ts';

/**
 * Four symbols that kiosk and phone show, to compare by eye: the first 20 bits of SHA-256 of the challenge's nonce.
 * @param nonce - base64url, as on the wire
 * @throws {RangeError} if it is not base64url
 */
export async function matchCodeOf(crypto: Crypto, nonce: string): Promise<string> {
  const bytes = fromBase64Url(nonce);
  if (bytes === undefined) throw new RangeError('the nonce is not base64url');
  const hash = await crypto.sha256(bytes);
  return toBase32(hash.subarray(0, 3)).slice(0, 4);
}
