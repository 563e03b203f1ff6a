import type { Epoch } from '../../kernel/domain/ids.ts';
import type { PullAnswer, PullQuery, PushAnswer } from '../../kernel/protocol/hq-sync.ts';
import type { Lane } from '../../kernel/protocol/journal-events.ts';

/** HQ as a store asks it. Every call has a deadline and throws 'hq/unreachable' where nobody answers. */
export interface HqApi {
  pull(query: PullQuery): Promise<PullAnswer>;
  /** The bytes whose SHA-256 this is. */
  snapshot(sha256: string): Promise<Uint8Array>;
}

export interface PushFrom {
  readonly epoch: Epoch;
  readonly lane: Lane;
  /** What HQ has already. */
  readonly afterSeq: number;
}
export interface Carried {
  readonly firstSeq: number;
  readonly events: number;
  readonly answer: PushAnswer;
}

/** Takes the next batch of a lane from the journal to HQ. */
export interface Carrier {
  /**
   * @returns undefined when the lane has nothing after `afterSeq`
   * @throws {SogliaError} 'hq/unreachable', or HQ's own code
   */
  carry(from: PushFrom): Promise<Carried | undefined>;
}
