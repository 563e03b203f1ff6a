import type { Clock } from '../clock.ts';
import type { Epoch, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { CHAIN_START, type PushAnswer, type PushRequest } from '../../kernel/protocol/hq-sync.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';
import type { Tables, UnitOfWork } from '../unit-of-work.ts';
import type { ChainedEvent, LaneKey } from './journal-repository.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { withoutShownCards } from './shown-cards.ts';
import { withoutErased } from './late-events.ts';
import { project } from './projections.ts';

/** Events per second that one store may send. */
const MAX_RATE = 20_000;

export interface Intake {
  /**
   * Takes a contiguous range of one lane of this store: committed when it resolves. What HQ has is skipped.
   * @throws {SogliaError} 'sync/gap' naming lastSeq; 'sync/conflict' for another payload under a known number (the epoch is
   * then quarantined); 'request/invalid' for a chain or content hash that does not agree
   */
  push(storeId: StoreId, request: PushRequest): Promise<PushAnswer>;
}

/** What the log is told: counts and names of lanes, nothing of any person. */
export interface IntakeReport {
  quarantined(key: LaneKey, seq: number): void;
  notUnderstood(storeId: StoreId, type: string, v: number): void;
}

export function createIntake(
  database: UnitOfWork,
  hqEpoch: Epoch,
  crypto: Crypto,
  clock: Clock,
  report: IntakeReport,
): Intake {
  return {
    async push(storeId, request) {
      const key: LaneKey = { storeId, epoch: request.epoch, lane: request.lane };
      const events = chained(request);
      const outcome = await database.write(async (tables, announce) => {
        const lane = await tables.journal.lane(key);
        if (lane.quarantinedAt !== undefined) throw quarantined(request.epoch);
        const forged = await conflictWith(tables, key, request, events, lane.lastSeq);
        if (forged !== undefined) {
          await tables.journal.quarantine(key, clock());
          return { kind: 'conflict' as const, seq: forged };
        }
        const fresh = events.filter(({ seq }) => seq > lane.lastSeq);
        const [first] = fresh;
        const last = fresh.at(-1);
        if (first === undefined || last === undefined)
          return { kind: 'taken' as const, lastSeq: lane.lastSeq };
        if (first.seq !== lane.lastSeq + 1) throw gap(lane.lastSeq, first.seq);
        if (first === events[0] && request.previousHash !== lane.chainHash)
          throw new SogliaError(
            'request/invalid',
            `previousHash: not that of event ${lane.lastSeq}`,
          );
        await take(tables, key, fresh, announce);
        await tables.journal.advance(key, last.seq, last.rowHash);
        return { kind: 'taken' as const, lastSeq: last.seq };
      });
      if (outcome.kind === 'conflict') {
        report.quarantined(key, outcome.seq);
        throw quarantined(request.epoch);
      }
      return { hqEpoch, lastSeq: outcome.lastSeq, serverTime: clock(), maxRate: MAX_RATE };
    },
  };

  async function take(
    tables: Tables,
    key: LaneKey,
    fresh: readonly ChainedEvent[],
    announce: Parameters<Parameters<UnitOfWork['write']>[0]>[1],
  ): Promise<void> {
    const { storeId } = key;
    const receivedAt = clock();
    const known = await tables.journal.knownIds(
      storeId,
      fresh.map(({ eventId }) => eventId),
    );
    // An edge restored from an older image sends facts again under a new epoch: they are facts still, but the same ones.
    const unheard = fresh.filter(({ eventId }) => !known.has(eventId));
    const unknown = await withoutShownCards(
      tables,
      crypto,
      storeId,
      await withoutErased(tables, storeId, unheard),
      announce,
    );
    if (unknown.length > 0) await tables.journal.add(key, unknown, receivedAt);
    for (const event of unknown) {
      const isUnderstood = await project({ tables, crypto, announce, storeId, receivedAt }, event);
      if (!isUnderstood) report.notUnderstood(storeId, event.type, event.v);
    }
    announce({ what: 'stores' });
  }
}

/** The events with their place in the chain. @throws {SogliaError} 'request/invalid' naming the event and field */
function chained({ lane, previousHash, events }: PushRequest): ChainedEvent[] {
  let previous = previousHash;
  const ids = new Set<string>();
  return events.map((event, i) => {
    const { seq, type, contentHash, salt, body } = event;
    const expected = (events[0]?.seq ?? 0) + i;
    if (seq !== expected) throw invalid(i, 'seq', `not ${expected}, which follows`);
    if (ids.has(event.eventId)) throw invalid(i, 'eventId', 'twice in one batch');
    ids.add(event.eventId);
    if ((salt === undefined) !== (body === undefined))
      throw invalid(i, 'salt', 'goes with body, both or neither');
    if (salt !== undefined && body !== undefined && contentHashOf(salt, body) !== contentHash)
      throw invalid(i, 'contentHash', 'not that of salt and body');
    previous = rowHashOf(previous, { lane, seq, type, contentHash });
    return { ...event, rowHash: previous };
  });
}

/** The number under which this request says something else than before. */
async function conflictWith(
  tables: Tables,
  key: LaneKey,
  { previousHash }: PushRequest,
  events: readonly ChainedEvent[],
  lastSeq: number,
): Promise<number | undefined> {
  const first = events[0]?.seq ?? 0;
  if (first > lastSeq) return undefined;
  if (first === 1 && previousHash !== CHAIN_START)
    throw new SogliaError('request/invalid', 'previousHash: a lane begins with zeros');
  const kept = await tables.journal.rowHashes(key, first, Math.min(lastSeq, last(events)));
  return events.find(({ seq, rowHash }) => {
    const before = kept.get(seq);
    return before !== undefined && before !== rowHash;
  })?.seq;
}

const last = (events: readonly ChainedEvent[]) => events.at(-1)?.seq ?? 0;

function invalid(index: number, field: string, reason: string): SogliaError {
  return new SogliaError('request/invalid', `events.${index}.${field}: ${reason}`);
}
function gap(lastSeq: number, seq: number): SogliaError {
  const reason = `lastSeq ${lastSeq}: event ${seq} leaves a gap`;
  return new SogliaError('sync/gap', reason, { cause: { lastSeq } });
}
/** What HQ has, of an error that says 'sync/gap'; undefined for any other. */
export function gapOf(error: unknown): number | undefined {
  if (!(error instanceof SogliaError) || error.code !== 'sync/gap') return undefined;
  return (error.cause as { readonly lastSeq: number }).lastSeq; // as made above
}
function quarantined(epoch: Epoch): SogliaError {
  const reason = `epoch ${epoch} is quarantined: it said two things under one number`;
  return new SogliaError('sync/conflict', reason);
}
