import type { Database, Statement } from 'better-sqlite3';
import { V7Generator } from 'uuidv7';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import { LANE_OF, LANES, type Lane } from '../../kernel/protocol/journal-events.ts';
import type { Fact } from '../writes.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';
import { RandomPool } from '../../node/random-pool.ts';

/** When, by which of the machine's starts and by its steady clock. */
export interface Stamp {
  readonly bootId: string;
  readonly monoMs: number;
  readonly wallMs: number;
}
interface Head {
  readonly seq: number;
  readonly rowHash: string;
}
const BODY_VERSION = 1;
const SALT_BYTES = 16;
const HOUR_MS = 3_600_000;

/** The store's append-only record, runs inside the writer worker. Numbers have no gaps within a lane. */
export class JournalRepository {
  readonly #stamp: () => Stamp;
  readonly #insert: Statement<(string | number | null)[]>;
  readonly #newest: Statement<[Lane], { seq: number; row_hash: string }>;
  readonly #erase: Statement<[string]>;
  readonly #dropSpans: Statement<[{ lane: Lane; seq: number; hour: number }]>;
  readonly #putSpan: Statement<[{ lane: Lane; seq: number; at: number }]>;
  readonly #ackedBefore: Statement<[Lane, number], number | null>;
  readonly #dropOldSpans: Statement<[Lane, number]>;
  readonly #setAcked: Statement<[{ lane: Lane; epoch: string; seq: number; hqEpoch: string }]>;
  readonly #sweep: Statement<[{ lane: Lane; upTo: number; last: number }]>;
  readonly #sweepLast: Statement<[{ lane: Lane; upTo: number; last: number }]>;
  readonly #random = new RandomPool();
  /** Its own way to random numbers takes a tenth of what a redemption takes here. */
  readonly #ids = new V7Generator({ nextUint32: () => this.#random.uint32() });
  #heads = new Map<Lane, Head>();

  constructor(db: Database, stamp: () => Stamp) {
    this.#stamp = stamp;
    this.#insert = db.prepare(
      `INSERT INTO journal (lane, seq, event_id, type, v, pseudonym, previous_hash, content_hash, salt, body, row_hash,
         boot_id, mono_ms, wall_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#newest = db.prepare(
      'SELECT seq, row_hash FROM journal WHERE lane = ? ORDER BY seq DESC LIMIT 1',
    );
    this.#erase = db.prepare(
      `UPDATE journal SET body = NULL, salt = NULL, pseudonym = NULL
       WHERE pseudonym IN (SELECT value FROM json_each(?))`,
    );
    this.#dropSpans = db.prepare(
      `DELETE FROM ack_span WHERE lane = @lane AND (seq > @seq OR at / ${String(HOUR_MS)} = @hour)`,
    );
    this.#putSpan = db.prepare(
      `INSERT INTO ack_span (lane, seq, at) VALUES (@lane, @seq, @at)
       ON CONFLICT (lane, seq) DO NOTHING`,
    );
    this.#ackedBefore = db
      .prepare<[Lane, number], number | null>(
        'SELECT max(seq) FROM ack_span WHERE lane = ? AND at < ?',
      )
      .pluck();
    this.#dropOldSpans = db.prepare('DELETE FROM ack_span WHERE lane = ? AND seq <= ?');
    this.#setAcked = db.prepare(
      `INSERT INTO acked (lane, epoch, seq, hq_epoch) VALUES (@lane, @epoch, @seq, @hqEpoch)
       ON CONFLICT (lane) DO UPDATE SET epoch = @epoch, seq = @seq, hq_epoch = @hqEpoch`,
    );
    this.#sweep = db.prepare(
      'DELETE FROM journal WHERE lane = @lane AND seq <= @upTo AND seq < @last',
    );
    this.#sweepLast = db.prepare(
      `UPDATE journal SET body = NULL, salt = NULL, pseudonym = NULL
       WHERE lane = @lane AND seq <= @upTo AND seq = @last AND body IS NOT NULL`,
    );
    this.forgetHeads();
  }

  /** @returns its number in its lane */
  append(fact: Fact): number {
    const lane = LANE_OF[fact.type];
    const head = this.#heads.get(lane) ?? { seq: 0, rowHash: CHAIN_START };
    const seq = head.seq + 1;
    const salt = this.#random.hex(SALT_BYTES);
    const contentHash = contentHashOf(salt, fact.text);
    const rowHash = rowHashOf(head.rowHash, { lane, seq, type: fact.type, contentHash });
    const { bootId, monoMs, wallMs } = this.#stamp();
    // By place: by name each of the 14 columns is a search in an object, for every redemption.
    this.#insert.run(
      ...[lane, seq, this.#ids.generate().toString(), fact.type, BODY_VERSION],
      ...[fact.pseudonym ?? null, head.rowHash, contentHash, salt, fact.text, rowHash],
      ...[bootId, monoMs, wallMs],
    );
    this.#heads.set(lane, { seq, rowHash });
    return seq;
  }

  /** After a rollback what is in memory may be ahead of the table: read it again. */
  forgetHeads(): void {
    this.#heads = new Map();
    for (const lane of LANES) {
      const newest = this.#newest.get(lane);
      if (newest !== undefined)
        this.#heads.set(lane, { seq: newest.seq, rowHash: newest.row_hash });
    }
  }

  /** HQ has committed everything up to `seq`, and nothing above it: it may be lower than before. */
  setAcked(lane: Lane, epoch: string, seq: number, hqEpoch: string, at: number): void {
    this.#setAcked.run({ lane, epoch, seq, hqEpoch });
    // One span an hour, of when HQ had it all: a row may then stay up to an hour longer.
    this.#dropSpans.run({ lane, seq, hour: Math.floor(at / HOUR_MS) });
    this.#putSpan.run({ lane, seq, at });
  }

  /** Takes body, salt and name off these people's rows; their hashes stay. Reads all rows once, however many people. */
  erase(pseudonyms: readonly Pseudonym[]): void {
    this.#erase.run(JSON.stringify(pseudonyms));
  }

  /** Deletes what HQ has had since before `before`; of the newest row of a lane the hashes stay, as the chain goes on. */
  sweep(lane: Lane, before: number): number {
    const last = this.#heads.get(lane)?.seq ?? 0;
    const upTo = this.#ackedBefore.get(lane, before) ?? 0;
    this.#dropOldSpans.run(lane, upTo);
    const rows = { lane, upTo, last };
    return this.#sweep.run(rows).changes + this.#sweepLast.run(rows).changes;
  }
}
