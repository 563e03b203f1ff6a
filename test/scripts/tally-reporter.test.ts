import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Tally } from '../../scripts/tally-reporter.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const files = {
  'vitest.config.mjs': 'export default {};',
  'mixed.test.js': `
    test('passes', () => {});
    test('fails', () => expect(1).toBe(2));
    test('is skipped with a reason', ({ skip }) => skip('no radio'));
    test.skip('is skipped', () => {});`,
  'hook.test.js': `
    describe('a group', () => {
      beforeAll(() => { throw new Error('no machine'); });
      test('never runs', () => {});
    });`,
  'unloadable.test.js': `import './missing.js'; test('never seen', () => {});`,
  'unhandled.test.js': `test('passes and leaves a rejection', () => { Promise.reject(new Error('lost')); });`,
};

test('failing hooks, files that do not load and lost rejections count as failures', async () => {
  const dir = tempDir();
  symlinkSync(`${root}node_modules`, `${dir}/node_modules`);
  for (const [name, body] of Object.entries(files)) {
    const names = 'afterAll, beforeAll, describe, expect, test';
    writeFileSync(`${dir}/${name}`, `import { ${names} } from 'vitest';\n${body}`);
  }
  const vitest = startProcess(
    process.execPath,
    [
      `${root}node_modules/vitest/vitest.mjs`,
      'run',
      `--root=${dir}`,
      `--reporter=${root}scripts/tally-reporter.ts`,
    ],
    { cwd: dir, env: { SOGLIA_TALLY: `${dir}/tally.json` } },
  );
  expect(await vitest.ended(60_000), vitest.output()).toBe(1);
  const tally = JSON.parse(readFileSync(`${dir}/tally.json`, 'utf8')) as Tally;
  expect(tally.passed).toBe(2);
  expect(tally.failed).toBe(4);
  const failures = tally.failures.map(({ where, message }) => `${where}: ${message}`).sort();
  expect(failures).toEqual([
    'hook.test.js > a group: no machine',
    'mixed.test.js > fails: expected 1 to be 2 // Object.is equality',
    'outside any test: lost',
    expect.stringMatching(/^unloadable.test.js: /) as string,
  ]);
  expect(tally.skips).toEqual([
    { file: 'hook.test.js', name: 'a group > never runs' },
    { file: 'mixed.test.js', name: 'is skipped with a reason', reason: 'no radio' },
    { file: 'mixed.test.js', name: 'is skipped' },
  ]);
}, 90_000);
