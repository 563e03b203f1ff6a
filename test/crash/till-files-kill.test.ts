import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openForReading } from '../../edge/db/open-database.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** Many more than are written until a kill, on the fastest machine too. */
const RECEIPTS = 1_000;
const MOST_KILLS = 2;

/** How many purchases are on disk, and how many facts of them. */
function counted(file: string): { readonly purchases: number; readonly facts: number } {
  const db = openForReading(file);
  try {
    const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
    return {
      purchases: count('SELECT count(*) FROM purchase'),
      facts: count(
        `SELECT count(DISTINCT body ->> 'purchaseId') FROM journal WHERE type = 'purchase-made'`,
      ),
    };
  } finally {
    db.close();
  }
}

test('[csv-3] [fault-2] kill -9 in the middle of a till’s file: every receipt comes through, and once', async () => {
  const [dataDir, folder] = [tempDir(), tempDir()];
  const file = join(dataDir, 'store.db');
  const day = new Date().toISOString().slice(0, 10);
  const lines = Array.from(
    { length: RECEIPTS },
    (_, i) => `${String(i)},${day} 00:00,,4006381333931,1,9.90`,
  );
  const rows = ['receipt,time,codes,gtin,quantity,price', ...lines, ''].join('\n');
  writeFileSync(join(folder, 'sales.part'), rows);
  renameSync(join(folder, 'sales.part'), join(folder, 'sales.csv'));
  const isDone = () => existsSync(join(folder, 'done/sales.csv'));
  const script = ['--import', 'tsx', 'test/support/till-store-process.ts', dataDir, folder];
  let inTheMiddle = 0;
  for (let kills = 0; kills < MOST_KILLS && !isDone(); kills += 1) {
    const store = startProcess(process.execPath, script);
    await store.line(/^open /, 60_000);
    const before = counted(file).purchases;
    await until('a receipt on disk', 30_000, () => isDone() || counted(file).purchases > before);
    await pause(Math.random() * 200);
    await store.kill();
    const after = counted(file);
    expect(after.facts).toBe(after.purchases);
    if (after.purchases < RECEIPTS) inTheMiddle += 1;
  }
  expect(inTheMiddle).toBeGreaterThan(0);
  const store = startProcess(process.execPath, script);
  await until('the whole file', 60_000, isDone);
  await store.stop();
  expect(counted(file)).toEqual({ purchases: RECEIPTS, facts: RECEIPTS });
}, 120_000);
