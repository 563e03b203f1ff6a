import type { Clock } from '../clock.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { Epoch, EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { PullAnswer, PullQuery } from '../../kernel/protocol/hq-sync.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { needsRenewal, renewLease } from './lease.ts';
import type { Publishing } from './publishing.ts';

/** Being seen is worth a disk write now and then, not at each pull. */
const SEEN_EVERY_MS = 60_000;
/** Characters of JSON in one answer, about. */
const ANSWER_CHARACTERS = 4_000_000;

export interface Feed {
  /** Changes after `rev`, in order; renews the store's lease on the way. */
  pull(storeId: StoreId, query: PullQuery): Promise<PullAnswer>;
  /** @throws {SogliaError} 'request/not-found' for content that is not this store's */
  snapshot(storeId: StoreId, sha256: string): Promise<Uint8Array>;
}

export interface FeedParts {
  readonly database: UnitOfWork;
  readonly hqEpoch: Epoch;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly publishing: Publishing;
  /** Makes the rows that wait to be made. */
  readonly makeRows: (storeId: StoreId) => Promise<void>;
  /** The store has applied its `erase` stream up to here: batch and cursor are one transaction there (inv-6). */
  readonly erasuresApplied: (storeId: StoreId, rev: number) => Promise<void>;
}

export function createFeed(parts: FeedParts): Feed {
  const { database, hqEpoch, crypto, clock, publishing, makeRows, erasuresApplied } = parts;
  const seenAt = new Map<StoreId, EpochMs>();

  async function beSeen(storeId: StoreId, now: EpochMs): Promise<void> {
    if (now - (seenAt.get(storeId) ?? 0) < SEEN_EVERY_MS) return;
    seenAt.set(storeId, now);
    await database.write(async (tables, announce) => {
      await tables.stores.seen(storeId, now);
      await tables.members.markOver(storeId, now); // their rows go with this pull
      announce({ what: 'stores' });
    });
  }

  return {
    async pull(storeId, query) {
      const now = clock();
      await beSeen(storeId, now);
      const lease = await database.read((tables) => tables.stores.leaseOf(storeId));
      if (needsRenewal(lease, now))
        await database.write((tables) => renewLease(tables, crypto, storeId, now));
      if (query.stream === 'catalogue') await publishing.refresh(storeId);
      if (query.stream === 'cohort') await makeRows(storeId);

      const knowsNoEpoch = query.hqEpoch === undefined && query.rev > 0;
      const reset = knowsNoEpoch || (query.hqEpoch !== undefined && query.hqEpoch !== hqEpoch);
      const rev = reset ? 0 : query.rev;
      if (query.stream === 'erase' && rev > 0) await erasuresApplied(storeId, rev);
      const [found, held] = await database.read(async (tables) => [
        await tables.changes.since(query.stream, storeId, rev, query.limit + 1),
        query.stream === 'cohort' ? await tables.stores.leaseOf(storeId) : undefined,
      ]);
      const changes: PullAnswer['changes'] = [];
      let characters = 0;
      for (const change of found.slice(0, query.limit)) {
        characters += JSON.stringify(change).length;
        if (changes.length > 0 && characters > ANSWER_CHARACTERS) break;
        changes.push(change);
      }
      const more = changes.length < found.length;
      const under = held && { leaseId: held.leaseId };
      return { hqEpoch, ...under, reset, changes, more, serverTime: now };
    },

    async snapshot(storeId, sha256) {
      const content = await database.read((tables) => tables.publications.content(storeId, sha256));
      if (content === undefined)
        throw new SogliaError('request/not-found', `no content ${sha256} for this store`);
      return content;
    },
  };
}
