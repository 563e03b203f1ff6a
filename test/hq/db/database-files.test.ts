import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { databaseFiles } from '../../../hq/db/database-files.ts';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { endLater } from '../../support/endings.ts';
import { tempDir } from '../../support/temp-dir.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

async function aDatabase() {
  const path = join(tempDir(), 'hq.sqlite');
  const opened = await openDatabase(path);
  endLater(() => opened.close());
  return { path, db: opened.db, files: databaseFiles(opened.db, path) };
}

test('[duty-19] a copy that a split page kept in its unused part goes too', async () => {
  const { path, db, files } = await aDatabase();
  const marks: string[] = [];
  const filling = new Database(path);
  filling.pragma('secure_delete = ON');
  filling.exec(
    'CREATE TABLE visitor (id TEXT PRIMARY KEY, name TEXT, note TEXT) STRICT, WITHOUT ROWID',
  );
  filling.exec('CREATE INDEX visitor_named ON visitor (name)');
  filling.transaction(() => {
    const insert = filling.prepare('INSERT INTO visitor VALUES (?, ?, ?)');
    for (let i = 0; i < 20_000; i += 1) {
      const name = digest(`name ${String(i)}`);
      insert.run(digest(String(i)), name, `${name}${'.'.repeat(i % 300)}`);
      if (i % 20 === 0) marks.push(name);
    }
    const remove = filling.prepare('DELETE FROM visitor WHERE name = ?');
    for (const name of marks) remove.run(name);
  })();
  filling.close();
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
  const found = () => {
    const bytes = readFileSync(path);
    return marks.filter((mark) => bytes.includes(mark));
  };
  const stale = found();
  expect(stale).not.toEqual([]); // secure_delete and an empty log are not enough
  expect(await files.clear(stale)).toBe(0);
  expect(found()).toEqual([]);
});

test('what is still held is counted, also where it lies over two pieces that are read', async () => {
  const { db, files } = await aDatabase();
  const [kept, other] = [digest('kept'), digest('other')];
  const filling = Array.from({ length: 40 }, (_, i) => digest(`fill ${String(i)}`).repeat(1_000));
  await db
    .insertInto('meta')
    .values(filling.map((value, i) => ({ key: `fill-${String(i)}`, value })))
    .execute();
  await db.insertInto('meta').values({ key: kept, value: 'here' }).execute();
  expect(await files.clear([kept, other])).toBe(1);
});
