import { uuidv7 } from 'uuidv7';
import { toBase64Url } from '../../kernel/base64url.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { type EpochMs, LeaseIdSchema, type StoreId } from '../../kernel/domain/ids.ts';
import type { Tables } from '../unit-of-work.ts';
import type { StoreLease } from './store-repository.ts';

const HOUR_MS = 3_600_000;
/** How long a store may hold personal data without a word from HQ (duty-20). */
export const LEASE_MS = 72 * HOUR_MS;
/** With less than this left, the next pull renews it. */
export const RENEW_BELOW_MS = 48 * HOUR_MS;

export function needsRenewal(lease: StoreLease | undefined, now: EpochMs): boolean {
  return lease === undefined || lease.notAfter - now < RENEW_BELOW_MS;
}

/**
 * Gives the store 72 h from now, and marks its rows: their keys must cover the new term. A lease that is over is not
 * revived, since the store has dropped its keys: it gets new ones, and every row comes anew.
 */
export async function renewLease(
  tables: Tables,
  crypto: Crypto,
  storeId: StoreId,
  now: EpochMs,
): Promise<void> {
  const before = await tables.stores.leaseOf(storeId);
  if (!needsRenewal(before, now)) return;
  const keys = before !== undefined && now < before.notAfter ? before : newKeys(crypto);
  const lease: StoreLease = { ...keys, notAfter: now + LEASE_MS };
  await tables.stores.putLease(storeId, lease);
  await tables.changes.append('keys', storeId, { kind: 'lease', ...lease }, 'lease');
  await tables.members.markStore(storeId);
}

function newKeys(crypto: Crypto): Pick<StoreLease, 'leaseId' | 'sealingKey' | 'indexKey'> {
  return {
    leaseId: LeaseIdSchema.parse(uuidv7()),
    sealingKey: toBase64Url(crypto.randomBytes(32)),
    indexKey: toBase64Url(crypto.randomBytes(32)),
  };
}
