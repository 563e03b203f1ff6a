import { fromBase64Url } from '../../kernel/base64url.ts';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { type CustomerId, EventIdSchema, type StoreId } from '../../kernel/domain/ids.ts';
import { JournalBodySchema } from '../../kernel/protocol/journal-events.ts';
import type { Announce, Tables } from '../unit-of-work.ts';
import type { ChainedEvent } from './journal-repository.ts';

const PAGE = 1_000;

/**
 * Cards that were shown while a store had no line: whose they are is found by hashing all cards under the store's key, and
 * put on the person's journey. Of the event itself nothing stays but its place in the chain, whether it was somebody's or not.
 * @returns the events as they may be kept
 */
export async function withoutShownCards(
  tables: Tables,
  crypto: Crypto,
  storeId: StoreId,
  events: readonly ChainedEvent[],
  announce: Announce,
): Promise<readonly ChainedEvent[]> {
  const shown = events.filter(({ type, body }) => type === 'card-shown' && body !== undefined);
  if (shown.length === 0) return events;
  const bodies = new Map(shown.map((event) => [event, bodyOf(event)]));
  const hashes = [...bodies.values()].flatMap((body) =>
    body === undefined ? [] : [body.cardHash],
  );
  const wanted = new Set(hashes);
  const owners = await ownersOf(tables, crypto, storeId, wanted);
  for (const [event, body] of bodies) {
    const customerId = body && owners.get(body.cardHash);
    if (body === undefined || customerId === undefined) continue;
    const { stationId, at } = body;
    const entryId = EventIdSchema.parse(event.eventId);
    const entry = { entryId, kind: 'card-shown' as const, at, storeId, stationId, details: {} };
    if (await tables.timeline.add(customerId, entry, `card:${storeId}:${event.eventId}`))
      announce({ what: 'timeline', customerId });
  }
  return events.map((event) =>
    event.type === 'card-shown' ? { ...event, body: undefined, salt: undefined } : event,
  );
}

async function ownersOf(
  tables: Tables,
  crypto: Crypto,
  storeId: StoreId,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, CustomerId>> {
  const owners = new Map<string, CustomerId>();
  const lease = await tables.stores.leaseOf(storeId);
  const indexKey = lease && fromBase64Url(lease.indexKey);
  if (indexKey === undefined) return owners;
  let after = '';
  while (owners.size < wanted.size) {
    const page = await tables.customers.cardPage(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.number;
    for (const { number, customerId } of page) {
      const hash = await lookUpHash(crypto, indexKey, 'card', number);
      if (wanted.has(hash)) owners.set(hash, customerId);
    }
  }
  return owners;
}

function bodyOf({ body, v }: ChainedEvent) {
  const parsed = JournalBodySchema.safeParse(treeOf(body));
  return v === 1 && parsed.success && parsed.data.type === 'card-shown' ? parsed.data : undefined;
}

function treeOf(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
