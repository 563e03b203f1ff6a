import { uuidv7 } from 'uuidv7';
import { PHONE_ROTATION_EXPONENT } from '../../kernel/credentials/token.ts';
import { type EpochMs, EventIdSchema } from '../../kernel/domain/ids.ts';
import type { AlarmView } from '../../kernel/protocol/console-api.ts';
import type { Clock } from '../clock.ts';
import type { Visit } from '../profiles/timeline-repository.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import type { Alarm } from './alarm-repository.ts';

const NEWEST = 200;
/** Two windows: a token that was carried elsewhere resolves no longer than this. */
export const TWO_WINDOWS_MS = 2 * 2 ** PHONE_ROTATION_EXPONENT * 1_000;

export interface Alarms {
  newest(): Promise<readonly AlarmView[]>;
  acknowledge(alarmIds: readonly AlarmView['alarmId'][]): Promise<void>;
  counts(): ReturnType<Tables['alarms']['counts']>;
}

export function createAlarms(database: UnitOfWork, clock: Clock): Alarms {
  return {
    newest: () => database.read((tables) => tables.alarms.newest(NEWEST)),
    acknowledge: (alarmIds) =>
      database.write(async (tables, announce) => {
        await tables.alarms.acknowledge(alarmIds, clock());
        announce({ what: 'alarms' });
      }),
    counts: () => database.read((tables) => tables.alarms.counts()),
  };
}

export async function raise(tables: Tables, announce: Announce, alarm: Alarm): Promise<void> {
  if (await tables.alarms.add(alarm)) announce({ what: 'alarms' });
}

/**
 * One customer's visits in two stores within two windows: a token carried live from one to the other, which nothing in
 * the token itself can refuse (threat-2). Judged whenever a visit begins or ends, so that the order in which stores send
 * does not matter. @param source - of the visit that changed
 */
export async function flagTwoStores(
  tables: Tables,
  announce: Announce,
  source: string,
): Promise<void> {
  const visit = await tables.timeline.visit(source);
  if (visit === undefined) return; // of somebody whom we no longer have
  const { customerId, storeId, from, until } = visit;
  const others = await tables.timeline.visitsWithin(
    customerId,
    from - TWO_WINDOWS_MS,
    until + TWO_WINDOWS_MS,
  );
  for (const other of others) {
    if (other.storeId === storeId) continue;
    const [first, second] = [visit, other].sort(byBeginning) as [Visit, Visit];
    await raise(tables, announce, {
      alarmId: EventIdSchema.parse(uuidv7()),
      kind: 'two-stores',
      storeId: first.storeId,
      otherStoreId: second.storeId,
      customerId,
      at: second.from,
      source: `two-stores:${first.source}:${second.source}`,
    });
  }
}

const byBeginning = (a: Visit, b: Visit): EpochMs =>
  a.from - b.from || (a.source < b.source ? -1 : 1);
