import type { Database, Statement } from 'better-sqlite3';

/**
 * What the store has given in coupons that others take too, as long as HQ has not heard of it: sums by the place in the
 * lane `redeem`, so that what is open is the distance between two of them. Runs inside the writer worker.
 */
export class OwedRepository {
  readonly #open: Statement<[], number>;
  readonly #add: Statement<[{ readonly seq: number; readonly minor: number }]>;
  readonly #acked: Statement<[{ readonly seq: number }]>;

  constructor(db: Database) {
    this.#open = db
      .prepare<[], number>(
        `SELECT (SELECT sum FROM owed ORDER BY seq DESC LIMIT 1) - (SELECT sum FROM owed ORDER BY seq LIMIT 1)`,
      )
      .pluck();
    this.#add = db.prepare(
      `INSERT INTO owed (seq, sum) SELECT @seq, sum + @minor FROM owed ORDER BY seq DESC LIMIT 1`,
    );
    // The newest that HQ has stays: what is open is counted from there.
    this.#acked = db.prepare(
      `DELETE FROM owed WHERE seq < (SELECT max(seq) FROM owed WHERE seq <= @seq)`,
    );
  }

  /** Minor units that HQ has not acknowledged. */
  get open(): number {
    return this.#open.get() ?? 0;
  }

  /** @param seq - of the redemption's fact */
  add(seq: number, minor: number): void {
    this.#add.run({ seq, minor });
  }

  /** HQ has everything up to `seq`. */
  acked(seq: number): void {
    this.#acked.run({ seq });
  }
}
