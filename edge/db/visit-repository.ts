import type { Database, Statement } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import type { Writes } from '../writes.ts';

/** Visits that are not over, so that a restart goes on with them. Runs inside the writer worker. */
export class VisitRepository {
  readonly #start: Statement<[Record<string, unknown>]>;
  readonly #keep: Statement<[Record<string, unknown>]>;
  readonly #end: Statement<[Pseudonym]>;

  constructor(db: Database) {
    this.#start = db.prepare(
      `INSERT INTO visit (pseudonym, visit_id, zone_id, started_at, last_heard_at)
       VALUES (@pseudonym, @visitId, @zoneId, @at, @at)
       ON CONFLICT (pseudonym) DO NOTHING`,
    );
    this.#keep = db.prepare(
      `UPDATE visit SET zone_id = @zoneId, last_heard_at = max(last_heard_at, @at) WHERE pseudonym = @pseudonym`,
    );
    this.#end = db.prepare('DELETE FROM visit WHERE pseudonym = ?');
  }

  /** False if the person has an open visit: it goes on. */
  start({ pseudonym, visitId, zoneId, at }: Writes['start-visit']['request']): boolean {
    return this.#start.run({ pseudonym, visitId, zoneId, at }).changes === 1;
  }

  keep(heard: Writes['keep-visits']['request']['heard']): void {
    for (const { pseudonym, zoneId, at } of heard) this.#keep.run({ pseudonym, zoneId, at });
  }

  /** False if there was none. */
  end(pseudonym: Pseudonym): boolean {
    return this.#end.run(pseudonym).changes === 1;
  }
}
