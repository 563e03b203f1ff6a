import { closeSync, openSync, readSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { MarkSearch } from '../../node/mark-search.ts';

const PIECE_BYTES = 1024 * 1024;

/** Texts in the file that are this person's and nobody else's. */
export function marksOf(db: Database, pseudonym: Pseudonym): string[] {
  const hashes = db.prepare<[string], string>('SELECT hash FROM look_up WHERE pseudonym = ?');
  const coupons = db.prepare<[string], string>(
    'SELECT coupon_id FROM redemption WHERE pseudonym = ?',
  );
  const held = db.prepare<[string], string>(
    'SELECT code_hash FROM held_coupon WHERE pseudonym = ?',
  );
  return [
    pseudonym,
    ...held.pluck().all(pseudonym),
    ...hashes.pluck().all(pseudonym),
    ...coupons.pluck().all(pseudonym),
  ];
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
