import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { EdgeLink } from '../../../firmware-bridge/link/edge-link.ts';
import { ReceiverIdSchema, ScannerIdSchema } from '../../../kernel/domain/ids.ts';
import { SogliaError } from '../../../kernel/errors.ts';
import type { BridgeHealth, BridgeSettings } from '../../../kernel/protocol/bridge-events.ts';
import { EdgeForBridge } from '../../doubles/edge-for-bridge.ts';
import { RememberingLog } from '../../doubles/remembering-log.ts';
import { utf8 } from '../../support/bytes.ts';
import { until } from '../../support/until.ts';

const scannerId = ScannerIdSchema.parse('scanner-1');
const receiverId = ReceiverIdSchema.parse('door');
const card = () => ({ scannerId, frame: utf8('2112345678900'), framedAtMs: performance.now() });
const sighting = (n: number) => ({
  receiverId,
  carrier: 'eid' as const,
  token: Uint8Array.of(0, 0, 0, 0, n >> 24, n >> 16, n >> 8, n),
  rssiDbm: -60,
  heardAtMs: performance.now(),
});

/** A bridge's link with a credential that can be changed. */
function linkTo(edge: EdgeForBridge) {
  const log = new RememberingLog();
  const settings: BridgeSettings[] = [];
  const credential = {
    current: 'token-1',
    dropped: 0,
    fails: undefined as Error | undefined,
    token: () =>
      credential.fails === undefined
        ? Promise.resolve(credential.current)
        : Promise.reject(credential.fails),
    dropToken: () => {
      credential.dropped += 1;
    },
  };
  const health: BridgeHealth = { receivers: [], scanners: [], droppedAdverts: 0, droppedFrames: 0 };
  const link = new EdgeLink({
    edgeUrl: edge.url,
    credential,
    clock: () => performance.now(),
    log,
    health: () => health,
    settings: (state) => settings.push(state),
    random: () => 0,
  });
  link.start();
  onTestFinished(() => link.stop());
  return { link, log, settings, credential };
}
const connected = (link: EdgeLink) =>
  until('the edge to be reached', 8_000, () => link.isConnected);

test('an edge that closes in the turn in which it let the bridge in ends nothing, and is tried again', async () => {
  const edge = await new EdgeForBridge().open();
  edge.closesAtOnce = true;
  const { link } = linkTo(edge);
  await until('two tries', 8_000, () => edge.tokensSeen.length >= 2);
  expect(link.isConnected).toBe(false);
  edge.closesAtOnce = false;
  await connected(link);
});

test('a scan is acknowledged with the tone of the edge', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  edge.scanAnswer = 'ask';
  expect(await link.scanned(card())).toBe('ask');
  expect(edge.scans[0]).toMatchObject({
    scannerId: 'scanner-1',
    frame: '32313132333435363738393030',
  });
});

test.each(['refuse', 'nonsense'] as const)(
  'an edge that answers with a %s is the bad tone',
  async (answer) => {
    const edge = await new EdgeForBridge().open();
    const { link } = linkTo(edge);
    await connected(link);
    edge.scanAnswer = answer;
    expect(await link.scanned(card())).toBe('bad');
  },
);

test('a scan that nobody acknowledges is the bad tone after 2 s, and is never sent again', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  edge.scanAnswer = 'silent';
  const startedAt = performance.now();
  expect(await link.scanned(card())).toBe('bad');
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(1_900);
  expect(tookMs).toBeLessThan(3_000);

  edge.scanAnswer = 'good';
  await connected(link);
  await pause(500);
  expect(edge.scans).toHaveLength(1);
  expect(await link.scanned(card())).toBe('good');
});

test('a scan while the edge is away is the bad tone at once, and is not sent when it is back', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  await edge.close();
  await until('the loss', 5_000, () => !link.isConnected);
  expect(await link.scanned(card())).toBe('bad');

  await edge.open();
  await connected(link);
  await pause(500);
  expect(edge.scans).toEqual([]);
});

test('a scan that the edge dies over is the bad tone, and is not sent to the next', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  edge.scanAnswer = 'silent';
  const tone = link.scanned(card());
  await until('the scan', 2_000, () => edge.scans.length === 1);
  edge.hangUp();
  expect(await tone).toBe('bad');
  edge.scanAnswer = 'good';
  await connected(link);
  await pause(500);
  expect(edge.scans).toHaveLength(1);
});

test('a scan framed 2 s ago is not sent at all', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  const tone = await link.scanned({ ...card(), framedAtMs: performance.now() - 2_000 });
  expect(tone).toBe('bad');
  expect(edge.scans).toEqual([]);
});

test('sightings arrive in batches, whole and in order', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  for (let i = 0; i < 5_000; i += 1) link.heard(sighting(i));
  await until('all sightings', 5_000, () => edge.sightings.length === 5_000);
  expect(edge.batchBytes.length).toBeLessThan(10);
  expect(Math.max(...edge.batchBytes)).toBeLessThan(32 * 1024);
  expect(edge.sightings.at(-1)?.token).toEqual(Buffer.from(sighting(4_999).token));
});

test('an edge that falls behind gets the newest sightings, the oldest are dropped and counted', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  edge.answersBatches = false;
  for (let i = 0; i < 20_000; i += 1) link.heard(sighting(i));
  await until('four batches', 5_000, () => edge.batchBytes.length === 4);
  expect(link.droppedSightings).toBe(20_000 - 8_000 - 4_000);

  edge.answersBatches = true;
  for (const answer of edge.unanswered.splice(0)) answer(undefined);
  await until('the rest', 5_000, () => edge.sightings.length === 12_000);
  expect(edge.sightings.at(-1)?.token).toEqual(Buffer.from(sighting(19_999).token));
});

test('sightings while the edge is away are dropped, not kept', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await connected(link);
  await edge.close();
  await until('the loss', 5_000, () => !link.isConnected);
  link.heard(sighting(1));
  await until('the drop', 2_000, () => link.droppedSightings === 1);
  await edge.open();
  await connected(link);
  await pause(300);
  expect(edge.sightings).toEqual([]);
});

test('health is told on connecting, and whenever asked', async () => {
  const edge = await new EdgeForBridge().open();
  const { link } = linkTo(edge);
  await until('the first health', 5_000, () => edge.health.length === 1);
  link.tellHealth();
  await until('the second', 5_000, () => edge.health.length === 2);
});

test('the newest settings win; an older version or nonsense changes nothing', async () => {
  const edge = await new EdgeForBridge().open();
  const { link, settings, log } = linkTo(edge);
  await connected(link);
  const tokens = (hex: string) => ({ recordableTokens: [hex.repeat(8)] });
  edge.tell({ boot: 'a', version: 2, state: tokens('22') });
  edge.tell({ boot: 'a', version: 1, state: tokens('11') });
  edge.tell({ boot: 'a', version: 3, state: { recordableTokens: ['no hex'] } });
  edge.tell({ boot: 'b', version: 0, state: tokens('33') });
  await until('the settings', 5_000, () => settings.length === 2);
  expect(settings).toEqual([tokens('22'), tokens('33')]);
  expect(log.lines.join()).toMatch(/bad settings from the edge.*recordableTokens/);
});

test('an edge that was restarted takes no token of before: a fresh one is asked for at once', async () => {
  const edge = await new EdgeForBridge().open();
  const { link, credential } = linkTo(edge);
  await connected(link);
  edge.validTokens.add('token-2');
  credential.dropToken = () => {
    credential.current = 'token-2';
  };
  edge.hangUp();
  await until('the second token', 5_000, () => edge.tokensSeen.includes('token-2'));
  await connected(link);
  expect(edge.tokensSeen).toEqual(['token-1', 'token-1', 'token-2']);
});

test('an edge that takes no token at all is said, and asked again', async () => {
  const edge = await new EdgeForBridge().open();
  edge.validTokens.add('token-2');
  const { link, credential, log } = linkTo(edge);
  await until('the refusal', 5_000, () =>
    log.lines.find((line) => line.includes('the edge refuses this bridge: no such token')),
  );
  credential.current = 'token-2';
  await connected(link);
  expect(credential.dropped).toBeGreaterThan(0);
});

test('an edge that cannot be reached is said once, and tried again', async () => {
  const edge = await new EdgeForBridge().open();
  await edge.close();
  const { link, log } = linkTo(edge);
  await pause(1_000);
  const said = () => log.lines.filter((line) => line.includes('is the edge running?'));
  expect(said()).toHaveLength(1);
  await edge.open();
  await connected(link);
});

test('an edge that gives no token is said in its own words, and tried again', async () => {
  const edge = await new EdgeForBridge().open();
  const { link, credential, log } = linkTo(edge);
  await connected(link);
  credential.fails = new SogliaError('device/unknown', 'this bridge is not enrolled');
  edge.hangUp();
  await until('the words', 5_000, () =>
    log.lines.find((line) => line.includes('this bridge is not enrolled')),
  );
  credential.fails = undefined;
  await connected(link);
});
