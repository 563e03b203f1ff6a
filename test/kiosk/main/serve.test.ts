import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveKiosk } from '../../../kiosk/main/serve.ts';
import { listen } from '../../../node/listening.ts';
import { endLater } from '../../support/endings.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function aKiosk(operatorSocket?: string) {
  const folder = join(tempDir(), 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Soglia</title>');
  writeFileSync(join(folder, 'assets/a.js'), 'export {};');
  writeFileSync(join(folder, 'notes.txt'), 'not for the page');
  writeFileSync(join(folder, '..', 'secret.json'), '{}');
  const edgeUrl = 'http://127.0.0.1:4200';
  const report = (error: unknown) => {
    throw error;
  };
  const options = { folder, edgeUrl, stationId: 'kiosk-1', operatorSocket, port: 0, report };
  const kiosk = await serveKiosk(options);
  endLater(() => kiosk.stop());
  return kiosk.url;
}

async function anOperatorSocket(answer: { status: number; body: object }) {
  const heard: string[] = [];
  const server = createServer((req, res) => {
    req.on('data', (chunk: Buffer) => heard.push(`${String(req.url)} ${chunk.toString()}`));
    req.on('end', () => {
      res.writeHead(answer.status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(answer.body));
    });
  });
  const listening = await listen(server, { socketPath: join(tempDir(), 'o.sock') });
  endLater(() => listening.close());
  return { path: listening.url, heard };
}

/** A request exactly as written: fetch would tidy path and host. */
const raw = (url: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(url);
    const sent = request({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });

describe("the kiosk's own server", () => {
  test('serves the page under a policy that knows itself and the edge only', async () => {
    const response = await fetch(await aKiosk());
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4200 ws://127.0.0.1:4200;");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('[threat-8] what is not among the built files does not exist', async () => {
    const url = await aKiosk();
    expect(await raw(url, '/assets/a.js')).toBe(200);
    for (const path of [
      ...['/../secret.json', '/%2e%2e/secret.json', '/assets/..%2f..%2fsecret.json', '/notes.txt'],
      ...['//etc/passwd', '/assets', '/assets/', '/index.html/x', '*', 'http://[', '/%00'],
    ]) {
      expect(await raw(url, path), path).not.toBe(200);
    }
    expect(await raw(url, '/', {}, 'POST')).toBe(404);
    expect(await raw(url, '/', {}, 'DELETE')).toBe(404);
  });

  test('answers to its own name only', async () => {
    const url = await aKiosk();
    expect(await raw(url, '/', { host: 'evil.example' })).toBe(421);
  });

  test('tells the page where its edge is and which station it serves', async () => {
    const response = await fetch(`${await aKiosk()}local/configuration`);
    expect(await response.json()).toEqual({
      edgeUrl: 'http://127.0.0.1:4200',
      stationId: 'kiosk-1',
    });
  });

  test('asks the edge of this machine for a code, for its own page alone', async () => {
    const made = { code: '7KQ2ABCDEF', expiresAt: Date.now() + 600_000 };
    const { path, heard } = await anOperatorSocket({ status: 200, body: made });
    const url = await aKiosk(path);
    const ask = (origin?: string) =>
      fetch(`${url}local/enrolment-code`, {
        method: 'POST',
        ...(origin === undefined ? {} : { headers: { origin } }),
      });
    expect((await ask('http://evil.example')).status).toBe(403);
    expect((await ask()).status).toBe(403);
    expect(heard).toEqual([]);
    const answer = await ask(new URL(url).origin);
    expect(await answer.json()).toEqual(made);
    expect(heard).toEqual(['/v1/enrolment-codes {"kind":"kiosk","name":"kiosk-1"}']);
  });

  test('says in words that the edge is not there yet', async () => {
    const url = await aKiosk(join(tempDir(), 'nobody.sock'));
    const { origin } = new URL(url);
    const answer = await fetch(`${url}local/enrolment-code`, {
      method: 'POST',
      headers: { origin },
    });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('nobody answers at');
  });

  test('says how to build the page where it is not there', async () => {
    const starting = serveKiosk({
      folder: join(tempDir(), 'nothing'),
      edgeUrl: 'http://127.0.0.1:4200',
      stationId: 'kiosk-1',
      port: 0,
      report: () => undefined,
    });
    await expect(starting).rejects.toThrow(/npm run build/);
  });
});
