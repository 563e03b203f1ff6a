import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { MarkSearch } from '../../node/mark-search.ts';
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
    const search = new MarkSearch(marks);
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) break;
      search.take(buffer.subarray(0, bytesRead));
    }
    for (const mark of search.found) found.add(mark);
  } finally {
    await file.close();
  }
}
