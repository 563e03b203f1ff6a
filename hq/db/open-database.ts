import { randomBytes } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import {
  CamelCasePlugin,
  Kysely,
  Migrator,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';
import { type Epoch, EpochSchema } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { migrations } from './migrations.ts';
import type { HqTables } from './tables.ts';

const FULL = 2;

export interface OpenedDatabase {
  readonly db: Kysely<HqTables>;
  /** 128 random bits made with the database: tells edges that it was replaced or restored. */
  readonly hqEpoch: Epoch;
  close(): Promise<void>;
}

/**
 * Opens or makes the database, checks it, brings it up to date.
 * @param path - a file, or ':memory:'
 * @throws {SogliaError} 'storage/failed' if it is damaged, cannot be written, or does not hold what it is asked to
 */
export async function openDatabase(path: string): Promise<OpenedDatabase> {
  const sqlite = openChecked(path);
  const db = kyselyOn(sqlite);
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw failed(path, 'cannot be brought up to date', error);
    const hqEpoch = await epochOf(db);
    assertDurable(sqlite, path); // only after a first write does the pragma tell the truth
    return { db, hqEpoch, close: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** For a thread beside the one that writes: it sees what is committed, and can change nothing. @param path - a file */
export function openForReading(path: string): Omit<OpenedDatabase, 'hqEpoch'> {
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
  const db = kyselyOn(sqlite);
  return { db, close: () => db.destroy() };
}

function kyselyOn(sqlite: Sqlite.Database): Kysely<HqTables> {
  return new Kysely<HqTables>({
    dialect: new SqliteDialect({ database: withStatementCache(sqlite) }),
    plugins: [new CamelCasePlugin()],
  });
}

function openChecked(path: string): Sqlite.Database {
  let sqlite: Sqlite.Database;
  try {
    sqlite = new Sqlite(path);
  } catch (cause) {
    throw failed(path, 'cannot be opened', cause);
  }
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL'); // after WAL: better-sqlite3 is built to fall back to NORMAL there
    sqlite.pragma('secure_delete = ON');
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('busy_timeout = 2000');
    const verdict = sqlite.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Error(String(verdict));
  } catch (cause) {
    sqlite.close();
    throw failed(path, 'is damaged or is no database of ours', cause);
  }
  return sqlite;
}

function assertDurable(sqlite: Sqlite.Database, path: string): void {
  if (sqlite.pragma('synchronous', { simple: true }) !== FULL)
    throw failed(path, 'does not keep synchronous=FULL');
  if (sqlite.pragma('secure_delete', { simple: true }) !== 1)
    throw failed(path, 'does not keep secure_delete');
}

async function epochOf(db: Kysely<HqTables>): Promise<Epoch> {
  const drawn = randomBytes(16).toString('hex');
  await db
    .insertInto('meta')
    .values({ key: 'hqEpoch', value: drawn })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'hqEpoch')
    .executeTakeFirstOrThrow();
  return EpochSchema.parse(row.value);
}

/** Kysely prepares each query anew; the same text may as well be prepared once. */
function withStatementCache(sqlite: Sqlite.Database): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = sqlite.prepare(text) as SqliteStatement;
      if (prepared.size >= 500) prepared.clear();
      prepared.set(text, statement);
      return statement;
    },
    close: () => sqlite.close(),
  };
}

function failed(path: string, reason: string, cause?: unknown): SogliaError {
  return new SogliaError('storage/failed', `${path} ${reason}`, { cause });
}
