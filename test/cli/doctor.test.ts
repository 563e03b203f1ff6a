import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { examine } from '../../cli/doctor.ts';
import { GatewayKeys } from '../../firmware-bridge/gateways/gateway-keys.ts';
import { ReceiverIdSchema } from '../../kernel/domain/ids.ts';
import { writeAccuracyReport } from '../../node/accuracy-report.ts';
import { anEdge, ask } from '../support/edge.ts';
import { portOf } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';

const written = (changes: object) => {
  const path = join(tempDir(), 'soglia.yaml');
  const shop = {
    store: { id: 'bottega', timeZone: 'Europe/Rome' },
    hq: { url: 'http://127.0.0.1:9' },
    edge: { port: 0 },
    kiosk: {},
    zones: ['aisle'],
  };
  writeFileSync(path, JSON.stringify({ ...shop, ...changes })); // JSON is YAML
  return path;
};
const finding = async (what: string, config: string) =>
  (await examine(config, { data: tempDir(), bridgeData: tempDir() })).find(
    (one) => one.what === what,
  );

test('what is wrong in the configuration is named, with what to do about it', async () => {
  const found = await finding('configuration', written({ zones: [] }));
  expect(found).toMatchObject({ state: 'bad' });
  expect(found?.found).toContain('zones');
  expect(found?.mend).toContain('npm start');
});

test('a port that somebody else uses is bad, a free one is good', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const port = portOf(taken);
  const name = `port ${String(port)}`;
  expect(await finding(name, written({ edge: { port } }))).toMatchObject({ state: 'bad' });
  expect(await finding('port 0', written({}))).toMatchObject({ state: 'good' });
});

test('a head office or a scanner that is away is worth a look: the store works without', async () => {
  const scanners = [{ id: 'desk', kind: 'serial', device: '/dev/serial/by-id/gone' }];
  const config = written({ scanners });
  expect(await finding('head office', config)).toMatchObject({ state: 'look' });
  expect(await finding('scanner desk', config)).toMatchObject({ state: 'look' });
});

test('a gateway without a password is worth a look, and so is a door that is open to the network', async () => {
  const receivers = [
    { id: 'door', zone: 'aisle', kind: 'gateway', format: 'minew', address: 'AC233FC03641' },
  ];
  const config = written({ receivers, gateways: { http: { host: '192.168.7.1' } } });
  const found = await finding('gateway door', config);
  expect(found).toMatchObject({ state: 'look' });
  expect(found?.mend).toContain('soglia gateway add door');
  expect(await finding('gateways.http', config)).toMatchObject({ state: 'look' });

  const bridgeData = tempDir();
  await new GatewayKeys(bridgeData).add(ReceiverIdSchema.parse('door'));
  const findings = await examine(config, { data: tempDir(), bridgeData });
  const after = findings.find(({ what }) => what === 'gateway door');
  expect(after?.found).toContain('no bridge has told of it');
});

test('zones that nobody has walked through are worth a look; what a walk found is named', async () => {
  const floor = {
    zones: { aisle: { x: [0, 5], y: [0, 5] } },
    receivers: { r1: { x: 1, y: 1 } },
  };
  const receivers = [{ id: 'r1', zone: 'aisle', kind: 'simulated' }];
  const config = written({ receivers, floor });
  const data = tempDir();
  const found = async () =>
    (await examine(config, { data, bridgeData: tempDir() })).find(({ what }) => what === 'zones');
  expect(await found()).toMatchObject({ state: 'look' });
  expect((await found())?.mend).toContain('soglia walk');
  const report = {
    ...{ measuredAt: Date.UTC(2026, 4, 2, 9), accuracy: 0.93, accuracyBefore: 0.9 },
    ...{ instants: 200, confusion: {}, recognisedAfterMs: 900, neverRecognised: 0 },
    ...{ offsetsDb: { r1: 2 }, silent: [] as string[], written: true },
  };
  await writeAccuracyReport(data, report);
  expect(await found()).toMatchObject({
    state: 'good',
    found: 'right in 0.93 of the instants, walked 2026-05-02',
  });
  await writeAccuracyReport(data, { ...report, silent: ['r1'] });
  expect((await found())?.mend).toContain('r1');
  await writeAccuracyReport(data, { ...report, accuracy: 0.7 });
  expect(await found()).toMatchObject({ state: 'look' });
  expect(await finding('zones', written({}))).toBeUndefined();
});

test('[radio-8] a running store says which of its radios and beacons somebody has to look after', async () => {
  const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
  const beacons = [{ id: 'door-1', zone: 'aisle', ibeacon: { uuid, major: 1, minor: 1 } }];
  const edge = await anEdge({ more: { beacons } });
  const { socket } = await edge.bridge();
  const radio = { receiverId: 'r1', state: 'failing', reason: 'hears nothing at all' };
  await ask(socket, 'health', {
    receivers: [{ ...radio, simulated: false }],
    scanners: [{ scannerId: 'desk', state: 'working', simulated: false }],
    beacons: [{ beaconId: 'door-1', heardAgoMs: 5, batteryMv: 2_300 }],
    ...{ droppedAdverts: 0, droppedFrames: 0 },
  });
  const findings = await examine(written({}), { data: edge.dataDir, bridgeData: tempDir() });
  const of = (what: string) => findings.find((one) => one.what.startsWith(what));
  expect(of('receiver r1')).toMatchObject({ state: 'look' });
  expect(of('receiver r1')?.found).toContain('hears nothing at all');
  expect(of('scanner desk')).toMatchObject({ state: 'good' });
  expect(of('beacon door-1')?.found).toMatch(/^working since .*, 2300 mV; its battery is low$/);
  expect(of('beacon door-1')?.mend).toContain('change its battery');
});
