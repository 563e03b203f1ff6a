import { join } from 'node:path';
import type { StoreReads } from '../../edge/reads.ts';
import { readBundle, verifySignature } from '../../edge/sync/bundle.ts';
import type { StoreId } from '../../kernel/domain/ids.ts';
import type { Bundle } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { readEnrolled } from '../../node/enrolment-client.ts';

export type InForce = Pick<Bundle, 'version' | 'offers' | 'products'>;

/**
 * What the store serves, if head office signed all of it; undefined where it has nothing yet. One that has expired since
 * is what a store serves that is away.
 * @param folder - the store's data
 * @throws {SogliaError} 'bundle/refused', with place and reason
 */
export async function bundleInForce(
  reads: Pick<StoreReads, 'bundle'>,
  folder: string,
  storeId: StoreId,
): Promise<InForce | undefined> {
  const kept = reads.bundle();
  if (kept === undefined) return undefined;
  const { manifest, signature, keyId, content } = kept;
  const place = join(folder, 'store.db');
  if (signature === null || keyId === null)
    throw refused(
      place,
      'bundle: no signature was kept of it; the next one that is published has one',
    );
  const keys = (await readEnrolled(join(folder, 'hq')))?.store?.bundleKeys;
  if (keys === undefined)
    throw refused(join(folder, 'hq', 'device.json'), 'no key of head office is pinned here');
  const rules = { crypto: nodeCrypto, storeId, keys };
  try {
    return readBundle(content, await verifySignature({ manifest, signature, keyId }, rules));
  } catch (error) {
    if (!(error instanceof SogliaError) || error.code !== 'bundle/refused') throw error;
    throw refused(place, error.message, error);
  }
}

function refused(place: string, reason: string, cause?: unknown): SogliaError {
  return new SogliaError('bundle/refused', `${place}, ${reason}`, { cause });
}
