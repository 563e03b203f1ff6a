import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { privacyRegister } from '../../cli/privacy-register.ts';
import { migrate } from '../../edge/db/migrations.ts';
import { EDGE_REGISTER } from '../../edge/db/privacy-register.ts';
import { openDatabase } from '../../hq/db/open-database.ts';
import { HQ_REGISTER } from '../../hq/privacy/register.ts';
import type { RegisteredTable } from '../../node/privacy-register.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Tables and their columns, as the database itself tells them. */
function columnsIn(db: Database.Database): Record<string, string[]> {
  const tables = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table'
       AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'kysely_%'`,
    )
    .all() as { name: string }[];
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)');
  return Object.fromEntries(
    tables.map(({ name }) => [name, (columns.all(name) as { name: string }[]).map((c) => c.name)]),
  );
}
const columnsNamed = (register: readonly RegisteredTable[]) =>
  Object.fromEntries(register.map(({ table, columns }) => [table, columns]));

describe('the register of personal data', () => {
  test('[duty-30] names every table and column of head office', async () => {
    const path = `${tempDir()}/hq.sqlite`;
    await (await openDatabase(path)).close();
    const db = new Database(path, { readonly: true });
    expect(columnsNamed(HQ_REGISTER)).toEqual(columnsIn(db));
    db.close();
  });

  test('[duty-30] names every table and column of a store', () => {
    const db = new Database(':memory:');
    migrate(db);
    expect(columnsNamed(EDGE_REGISTER)).toEqual(columnsIn(db));
    db.close();
  });

  test('[duty-30] a table about a person has a purpose, a term and an end', () => {
    for (const each of [...HQ_REGISTER, ...EDGE_REGISTER]) {
      for (const said of [each.purpose, each.retention, each.erased]) expect(said).not.toBe('');
      const points = each.columns.filter((column) => /^(customer_id|pseudonym)$/.test(column));
      if (points.length > 0) expect(each.subject, each.table).toBeDefined();
    }
  });

  test('the page in docs is the one that the code prints', () => {
    expect(readFileSync('docs/privacy-register.md', 'utf8')).toBe(privacyRegister());
  });
});
