import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { DatabaseFiles } from '../privacy/erasures.ts';
import type { HqTables } from './tables.ts';

const PIECE_BYTES = 1024 * 1024;
/** Somebody else may be reading the log for a moment. */
const TRIES = 20;
const PAUSE_MS = 100;

/**
 * `secure_delete` clears what is deleted from its page and the checkpoint empties the log; but a page that SQLite has
 * split or joined may keep an old copy of a row in its unused part, which neither reaches. So the files are looked
 * through, and written anew where something is still there.
 */
export function databaseFiles(db: Kysely<HqTables>, path: string): DatabaseFiles {
  async function emptyLog(): Promise<void> {
    for (let i = 0; i < TRIES; i += 1) {
      const { rows } = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
      if (rows[0]?.busy !== 1) return;
      await pause(PAUSE_MS);
    }
  }
  async function left(marks: readonly string[]): Promise<number> {
    const found = new Set<string>();
    for (const file of [path, `${path}-wal`]) await lookThrough(file, marks, found);
    return found.size;
  }
  return {
    async clear(marks) {
      await emptyLog();
      if (marks.length === 0 || (await left(marks)) === 0) return 0;
      await sql`VACUUM`.execute(db);
      await emptyLog();
      return left(marks);
    },
  };
}

async function lookThrough(
  path: string,
  marks: readonly string[],
  found: Set<string>,
): Promise<void> {
  let file;
  try {
    file = await open(path, 'r');
  } catch {
    return; // no log, or a database in memory
  }
  try {
    const overlap = Math.max(...marks.map((mark) => Buffer.byteLength(mark))) - 1;
    const buffer = Buffer.alloc(PIECE_BYTES + overlap);
    let kept = 0; // the end of the piece before, in which a mark may begin
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, PIECE_BYTES);
      if (bytesRead === 0) return;
      const piece = buffer.subarray(0, kept + bytesRead);
      for (const mark of marks) if (piece.includes(mark)) found.add(mark);
      kept = Math.min(overlap, piece.length);
      piece.copy(buffer, 0, piece.length - kept);
    }
  } finally {
    await file.close();
  }
}
