import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import { type Arms, armOf } from '../../kernel/domain/experiment.ts';
import type { CustomerId, OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { fromHex } from '../../kernel/hex.ts';
import type { Tables } from '../unit-of-work.ts';

const BUCKETS = 10_000;
/** Of the hash: so many bits that no bucket is likelier than another by more than one in 28 thousand million. */
const BYTES = 6;

/**
 * A person's bucket in a layer, 0 to 9,999: HMAC-SHA-256 of both under a key that HQ draws once and nobody else has. So it
 * is the person's for as long as HQ knows them, whatever is published when, and independent of their buckets in other layers.
 */
export async function bucketOf(
  tables: Pick<Tables, 'measures'>,
  crypto: Crypto,
  customerId: CustomerId,
  layer: string,
): Promise<number> {
  const key = fromHex(await tables.measures.bucketKey());
  if (key === undefined) throw new Error('a key of buckets that is not hex');
  const hash = await crypto.hmacSha256(key, utf8(`bucket:${layer}:${customerId}`));
  return hash.subarray(0, BYTES).reduce((number, byte) => number * 256 + byte, 0) % BUCKETS;
}

/** The person's buckets in the layers that these offers are compared in. */
export async function armsOf(
  tables: Pick<Tables, 'measures'>,
  crypto: Crypto,
  customerId: CustomerId,
  offers: readonly Offer[],
): Promise<Arms> {
  const layers = new Set(offers.flatMap(({ experiment }) => experiment?.layer ?? []));
  const arms: Record<string, number> = {};
  for (const layer of [...layers].sort())
    arms[layer] = await bucketOf(tables, crypto, customerId, layer);
  return arms;
}

/**
 * The offers that experiments hold this person out of, by their bucket alone. Not by what they allow: who says yes to
 * personal offers is to get no less than who does not, and who says yes a minute after joining is not to bring a coupon along.
 */
export async function heldOutOf(
  tables: Pick<Tables, 'measures'>,
  crypto: Crypto,
  customerId: CustomerId,
  offers: readonly Offer[],
): Promise<ReadonlySet<OfferId>> {
  const arms = await armsOf(tables, crypto, customerId, offers);
  const heldOut = offers.filter(({ experiment }) => armOf(experiment, arms)?.kind === 'held-out');
  return new Set(heldOut.map(({ offerId }) => offerId));
}
