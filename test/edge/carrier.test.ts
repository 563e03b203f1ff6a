import { renameSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CarrierThread } from '../../edge/carrier.ts';
import { WriterClient } from '../../edge/db/writer.ts';
import { factOf } from '../../edge/writes.ts';
import type { Epoch } from '../../kernel/domain/ids.ts';
import { CHAIN_START, type PushRequest } from '../../kernel/protocol/hq-sync.ts';
import { listen } from '../../node/listening.ts';
import { aProductScan } from '../doubles/facts.ts';
import { tempDir } from '../support/temp-dir.ts';

const EPOCH = 'ab'.repeat(16) as Epoch;
const FROM_START = { epoch: EPOCH, lane: 'interact', afterSeq: 0 } as const;

/** A journal with facts in it, and a server that answers pushes as it is told. */
async function aShop(count: number, answer: (request: PushRequest, token: string) => object) {
  const folder = tempDir();
  const file = join(folder, 'store.db');
  const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => undefined);
  onTestFinished(() => writer.stop());
  const facts = Array.from({ length: count }, () => factOf(aProductScan()));
  await writer.write('record', { facts });
  const handle: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as PushRequest;
      const said = answer(body, (request.headers.authorization ?? '').replace('Bearer ', ''));
      response.statusCode = 'code' in said ? 409 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(said));
    });
  };
  const server = await listen(createServer(handle), { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const end = new AbortController();
  onTestFinished(() => {
    end.abort();
  });
  let dropped = 0;
  const client = { token: () => Promise.resolve('t'), dropToken: () => void (dropped += 1) };
  const carrier = new CarrierThread({ file, url: server.url }, client, end.signal);
  return { carrier, file, end, dropped: () => dropped };
}
const taken = (lastSeq: number) => ({
  hqEpoch: 'cd'.repeat(16),
  lastSeq,
  serverTime: 1,
  maxRate: 500,
});

test('the journal goes to head office in the order of its numbers, a batch at once', async () => {
  const requests: PushRequest[] = [];
  const { carrier } = await aShop(501, (request, token) => {
    requests.push(request);
    return token === 't' ? taken(request.events.at(-1)?.seq ?? 0) : { code: 'request/denied' };
  });
  const first = await carrier.carry(FROM_START);
  const last = first?.events ?? 0;
  expect(last).toBeGreaterThan(100);
  expect(first).toEqual({ firstSeq: 1, events: last, answer: taken(last) });
  const second = await carrier.carry({ ...FROM_START, afterSeq: last });
  expect(second).toEqual({ firstSeq: last + 1, events: 501 - last, answer: taken(501) });
  expect(await carrier.carry({ ...FROM_START, afterSeq: 501 })).toBeUndefined();
  expect(requests).toHaveLength(2);
  expect(requests[0]).toMatchObject({ epoch: EPOCH, lane: 'interact', previousHash: CHAIN_START });
  expect(requests[1]?.previousHash).not.toBe(CHAIN_START);
});

test("head office's own code comes through; a refused token is asked for anew", async () => {
  const codes = ['sync/gap', 'device/denied'];
  const { carrier, dropped } = await aShop(1, () => ({ code: codes.shift(), message: 'told to' }));
  await expect(carrier.carry(FROM_START)).rejects.toMatchObject({ code: 'sync/gap' });
  expect(dropped()).toBe(0);
  await expect(carrier.carry(FROM_START)).rejects.toMatchObject({ code: 'device/denied' });
  expect(dropped()).toBe(1);
});

test('a database that cannot be read is said so; once it can, the journal goes on', async () => {
  const { carrier, file } = await aShop(1, () => taken(1));
  renameSync(file, `${file}.away`);
  await expect(carrier.carry(FROM_START)).rejects.toMatchObject({
    code: 'storage/failed',
    message: expect.stringContaining('unable to open') as string,
  });
  renameSync(`${file}.away`, file);
  await expect(carrier.carry(FROM_START)).resolves.toMatchObject({ events: 1 });
});

test('a store that stops waits for no answer from head office', async () => {
  const { carrier, end } = await aShop(1, () => {
    end.abort();
    return taken(0);
  });
  await expect(carrier.carry(FROM_START)).rejects.toMatchObject({ code: 'hq/unreachable' });
});
