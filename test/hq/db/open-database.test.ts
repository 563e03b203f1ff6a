import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('the database of head office', () => {
  test('its epoch is drawn once and stays through restarts; another database has another', async () => {
    const path = join(tempDir(), 'hq.sqlite');
    const first = await openDatabase(path);
    await first.close();
    const second = await openDatabase(path);
    expect(second.hqEpoch).toBe(first.hqEpoch);
    await second.close();
    const other = await openDatabase(':memory:');
    expect(other.hqEpoch).not.toBe(first.hqEpoch);
    await other.close();
  });

  test('what is deleted is gone from the file', async () => {
    const path = join(tempDir(), 'hq.sqlite');
    const opened = await openDatabase(path);
    const { db } = opened;
    await db.insertInto('meta').values({ key: 'canary', value: 'canary-7f3a' }).execute();
    await db.deleteFrom('meta').where('key', '=', 'canary').execute();
    await opened.close();
    expect(readFileSync(path).includes('canary-7f3a')).toBe(false);
  });

  test('a database that is damaged, or no database, is refused in words', async () => {
    const noDatabase = join(tempDir(), 'hq.sqlite');
    writeFileSync(noDatabase, 'these are the times that try a file'.repeat(100));
    await expect(openDatabase(noDatabase)).rejects.toMatchObject({ code: 'storage/failed' });
    const damaged = join(tempDir(), 'hq.sqlite');
    await (await openDatabase(damaged)).close();
    truncateSync(damaged, Math.floor(statSync(damaged).size / 8_192) * 4_096);
    await expect(openDatabase(damaged)).rejects.toThrow(/is damaged/);
    await expect(openDatabase(tempDir())).rejects.toThrow(/cannot be opened/);
  });
});
