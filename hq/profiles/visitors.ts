import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { type EpochMs, PseudonymSchema, type StoreId } from '../../kernel/domain/ids.ts';
import { toHex } from '../../kernel/hex.ts';
import type { CredentialAnswer, CredentialAsk } from '../../kernel/protocol/relay.ts';
import type { Clock } from '../clock.ts';
import { type BucketSize, TokenBuckets } from '../token-bucket.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { makeRow } from './cohort.ts';

/** From the last act or visit on. */
const VISIT_MS = 6 * 3_600_000;
/** Until then at least; by whole hours, so that not every act makes a row anew. */
export const visitUntil = (now: EpochMs) => Math.ceil((now + VISIT_MS) / 3_600_000) * 3_600_000;

/** Visitors of one store: more in a minute is somebody who tries numbers. */
const ASKS: BucketSize = { perSecond: 0.5, burst: 30 };

/**
 * Finds whose a card or code is that a store does not know, and lets the store know the person for the visit. What was
 * asked is kept nowhere.
 */
export function visitorsOf(database: UnitOfWork, crypto: Crypto, clock: Clock) {
  const buckets = new TokenBuckets(ASKS);
  return async (storeId: StoreId, ask: CredentialAsk): Promise<CredentialAnswer> => {
    const now = clock();
    if (!buckets.take(storeId, now)) return { kind: 'unknown' };
    const customerId = await database.read((tables) =>
      ask.kind === 'card'
        ? tables.customers.byCard(ask.number)
        : tables.customers.byCode(ask.codeId),
    );
    if (customerId === undefined) return { kind: 'unknown' };
    return database.write(async (tables) => {
      const pseudonym = PseudonymSchema.parse(toHex(crypto.randomBytes(16)));
      await tables.members.visit(storeId, customerId, pseudonym, now, visitUntil(now));
      const members = await tables.members.of(customerId);
      const member = members.find((each) => each.storeId === storeId);
      const row = member && (await makeRow(tables, crypto, member, now));
      const lease = await tables.stores.leaseOf(storeId);
      if (row === undefined || lease === undefined || now >= lease.notAfter)
        return { kind: 'unknown' };
      return { kind: 'known', leaseId: lease.leaseId, row };
    });
  };
}
