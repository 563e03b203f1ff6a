import type { Database, Statement } from 'better-sqlite3';
import type { JournalType, Lane } from '../../kernel/protocol/journal-events.ts';

/** Rows of a lane that one question looks at: no reader stands in the way of the log for longer. */
const WINDOW = 2_000;

export interface FactText {
  readonly eventId: string;
  readonly type: JournalType;
  /** JSON, as it was written. */
  readonly body: string;
}

/** Looks back over the journal from its end, a window at a time, for whoever only reads. */
export class JournalLookBack {
  readonly #last: Statement<[Lane], number | null>;
  readonly #first: Statement<[Lane], number | null>;
  readonly #facts: Statement<[Lane, number, number, string], FactText>;

  constructor(db: Database) {
    this.#last = db
      .prepare<[Lane], number | null>('SELECT max(seq) FROM journal WHERE lane = ?')
      .pluck();
    this.#first = db
      .prepare<[Lane], number | null>('SELECT min(seq) FROM journal WHERE lane = ?')
      .pluck();
    this.#facts = db.prepare(
      `SELECT event_id AS eventId, type, body FROM journal
       WHERE lane = ? AND seq > ? AND seq <= ? AND body IS NOT NULL
         AND type IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`,
    );
  }

  /** Facts of these types, the newest first; what was erased is not among them. */
  *windows(lane: Lane, types: readonly JournalType[]): Generator<readonly FactText[]> {
    const first = this.#first.get(lane) ?? 0;
    const wanted = JSON.stringify(types);
    for (let upTo = this.#last.get(lane) ?? 0; upTo >= first && upTo > 0; upTo -= WINDOW)
      yield this.#facts.all(lane, upTo - WINDOW, upTo, wanted);
  }
}
