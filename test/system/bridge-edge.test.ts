import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { start as startEdge } from '../../edge/main.ts';
import { type BridgeOptions, start as startBridge } from '../../firmware-bridge/main.ts';
import type { Source, SourceSink } from '../../firmware-bridge/source.ts';
import { ReceiverIdSchema } from '../../kernel/domain/ids.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { RememberingLog } from '../doubles/remembering-log.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const configuration = parseConfiguration(
  `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: 'http://127.0.0.1:9' }
edge: {}
kiosk: {}
zones: [aisle]
receivers: [{ id: door, zone: aisle, kind: simulated }]
scanners: [{ id: scanner-1, kind: simulated }]
stations: [{ id: kiosk-1, kind: kiosk, zone: aisle, scanners: [scanner-1] }]
`,
  'the test',
);

async function anEdge(dataDir = tempDir(), port = 0) {
  const edge = await startEdge({ configuration, dataDir, port, log: new RememberingLog() });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await edge.stop();
  };
  onTestFinished(close);
  return { ...edge, dataDir, port: Number(new URL(edge.url).port), close };
}

async function aBridge(options: Partial<BridgeOptions> & { edgeUrl: string }) {
  const log = new RememberingLog();
  const bridge = await startBridge({ configuration, dataDir: tempDir(), log, ...options });
  onTestFinished(() => bridge.stop());
  return { ...bridge, log };
}
const connected = (bridge: { isConnected(): boolean }) =>
  until('the edge to be reached', 20_000, () => bridge.isConnected());

/** What the simulator hears back for one scan. */
async function toneOf(socketPath: string | undefined, text: string): Promise<unknown> {
  const socket = connect(socketPath ?? '');
  onTestFinished(() => {
    socket.destroy();
  });
  const data = Buffer.from(`${text}\r`).toString('hex');
  socket.write(`${JSON.stringify({ kind: 'scan', scannerId: 'scanner-1', data })}\n`);
  const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
  socket.destroy();
  return JSON.parse(answer);
}

test('a bridge on the box of the edge enrols itself, and its scans are understood', async () => {
  const edge = await anEdge();
  const bridge = await aBridge({ edgeUrl: edge.url, operatorSocket: edge.operatorSocket });
  await connected(bridge);
  expect(await toneOf(bridge.simulatedSocket, '2112345678900')).toEqual({
    kind: 'tone',
    scannerId: 'scanner-1',
    tone: 'ask', // understood, and nobody's card
  });
});

test('it goes on with its own credential over restarts, its own and the edge’s', async () => {
  const first = await anEdge();
  const dataDir = tempDir();
  const before = await startBridge({
    configuration,
    dataDir,
    edgeUrl: first.url,
    operatorSocket: first.operatorSocket,
    log: new RememberingLog(),
  });
  await connected(before);
  await before.stop();

  const bridge = await aBridge({ dataDir, edgeUrl: first.url });
  await connected(bridge);
  await first.close();
  await until('the loss', 10_000, () => !bridge.isConnected());
  expect(await toneOf(bridge.simulatedSocket, '2112345678900')).toMatchObject({ tone: 'bad' });

  await anEdge(first.dataDir, first.port);
  await connected(bridge);
  expect(await toneOf(bridge.simulatedSocket, '2112345678917')).toMatchObject({ tone: 'ask' });
});

test('a bridge without code or operator socket says how to enrol it, and waits', async () => {
  const edge = await anEdge();
  const bridge = await aBridge({ edgeUrl: edge.url });
  const words = await until('the words', 10_000, () =>
    bridge.log.lines.find((line) => line.includes('not enrolled')),
  );
  expect(words).toContain('--enrolment-code CODE');
});

test('a source that is passed in is heard through the real link', async () => {
  const edge = await anEdge();
  let sink: SourceSink | undefined;
  const source: Source = {
    simulated: true,
    start: (given) => {
      sink = given;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
  const bridge = await aBridge({
    edgeUrl: edge.url,
    operatorSocket: edge.operatorSocket,
    sources: [source],
  });
  await connected(bridge);
  for (let i = 0; i < 3_000; i += 1) {
    sink?.heard({
      receiverId: ReceiverIdSchema.parse('door'),
      carrier: 'eid',
      token: Uint8Array.of(0, 0, 0, 0, 0, 0, i >> 8, i & 0xff),
      rssiDbm: -60,
      heardAtMs: performance.now(),
    });
  }
  expect(await toneOf(bridge.simulatedSocket, '2112345678900')).toMatchObject({ tone: 'ask' });
  expect(bridge.droppedSightings()).toBe(0);
});
