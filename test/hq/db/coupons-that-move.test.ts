import Sqlite from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../../../hq/db/migrations.ts';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('coupons of before stay where they are, used or not, whatever their class is by now', async () => {
  const path = join(tempDir(), 'hq.sqlite');
  const sqlite = new Sqlite(path);
  const old = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  const { error } = await new Migrator({ db: old, provider }).migrateTo('0010-budgets');
  expect(error).toBeUndefined();
  sqlite.exec(`
    INSERT INTO store (store_id, name, made_at) VALUES ('casa', 'Casa', 1);
    INSERT INTO customer (customer_id, language, segments, test, joined_at) VALUES ('p', 'it', '[]', 0, 1);
    INSERT INTO coupon VALUES ('c1', 'p', 'oil', 'casa', 'SGK1', 5, 7, 'casa', 1);
    INSERT INTO coupon VALUES ('c2', 'p', 'wine', 'casa', 'SGK2', 5, NULL, NULL, 0);
  `);
  await old.destroy();
  const opened = await openDatabase(path);
  const coupons = await opened.db.selectFrom('coupon').selectAll().orderBy('couponId').execute();
  await opened.close();
  const both = { customerId: 'p', move: 0, madeAt: 5 };
  expect(coupons).toEqual([
    {
      ...{ ...both, couponId: 'c1', offerId: 'oil', holder: 'casa', code: 'SGK1' },
      ...{ redeemedAt: 7, redeemedIn: 'casa', redemptions: 1 },
    },
    {
      ...{ ...both, couponId: 'c2', offerId: 'wine', holder: 'casa', code: 'SGK2' },
      ...{ redeemedAt: null, redeemedIn: null, redemptions: 0 },
    },
  ]);
});
