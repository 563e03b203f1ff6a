import type { Database, Statement } from 'better-sqlite3';
import { randomFillSync } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import { LANE_OF, LANES, type Lane } from '../../kernel/protocol/journal-events.ts';
import type { Fact } from '../writes.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';

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

/** The store's append-only record, runs inside the writer worker. Numbers have no gaps within a lane. */
export class JournalRepository {
  readonly #stamp: () => Stamp;
  readonly #insert: Statement<[Record<string, unknown>]>;
  readonly #newest: Statement<[Lane], { seq: number; row_hash: string }>;
  readonly #erase: Statement<[Pseudonym]>;
  readonly #ackedSeq: Statement<[Lane], { seq: number }>;
  readonly #markAcked: Statement<[{ lane: Lane; before: number; seq: number; at: number }]>;
  readonly #unmarkAcked: Statement<[{ lane: Lane; before: number; seq: number }]>;
  readonly #setAcked: Statement<[{ lane: Lane; epoch: string; seq: number; hqEpoch: string }]>;
  readonly #sweep: Statement<[{ lane: Lane; before: number; last: number }]>;
  readonly #sweepLast: Statement<[{ lane: Lane; before: number; last: number }]>;
  readonly #salts = new Salts();
  #heads = new Map<Lane, Head>();

  constructor(db: Database, stamp: () => Stamp) {
    this.#stamp = stamp;
    this.#insert = db.prepare(
      `INSERT INTO journal (lane, seq, event_id, type, v, pseudonym, previous_hash, content_hash, salt, body, row_hash,
         boot_id, mono_ms, wall_ms)
       VALUES (@lane, @seq, @eventId, @type, @v, @pseudonym, @previousHash, @contentHash, @salt, @body, @rowHash,
         @bootId, @monoMs, @wallMs)`,
    );
    this.#newest = db.prepare(
      'SELECT seq, row_hash FROM journal WHERE lane = ? ORDER BY seq DESC LIMIT 1',
    );
    this.#erase = db.prepare(
      'UPDATE journal SET body = NULL, salt = NULL, pseudonym = NULL WHERE pseudonym = ?',
    );
    this.#ackedSeq = db.prepare('SELECT seq FROM acked WHERE lane = ?');
    this.#markAcked = db.prepare(
      'UPDATE journal SET acked_at = @at WHERE lane = @lane AND seq > @before AND seq <= @seq',
    );
    this.#unmarkAcked = db.prepare(
      'UPDATE journal SET acked_at = NULL WHERE lane = @lane AND seq > @seq AND seq <= @before',
    );
    this.#setAcked = db.prepare(
      `INSERT INTO acked (lane, epoch, seq, hq_epoch) VALUES (@lane, @epoch, @seq, @hqEpoch)
       ON CONFLICT (lane) DO UPDATE SET epoch = @epoch, seq = @seq, hq_epoch = @hqEpoch`,
    );
    this.#sweep = db.prepare(
      'DELETE FROM journal WHERE acked_at < @before AND lane = @lane AND seq < @last',
    );
    this.#sweepLast = db.prepare(
      `UPDATE journal SET body = NULL, salt = NULL, pseudonym = NULL
       WHERE acked_at < @before AND lane = @lane AND seq = @last AND body IS NOT NULL`,
    );
    this.forgetHeads();
  }

  append(fact: Fact): void {
    const lane = LANE_OF[fact.type];
    const head = this.#heads.get(lane) ?? { seq: 0, rowHash: CHAIN_START };
    const seq = head.seq + 1;
    const salt = this.#salts.next();
    const contentHash = contentHashOf(salt, fact.text);
    const rowHash = rowHashOf(head.rowHash, { lane, seq, type: fact.type, contentHash });
    this.#insert.run({
      lane,
      seq,
      eventId: uuidv7(),
      type: fact.type,
      v: BODY_VERSION,
      pseudonym: fact.pseudonym ?? null,
      previousHash: head.rowHash,
      contentHash,
      salt,
      body: fact.text,
      rowHash,
      ...this.#stamp(),
    });
    this.#heads.set(lane, { seq, rowHash });
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
    const before = this.#ackedSeq.get(lane)?.seq ?? 0;
    this.#setAcked.run({ lane, epoch, seq, hqEpoch });
    // Only what lies between: after an outage a lane is long, and redemptions wait meanwhile.
    if (seq < before) this.#unmarkAcked.run({ lane, before, seq });
    else this.#markAcked.run({ lane, before, seq, at });
  }

  /** Takes body, salt and name off a person's rows; their hashes stay. */
  erase(pseudonym: Pseudonym): void {
    this.#erase.run(pseudonym);
  }

  /** Deletes what HQ has had since before `before`; of the newest row of a lane the hashes stay, as the chain goes on. */
  sweep(lane: Lane, before: number): number {
    const last = this.#heads.get(lane)?.seq ?? 0;
    const rows = { lane, before, last };
    return this.#sweep.run(rows).changes + this.#sweepLast.run(rows).changes;
  }
}

/** 128 random bits each, hex. Drawn many at once: an array apiece is a burden to the garbage collector. */
class Salts {
  readonly #pool = Buffer.alloc(4_096);
  #used = this.#pool.length;

  next(): string {
    if (this.#used === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    return this.#pool.toString('hex', this.#used, (this.#used += 16));
  }
}
