import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readPrinted } from '../support/printed-code.ts';
import { tempDir } from '../support/temp-dir.ts';

const SOGLIA = fileURLToPath(new URL('../../bin/soglia.mjs', import.meta.url));
const code = (...args: string[]) =>
  spawnSync(process.execPath, [SOGLIA, 'code', ...args], { encoding: 'utf8', timeout: 30_000 });

test('a code is drawn on standard output, or into a file', () => {
  const out = join(tempDir(), 'card.svg');
  expect(readPrinted(code('ean', '4006381333931').stdout)).toBe('4006381333931');
  expect(code('gsrn', '123456789012345675', '--as', 'qr', '--out', out)).toMatchObject({
    status: 0,
    stdout: '',
  });
  expect(readPrinted(readFileSync(out, 'utf8'))).toBe(']Q38018123456789012345675');
});

test('what cannot be drawn is said, with the reason', () => {
  expect(code('gsrn', '123456789012345676')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'soglia: text: the check digit, digit 18, does not fit the rest (request/invalid)\n',
  });
  const nowhere = join(tempDir(), 'no', 'card.svg');
  expect(code('ean', '73513537', '--out', nowhere).stderr).toMatch(/--out: .*storage\/failed/);
  expect(code('star', '1').stderr).toMatch(/Allowed choices are card/);
});
