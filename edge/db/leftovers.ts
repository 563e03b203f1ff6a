import { closeSync, openSync, readSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
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
