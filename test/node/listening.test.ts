import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SogliaError } from '../../kernel/errors.ts';
import { listen, type Listening } from '../../node/listening.ts';

let folder: string;
let open: Listening[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soglia-listen-'));
  open = [];
});
afterEach(async () => {
  for (const listening of open) await listening.close();
  rmSync(folder, { recursive: true });
});

const answering = () => createServer((_, response) => response.end('here'));
async function opened(at: Parameters<typeof listen>[1]): Promise<Listening> {
  const listening = await listen(answering(), at);
  open.push(listening);
  return listening;
}

test('a port in use is said in words, with its number', async () => {
  const first = await opened({ host: '127.0.0.1', port: 0 });
  const second = listen(answering(), { host: '127.0.0.1', port: first.port });
  await expect(second).rejects.toThrow(SogliaError);
  await expect(second).rejects.toThrow(
    `cannot listen at 127.0.0.1:${String(first.port)}: another program uses this address`,
  );
});

test('a socket file is for its owner alone', async () => {
  const socketPath = join(folder, 'operator.sock');
  await opened({ socketPath });
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  const heard = await new Promise<string>((resolve, reject) => {
    const sent = request({ socketPath, path: '/', timeout: 2_000 }, (response) => {
      response.on('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    sent.on('error', reject);
    sent.end();
  });
  expect(heard).toBe('here');
});

test('a socket file left by a crash is replaced, one in use is not', async () => {
  const socketPath = join(folder, 'operator.sock');
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const crashing = spawn(process.execPath, ['-e', program, socketPath]);
  await once(crashing.stdout, 'data');
  await expect(listen(answering(), { socketPath })).rejects.toThrow('another program uses');
  crashing.kill('SIGKILL');
  await once(crashing, 'exit');
  expect(existsSync(socketPath)).toBe(true);
  expect((await opened({ socketPath })).url).toBe(socketPath);
});
