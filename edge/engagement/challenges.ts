import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { matchCodeOf } from '../../kernel/credentials/match-code.ts';
import { fromBase64Url, toBase64Url } from '../../kernel/base64url.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { StationId, StoreId } from '../../kernel/domain/ids.ts';
import type { Challenge } from '../../kernel/protocol/kiosk-events.ts';
import { confirmFragment } from '../../kernel/protocol/phone-api.ts';
import { confirmationProof } from '../../kernel/protocol/relay.ts';

const NONCE_BYTES = 16;

/**
 * Something to sign that names nobody: whoever of those near signs it takes the session.
 * @param phoneUrl - where a shopper's phone reaches HQ, without a slash at its end
 */
export async function createChallenge(
  crypto: Crypto,
  storeId: StoreId,
  stationId: StationId,
  phoneUrl: string,
): Promise<Challenge> {
  const nonce = toBase64Url(crypto.randomBytes(NONCE_BYTES));
  const matchCode = await matchCodeOf(crypto, nonce);
  const url = `${phoneUrl}/phone/#${confirmFragment(storeId, stationId, nonce, matchCode)}`;
  return { nonce, matchCode, url };
}

/** Whether one of the person's phones signed the challenge. */
export async function isSignedByPhone(
  crypto: Crypto,
  row: Pick<CohortRow, 'phonePublicKeys'>,
  challenge: { readonly storeId: StoreId; readonly stationId: StationId; readonly nonce: string },
  signature: string,
): Promise<boolean> {
  const { storeId, stationId, nonce } = challenge;
  const proof = utf8(confirmationProof(storeId, stationId, nonce));
  const bytes = fromBase64Url(signature);
  if (bytes === undefined) return false;
  for (const text of row.phonePublicKeys) {
    const key = fromBase64Url(text);
    if (key !== undefined && (await crypto.verify(key, bytes, proof))) return true;
  }
  return false;
}
