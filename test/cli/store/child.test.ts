import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Child } from '../../../cli/store/child.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

function childThat(script: string) {
  const told: string[] = [];
  const ending = new AbortController();
  const logFile = join(tempDir(), 'child.log');
  const child = new Child({
    name: 'edge',
    command: [process.execPath, '-e', script],
    logFile,
    tell: (line) => told.push(line),
    ending: ending.signal,
  }).start();
  onTestFinished(async () => {
    ending.abort();
    await child.stop();
  });
  return { child, told, ending, logFile };
}
const ready = `console.log(JSON.stringify({ level: 30, msg: 'ready', url: 'http://127.0.0.1:1' }));`;
const stays = 'setInterval(() => {}, 1000);';

test('a part is ready when it says so, with its address', async () => {
  const { child, logFile } = childThat(`${ready}${stays}`);
  expect(await child.ready(5_000)).toBe('http://127.0.0.1:1');
  await child.stop();
  expect(readFileSync(logFile, 'utf8')).toContain('"msg":"ready"');
});

test('a part that falls is started again, and why it fell is said once', async () => {
  const trouble = `console.log(JSON.stringify({ level: 50, msg: 'port in use', error: { message: '4200' } }));`;
  const { told } = childThat(`${trouble} process.exit(1)`);
  await until('the second fall', 8_000, () => Promise.resolve(told.length > 0));
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect(told).toEqual(['edge: port in use: 4200 (trying again in 1 s)']);
});

test('a part that never says ready is given up, in words', async () => {
  const { child } = childThat(stays);
  await expect(child.ready(100)).rejects.toThrow('edge is not ready: no answer within 0.1 s');
});

test('a part that does not listen to its end is ended all the same', async () => {
  const deaf = `process.on('SIGTERM', () => {});`;
  const { child } = childThat(`${deaf}${ready}${stays}`);
  await child.ready(5_000);
  await child.stop(300);
});

test('while the shop closes nothing is started again', async () => {
  const { child, told, ending } = childThat(`${ready} setTimeout(() => process.exit(0), 200)`);
  await child.ready(5_000);
  ending.abort();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(told).toEqual([]);
});
