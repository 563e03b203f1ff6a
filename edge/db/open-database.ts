import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync, readSync } from 'node:fs';
import { migrate } from './migrations.ts';

export type Connection = Database.Database;
const FULL = 2;
/** Of a connection's pages, kB: as better-sqlite3 is built, said where it is changed. */
const CACHE_KB = 16_000;
/** For who reads every page once. */
export const READ_ONCE_KB = 1_000;

/**
 * The connection that writes: WAL, every commit on disk before it returns, deleted content overwritten.
 * better-sqlite3 is built so that WAL quietly means `synchronous=NORMAL` from the first statement on; hence set after
 * WAL and asserted after a write.
 * @throws {Error} if the file is damaged, or a pragma did not hold
 */
export function openForWriting(file: string): Connection {
  readThrough(file);
  const db = new Database(file);
  chmodSync(file, 0o600); // its log and shared memory then get the same
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.pragma('foreign_keys = ON');
  db.pragma(`cache_size = -${String(READ_ONCE_KB)}`); // the check reads every page once
  const check = db.pragma('quick_check', { simple: true });
  db.pragma(`cache_size = -${String(CACHE_KB)}`);
  if (check !== 'ok') throw new Error(`the database ${file} is damaged: ${String(check)}`);
  migrate(db);
  db.prepare(
    `INSERT INTO meta (key, value) VALUES ('edge_epoch', ?) ON CONFLICT (key) DO NOTHING`,
  ).run(randomBytes(16).toString('hex'));
  db.prepare(
    `INSERT INTO meta (key, value) VALUES ('boots', '1')
     ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`,
  ).run();
  assertDurable(db);
  return db;
}

/**
 * A connection that cannot write and never waits for a disk's flush.
 * @param cacheKb - pages kept at most, in kB: what is read once needs few
 */
export function openForReading(file: string, cacheKb = CACHE_KB / 2): Connection {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  db.pragma(`cache_size = -${String(cacheKb)}`);
  return db;
}

/**
 * Reads the file once from end to end. After a power cut nothing of it is in memory, and the check would fetch it page by
 * page in the order of its trees: 12 s for 320 MB, where reading them first and checking them takes 2.
 */
function readThrough(file: string): void {
  if (!existsSync(file)) return;
  const piece = Buffer.alloc(1024 * 1024);
  const opened = openSync(file, 'r');
  try {
    while (readSync(opened, piece) > 0);
  } finally {
    closeSync(opened);
  }
}

function assertDurable(db: Connection): void {
  const found = {
    journal_mode: db.pragma('journal_mode', { simple: true }),
    synchronous: db.pragma('synchronous', { simple: true }),
    secure_delete: db.pragma('secure_delete', { simple: true }),
  };
  const holds =
    (found.journal_mode === 'wal' || found.journal_mode === 'memory') &&
    found.synchronous === FULL &&
    found.secure_delete === 1;
  if (!holds) throw new Error(`the database is not durable: ${JSON.stringify(found)}`);
}
