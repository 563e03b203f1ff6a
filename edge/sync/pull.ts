import { SogliaError } from '../../kernel/errors.ts';
import { STREAMS, type Stream } from '../../kernel/protocol/hq-sync.ts';
import type { StoreReads } from '../reads.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { DamagedRows } from '../consent/damaged-rows.ts';
import { nextTurn } from '../next-turn.ts';
import type { Writer } from '../writes.ts';
import type { Applying } from './apply.ts';
import type { HqApi } from './hq-api.ts';

export interface PullParts {
  readonly hq: Pick<HqApi, 'pull'>;
  readonly reads: Pick<StoreReads, 'cursor' | 'meta'>;
  readonly writer: Writer;
  readonly cohort: Pick<Cohort, 'lease'>;
  readonly damaged: Pick<DamagedRows, 'takeWanted'>;
  readonly applying: Applying;
  /** HQ is another one than the one we knew: restored, or new. */
  readonly restored: (hqEpoch: string) => Promise<void>;
  readonly heardFrom: (serverTime: number) => void;
}
const LIMIT = 200;
/** Rows that are taken in before the loop gets its turn. */
const ROWS_AT_ONCE = 25;

/** Brings HQ's streams down, in their order; a batch and its cursor are one transaction (inv-6). */
export class Pulling {
  readonly #parts: PullParts;

  constructor(parts: PullParts) {
    this.#parts = parts;
  }

  async all(): Promise<void> {
    await this.#askAnew();
    for (const stream of STREAMS) {
      // Rows cannot be sealed without a lease; it comes with `keys`, just before.
      if (stream === 'cohort' && this.#parts.cohort.lease === undefined) continue;
      while (await this.#batch(stream));
    }
  }

  /** Rows that do not open come again with all others: here, so that no batch under way moves the cursor on again. */
  async #askAnew(): Promise<void> {
    if (!this.#parts.damaged.takeWanted()) return;
    const operations = [{ kind: 'ask-anew' }] as const;
    await this.#parts.writer.write('change-cohort', { operations, facts: [] });
  }

  /**
   * @returns whether there is more
   * @throws {SogliaError} for a batch that does not stand: nothing of it is written, and it is asked for again later
   */
  async #batch(stream: Stream): Promise<boolean> {
    const { hq, reads, writer, applying, restored, heardFrom } = this.#parts;
    const cursor = reads.cursor(stream);
    // Read from the table, where it was put as HQ gave it.
    const hqEpoch = cursor?.hqEpoch as Parameters<HqApi['pull']>[0]['hqEpoch'];
    const answer = await hq.pull({
      stream,
      rev: cursor?.rev ?? 0,
      limit: LIMIT,
      ...(hqEpoch === undefined ? {} : { hqEpoch }),
    });
    heardFrom(answer.serverTime);
    const { lease } = this.#parts.cohort;
    if (answer.leaseId !== undefined && answer.leaseId !== lease?.leaseId)
      throw new SogliaError('lease/over', 'leaseId: rows of another lease than the store holds');
    const isOther = cursor !== undefined && cursor.hqEpoch !== answer.hqEpoch;
    if (answer.changes.length === 0 && !isOther && !answer.reset) return false;
    const plan = await applying.plan(answer.changes.map(({ change }) => change));
    const isCleared = (answer.reset || isOther) && stream === 'cohort';
    await writer.write('apply-pull', {
      stream,
      hqEpoch: answer.hqEpoch,
      rev: answer.changes.at(-1)?.rev ?? (isOther || answer.reset ? 0 : (cursor?.rev ?? 0)),
      operations: isCleared
        ? [{ kind: 'clear', at: answer.serverTime }, ...plan.operations]
        : plan.operations,
      facts: [],
      serverTime: answer.serverTime,
    });
    for (const [index, task] of plan.afterwards.entries()) {
      if (index > 0 && index % ROWS_AT_ONCE === 0) await nextTurn();
      await task();
    }
    if (isOther) await restored(answer.hqEpoch);
    // Asked once more at once: the cursor that it brings is how HQ learns that the erasure is done here.
    return answer.more || (stream === 'erase' && answer.changes.length > 0);
  }
}
