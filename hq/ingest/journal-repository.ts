import type { Epoch, EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import type { PushedEvent } from '../../kernel/protocol/hq-sync.ts';
import type { Lane } from '../../kernel/protocol/journal-events.ts';

/** One lane of one store in one epoch. */
export interface LaneKey {
  readonly storeId: StoreId;
  readonly epoch: Epoch;
  readonly lane: Lane;
}
export interface LaneState {
  readonly lastSeq: number;
  /** rowHash of `lastSeq`, hex. */
  readonly chainHash: string;
  readonly quarantinedAt: EpochMs | undefined;
}
export interface ChainedEvent extends PushedEvent {
  readonly rowHash: string;
}

export interface JournalRepository {
  /** The lane as it stands, made at 0 where it is new. */
  lane(key: LaneKey): Promise<LaneState>;
  rowHashes(key: LaneKey, fromSeq: number, toSeq: number): Promise<ReadonlyMap<number, string>>;
  /** Which of these ids the store has sent already, in whatever epoch, with the hash of their content. */
  knownIds(storeId: StoreId, eventIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  add(key: LaneKey, events: readonly ChainedEvent[], receivedAt: EpochMs): Promise<void>;
  advance(key: LaneKey, lastSeq: number, chainHash: string): Promise<void>;
  /** Every lane of the epoch stops here. */
  quarantine(key: LaneKey, at: EpochMs): Promise<void>;
}
