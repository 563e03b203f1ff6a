import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lacking } from '../support/parts.ts';
import { cuttableDisk } from '../support/power-cut.ts';

describe.skipIf(lacking('power-cut'))('a disk whose power can be cut', () => {
  test('keeps what was synced, loses what was not, and refuses writes until power is back', async () => {
    const disk = await cuttableDisk();
    write(`${disk.path}/synced`, 'on disk', { sync: true });
    write(`${disk.path}/unsynced`, 'in memory', { sync: false });
    const before = process.hrtime.bigint();
    const cutAt = await disk.cut();
    expect(cutAt > before && cutAt < process.hrtime.bigint()).toBe(true);
    expect(() => write(`${disk.path}/late`, 'x', { sync: true })).toThrow(/EIO/);
    await disk.renew();
    expect(readFileSync(`${disk.path}/synced`, 'utf8')).toBe('on disk');
    expect(readdirSync(disk.path)).not.toContain('unsynced');
    write(`${disk.path}/late`, 'now', { sync: true });
  });
});

function write(path: string, text: string, { sync }: { sync: boolean }): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, text);
    if (sync) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
