import { closeSync, openSync, readSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { MarkSearch } from '../../node/mark-search.ts';

const PIECE_BYTES = 1024 * 1024;

/** Texts in the file that are these people's and nobody else's. */
export function marksOf(db: Database, pseudonyms: readonly Pseudonym[]): string[] {
  if (pseudonyms.length === 0) return [];
  const ofThem = 'WHERE pseudonym IN (SELECT value FROM json_each(?))';
  const marks = db.prepare<[string, string, string], string>(
    `SELECT hash FROM look_up ${ofThem} UNION ALL SELECT code_hash FROM held_coupon ${ofThem}
     UNION ALL SELECT coupon_id FROM redemption ${ofThem}`,
  );
  const list = JSON.stringify(pseudonyms);
  return [...pseudonyms, ...marks.pluck().all(list, list, list)];
}

/**
 * Whether any of these is in the file still. `secure_delete` clears what is deleted; but a page that SQLite has split or
 * joined may keep an old copy of a row in its unused part, and only writing the file anew removes that.
 */
export function isLeft(db: Database, marks: readonly string[]): boolean {
  if (db.memory || marks.length === 0) return false;
  const search = new MarkSearch(marks);
  const file = openSync(db.name, 'r');
  try {
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const length = readSync(file, piece);
      if (length === 0) return false;
      search.take(piece.subarray(0, length));
      if (search.found.size > 0) return true;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Whether pages were freed without being overwritten: the file is then to be written anew. Noted in the transaction that
 * frees them. Runs inside the writer worker.
 */
export class LoosePages {
  readonly #note: Statement<[]>;
  readonly #get: Statement<[], string>;
  readonly #forget: Statement<[]>;

  constructor(db: Database) {
    this.#note = db.prepare(
      `INSERT INTO meta (key, value) VALUES ('loose_pages', '1') ON CONFLICT DO NOTHING`,
    );
    this.#get = db.prepare<[], string>(`SELECT value FROM meta WHERE key = 'loose_pages'`).pluck();
    this.#forget = db.prepare(`DELETE FROM meta WHERE key = 'loose_pages'`);
  }

  get areThere(): boolean {
    return this.#get.get() !== undefined;
  }

  note(): void {
    this.#note.run();
  }

  gone(): void {
    this.#forget.run();
  }
}
