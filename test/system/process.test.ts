import { describe, expect, test } from 'vitest';
import { startProcess } from '../support/process.ts';

const node = (script: string) => startProcess(process.execPath, ['-e', script]);
const stayAlive = 'setInterval(() => {}, 1000);';

describe('a process under test', () => {
  test('is ready once it writes the line that was asked for', async () => {
    const child = node(`console.log('{"msg":"ready"}');${stayAlive}`);
    expect(await child.line(/"msg":"ready"/)).toBe('{"msg":"ready"}');
  });

  test('that ends before it is ready is not waited for, and its words are told', async () => {
    const child = node(`console.error('port in use');process.exit(3);`);
    await expect(child.line(/ready/, 30_000)).rejects.toThrow(/code 3; it said:\nport in use/);
  });

  test('that is never ready is given up at the deadline', async () => {
    const child = node(stayAlive);
    await expect(child.line(/ready/, 300)).rejects.toThrow(/not within 300 ms/);
  });

  test('may end cleanly on SIGTERM, and is killed where it does not', async () => {
    const clean = node(
      `process.on('SIGTERM', () => process.exit(0));console.log('up');${stayAlive}`,
    );
    await clean.line(/up/);
    expect(await clean.stop()).toBe(0);
    const deaf = node(`process.on('SIGTERM', () => {});console.log('up');${stayAlive}`);
    await deaf.line(/up/);
    expect(await deaf.stop(200)).toBeNull();
    expect(() => process.kill(deaf.pid, 0)).toThrow(/ESRCH/);
  });
});
