import { SogliaError } from '../../kernel/errors.ts';
import { LANES, type Lane } from '../../kernel/protocol/journal-events.ts';
import type { Clock } from '../clock.ts';
import type { StoreReads } from '../reads.ts';
import type { Writer } from '../writes.ts';
import type { Carrier, PushFrom } from './hq-api.ts';

export interface PushParts {
  readonly carrier: Carrier;
  readonly reads: Pick<StoreReads, 'ackedSeq' | 'firstSeq' | 'lastSeq'>;
  readonly writer: Writer;
  readonly clock: Clock;
  /** The database's own epoch. */
  readonly epoch: string;
}
export interface Pushed {
  readonly lane: Lane;
  readonly events: number;
  /** HQ's wish: not before this long, ms. */
  readonly pauseMs: number;
}

/** Carries the journal to HQ: one batch under way, privacy first, a row freed only by HQ's own commit (inv-2). */
export class Pushing {
  readonly #parts: PushParts;
  /** Lanes that were sent again from their first row and still do not fit: told, not hammered. */
  readonly #resent = new Set<Lane>();

  constructor(parts: PushParts) {
    this.#parts = parts;
  }

  /** Sends the next batch of the first lane that has one. @returns undefined when HQ has everything */
  async next(): Promise<Pushed | undefined> {
    for (const lane of LANES) {
      const pushed = await this.#push(lane);
      if (pushed !== undefined) return pushed;
    }
    return undefined;
  }

  /** HQ was restored from a backup: what is still here goes again from its first row; HQ skips what it has. */
  async resendAll(hqEpoch: string): Promise<void> {
    for (const lane of LANES) await this.#resend(lane, hqEpoch);
  }

  async #push(lane: Lane): Promise<Pushed | undefined> {
    const { carrier, reads, writer, clock, epoch } = this.#parts;
    const acked = reads.ackedSeq(lane, epoch);
    if (reads.lastSeq(lane) <= acked) return undefined;
    let carried;
    try {
      // Read from meta, where the database was given it as 128 random bits.
      carried = await carrier.carry({ epoch: epoch as PushFrom['epoch'], lane, afterSeq: acked });
    } catch (error) {
      if (error instanceof SogliaError && error.code === 'sync/gap' && !this.#resent.has(lane)) {
        this.#resent.add(lane);
        await this.#resend(lane, '');
        return { lane, events: 0, pauseMs: 0 };
      }
      throw error;
    }
    if (carried === undefined) return undefined;
    const { firstSeq, events } = carried;
    const { hqEpoch, lastSeq, serverTime, maxRate } = carried.answer;
    const at = clock.now();
    await writer.write('acked', { lane, epoch, seq: lastSeq, hqEpoch, serverTime, at });
    if (lastSeq <= acked && lastSeq >= firstSeq - 1)
      throw new SogliaError('sync/gap', `lane ${lane}: HQ took nothing of what was sent`);
    this.#resent.delete(lane);
    return { lane, events, pauseMs: (events / maxRate) * 1_000 };
  }

  async #resend(lane: Lane, hqEpoch: string): Promise<void> {
    const { reads, writer, clock, epoch } = this.#parts;
    const first = reads.firstSeq(lane);
    if (first === 0) return;
    const at = clock.now();
    await writer.write('acked', { lane, epoch, seq: first - 1, hqEpoch, serverTime: 0, at });
  }
}
