import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makePrivateFolder,
  readIfPresent,
  removeDurably,
  writeAtomically,
} from '../../node/atomic-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'soglia-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is replaced whole, for its owner alone, and no draft stays', async () => {
  const path = join(folder, 'lease');
  await writeAtomically(path, 'one');
  await writeAtomically(path, Uint8Array.of(0x74, 0x77, 0x6f));
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['lease']);
});

test('what cannot be written leaves the old content and no draft', async () => {
  const path = join(folder, 'taken');
  await makePrivateFolder(join(path, 'inside'));
  await expect(writeAtomically(path, 'text')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a folder is private with all above it', async () => {
  await makePrivateFolder(join(folder, 'data/edge'));
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'data/edge')).mode & 0o777).toBe(0o700);
});

test('a file that is not there is undefined, one that cannot be read is an error', async () => {
  expect(await readIfPresent(join(folder, 'none'))).toBeUndefined();
  await expect(readIfPresent(folder)).rejects.toThrow();
  await writeAtomically(join(folder, 'gone'), 'x');
  await removeDurably(join(folder, 'gone'));
  await removeDurably(join(folder, 'gone'));
  expect(await readIfPresent(join(folder, 'gone'))).toBeUndefined();
});
