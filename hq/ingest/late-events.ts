import type { StoreId } from '../../kernel/domain/ids.ts';
import { tombstoneHash } from '../privacy/tombstone.ts';
import type { Tables } from '../unit-of-work.ts';
import { subjectOf } from './event-subject.ts';
import type { ChainedEvent } from './journal-repository.ts';

/**
 * A store that was away sends what it wrote before it heard of an erasure: such events lose body and salt before
 * anything of them is kept, and keep their place in the chain (duty-21).
 */
export async function withoutErased(
  tables: Tables,
  storeId: StoreId,
  events: readonly ChainedEvent[],
): Promise<readonly ChainedEvent[]> {
  const subjects = new Set(events.map(subjectOf).filter((subject) => subject !== undefined));
  if (subjects.size === 0) return events;
  const salt = await tables.erasures.salt();
  const hashOf = new Map([...subjects].map((subject) => [subject, tombstoneHash(salt, subject)]));
  const buried = await tables.erasures.buried(storeId, [...hashOf.values()]);
  if (buried.size === 0) return events;
  return events.map((event) => {
    const hash = hashOf.get(subjectOf(event) ?? '');
    if (hash === undefined || !buried.has(hash)) return event;
    return { ...event, body: undefined, salt: undefined };
  });
}
