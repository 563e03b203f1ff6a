import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS, migrate } from '../../../edge/db/migrations.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { LeaseId } from '../../../kernel/domain/ids.ts';
import { newPseudonym } from '../../doubles/facts.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('[inv-1] every commit reaches the disk, also after the first write and after the file is opened again', () => {
  const file = join(tempDir(), 'store.db');
  for (let boot = 1; boot <= 2; boot += 1) {
    const db = openForWriting(file);
    db.prepare(`INSERT INTO meta (key, value) VALUES (?, 'x')`).run(`test-${String(boot)}`);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('secure_delete', { simple: true })).toBe(1);
    db.close();
  }
});

test('a store keeps its epoch over restarts, and two stores have two', () => {
  const [one, two] = [join(tempDir(), 'a.db'), join(tempDir(), 'b.db')];
  const epochOf = (file: string) => {
    const db = openForWriting(file);
    const { value } = db.prepare(`SELECT value FROM meta WHERE key = 'edge_epoch'`).get() as {
      value: string;
    };
    db.close();
    return value;
  };
  const first = epochOf(one);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(epochOf(one)).toBe(first);
  expect(epochOf(two)).not.toBe(first);
});

test('a damaged file is refused, not served', () => {
  const file = join(tempDir(), 'store.db');
  const db = openForWriting(file);
  const insert = db.prepare(`INSERT INTO meta (key, value) VALUES (?, hex(randomblob(200)))`);
  for (let i = 0; i < 500; i += 1) insert.run(`filler-${String(i)}`);
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096 * 8, 4096 * 12);
  writeFileSync(file, bytes);
  expect(() => openForWriting(file)).toThrow(/damaged|malformed|corrupt/);
});

test('the reading connection cannot write', () => {
  const file = join(tempDir(), 'store.db');
  openForWriting(file).close();
  const db = openForReading(file);
  expect(() => db.prepare(`DELETE FROM meta`).run()).toThrow(/readonly/);
  db.close();
});

test('[fault-25] a migration that fails leaves the database as it was', () => {
  const db = new Database(':memory:');
  migrate(db);
  const before = db.prepare('SELECT name FROM sqlite_schema ORDER BY name').all();
  expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  db.pragma(`user_version = 0`);
  expect(() => migrate(db)).toThrow(/already exists/);
  expect(db.prepare('SELECT name FROM sqlite_schema ORDER BY name').all()).toEqual(before);
  expect(db.pragma('user_version', { simple: true })).toBe(0);
});

test('a database of a newer program is refused', () => {
  const db = new Database(':memory:');
  db.pragma('user_version = 999');
  expect(() => migrate(db)).toThrow(/version 999/);
});

test('a store of the first version keeps its people, counts them, and asks for their rows anew', () => {
  const file = join(tempDir(), 'store.db');
  const old = new Database(file);
  old.exec(MIGRATIONS[0]!);
  old.pragma('user_version = 1');
  const pseudonym = newPseudonym();
  old.exec(`INSERT INTO cohort VALUES ('${pseudonym}', 7, 'lease', x'00ff');
    INSERT INTO look_up VALUES ('card', 'hash', '${pseudonym}');
    INSERT INTO cursor VALUES ('cohort', 'epoch', 9), ('erase', 'epoch', 3)`);
  old.close();
  const db = openForWriting(file);
  const reads = new StoreReader(db);
  expect(reads.cohortRow(pseudonym)).toEqual({
    ...{ pseudonym, rowVersion: 7, leaseId: 'lease', sealed: Buffer.from('00ff', 'hex') },
  });
  expect(reads.lookUp('card', 'hash', 'lease' as LeaseId)).toEqual([pseudonym]);
  expect(reads.meta('cohort_rows')).toBe('1');
  expect([reads.cursor('cohort'), reads.cursor('erase')?.rev]).toEqual([undefined, 3]);
  db.close();
});

test('a store that marked each row that head office has knows the same afterwards, by the hour', () => {
  const old = new Database(':memory:');
  for (const sql of MIGRATIONS.slice(0, 3)) old.exec(sql);
  old.pragma('user_version = 3');
  const insert = old.prepare(
    `INSERT INTO journal (lane, seq, event_id, type, v, previous_hash, content_hash, row_hash, boot_id, mono_ms, wall_ms, acked_at)
     VALUES ('redeem', ?, 'e', 'coupon-redeemed', 1, '', '', '', '', 1, 1, ?)`,
  );
  for (const [seq, ackedAt] of [
    [1, 5],
    [2, 6],
    [3, 3_600_005],
    [4, null],
  ])
    insert.run(seq, ackedAt);
  migrate(old);
  expect(old.prepare('SELECT seq, at FROM ack_span ORDER BY seq').raw().all()).toEqual([
    [2, 6],
    [3, 3_600_005],
  ]);
});
