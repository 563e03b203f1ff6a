import { expect, onTestFinished, test } from 'vitest';
import { BlueZSource } from '../../../firmware-bridge/ble/bluez-source.ts';
import { BeaconIdSchema, ReceiverIdSchema, ZoneIdSchema } from '../../../kernel/domain/ids.ts';
import { SogliaError } from '../../../kernel/errors.ts';
import type { BeaconConfiguration } from '../../../node/beacon-configuration.ts';
import { BusError, FakeBlueZ } from '../../doubles/bluez.ts';
import { RememberingLog } from '../../doubles/remembering-log.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { until } from '../../support/until.ts';

const receiverId = ReceiverIdSchema.parse('door');
const phone = '/org/bluez/hci0/dev_00_11_22_33_44_55';
const eid = '30f60102030405060708';

async function listening(
  bluez: FakeBlueZ,
  receiver: { adapter?: string } = { adapter: 'hci0' },
  beacons: readonly BeaconConfiguration[] = [],
) {
  const clock = { skippedMs: 0 };
  const sink = new ListeningSink(beacons);
  const log = new RememberingLog();
  const source = new BlueZSource({
    receivers: [{ receiverId, adapter: receiver.adapter }],
    connect: bluez.connect,
    clock: () => performance.now() + clock.skippedMs,
    log,
  });
  await source.start(sink);
  onTestFinished(() => source.stop());
  return { sink, source, clock, log };
}
const works = (sink: ListeningSink) =>
  until('the receiver to work', 5_000, () => sink.stateOf('door') === 'working');
const says = (sink: ListeningSink, words: RegExp) =>
  until(`the words ${String(words)}`, 5_000, () => sink.reasons.find((text) => words.test(text)));

test('an advert of ours is heard, anybody else is only counted', async () => {
  const bluez = new FakeBlueZ();
  const { sink } = await listening(bluez);
  await works(sink);
  bluez.advertise(phone, eid, -55);
  bluez.advertise(phone, '10f603aabbcc');
  expect(sink.tokens).toEqual(['0102030405060708']);
  expect(sink.sightings[0]).toMatchObject({ receiverId: 'door', rssiDbm: -55 });
  expect(sink.droppedOf.advert).toBe(1);
});

test('what another adapter hears is not this receiver', async () => {
  const bluez = new FakeBlueZ();
  const { sink } = await listening(bluez);
  await works(sink);
  bluez.advertise(phone.replace('hci0', 'hci1'), eid);
  expect(sink.sightings).toEqual([]);
});

test('with no adapter named, the first that is there is taken', async () => {
  const bluez = new FakeBlueZ();
  bluez.adapters = ['hci3'];
  const { sink } = await listening(bluez, {});
  await works(sink);
  bluez.advertise(phone.replace('hci0', 'hci3'), eid);
  expect(sink.tokens).toHaveLength(1);
});

test('an adapter that is switched off is switched on', async () => {
  const bluez = new FakeBlueZ();
  bluez.isPowered = false;
  const { sink } = await listening(bluez);
  await works(sink);
  expect(bluez.isPowered).toBe(true);
});

test.each([
  ['org.bluez.Error.NotReady', /hci0 is switched off: rfkill unblock bluetooth/],
  ['org.bluez.Error.Failed', /BlueZ refused for adapter hci0/],
  ['org.freedesktop.DBus.Error.AccessDenied', /adduser USER bluetooth/],
] as const)('[fault-19] %s is said in words, and outlived', async (type, words) => {
  const bluez = new FakeBlueZ();
  bluez.startFails = new BusError(type);
  const { sink } = await listening(bluez);
  await says(sink, words);
  expect(sink.stateOf('door')).toBe('failing');
  bluez.startFails = undefined;
  await works(sink);
});

test('[fault-19] a discovery left over from a bluetoothd that died is ended by the power switch', async () => {
  const bluez = new FakeBlueZ();
  bluez.isKernelBusy = true;
  const { sink } = await listening(bluez);
  await works(sink);
  expect(bluez.isDiscovering).toBe(true);
});

test('[fault-19] without BlueZ the way to get it is said; once it is there, it is used', async () => {
  const bluez = new FakeBlueZ();
  bluez.isPresent = false;
  const { sink } = await listening(bluez);
  await says(sink, /no BlueZ on the system bus: apt-get install bluez/);
  bluez.isPresent = true;
  bluez.restart();
  await works(sink);
});

test('[fault-19] without a system bus that is said, and tried again', async () => {
  const bluez = new FakeBlueZ();
  bluez.connectFails = new Error('connect ENOENT /var/run/dbus/system_bus_socket');
  const { sink } = await listening(bluez);
  await says(sink, /no system bus: apt-get install dbus bluez/);
  bluez.connectFails = undefined;
  await works(sink);
});

test('[fault-19] a bus that does not answer is left for a new connection', async () => {
  const bluez = new FakeBlueZ();
  const { sink } = await listening(bluez);
  await works(sink);
  bluez.startFails = new SogliaError('time/out', 'no answer in 2000 ms: BlueZ, StartDiscovery');
  bluez.restart();
  await says(sink, /no answer in 2000 ms/);
  bluez.startFails = undefined;
  await works(sink);
  expect(bluez.open).toBe(1);
});

test('[fault-19] an adapter that is pulled out is missed by name, and used once it is back', async () => {
  const bluez = new FakeBlueZ();
  const { sink } = await listening(bluez);
  await works(sink);
  bluez.adapters = ['hci1'];
  bluez.changed();
  await says(sink, /no Bluetooth adapter hci0: plug it in \(BlueZ has hci1\)/);
  bluez.adapters = ['hci0', 'hci1'];
  bluez.changed();
  await works(sink);
});

test('[fault-19] a radio that stops without a word is started anew', async () => {
  const bluez = new FakeBlueZ();
  const { sink, clock } = await listening(bluez);
  await works(sink);
  clock.skippedMs = 3_000;
  bluez.stopsByItself();
  await until('discovery', 5_000, () => bluez.isDiscovering);

  const starts = bluez.starts;
  clock.skippedMs = 10 * 60_000; // ten minutes of silence
  bluez.changed();
  await until('a new start', 5_000, () => bluez.starts > starts);
});

test('[fault-19] after many restarts of BlueZ and of the bus one connection is open, and no more', async () => {
  const bluez = new FakeBlueZ();
  const { sink, source } = await listening(bluez);
  await works(sink);
  for (let i = 0; i < 20; i += 1) {
    const starts = bluez.starts;
    if (i % 2 === 0) bluez.restart();
    else bluez.loseBus();
    await until('discovery again', 5_000, () => bluez.starts > starts && bluez.isDiscovering);
    expect(bluez.open).toBe(1);
  }
  await source.stop();
  expect(bluez.open).toBe(0);
});

const steps = (log: RememberingLog) =>
  log.lines.flatMap((line) => /"step":"([a-z-]+)"/.exec(line)?.[1] ?? []);
const UID = '00ecedd1ebeac04e5defa0170123456789ab';
const door1: BeaconConfiguration = {
  id: BeaconIdSchema.parse('door-1'),
  zone: ZoneIdSchema.parse('entrance'),
  eddystoneUid: { namespace: 'edd1ebeac04e5defa017', instance: '0123456789ab' },
};

test('[radio-2] a listed beacon and its telemetry are taken; the same from anybody else is a number', async () => {
  const bluez = new FakeBlueZ();
  const { sink } = await listening(bluez, {}, [door1]);
  await works(sink);
  const telemetry = '20000b8f14800000000700000064';
  bluez.advertise(phone, telemetry); // nobody that we know, yet
  expect(sink.droppedOf.advert).toBe(1);
  bluez.advertise(phone, UID);
  bluez.advertise(phone, telemetry);
  bluez.advertise(phone.replace('55', '66'), telemetry);
  bluez.advertise(phone, UID.replace('edd1', 'edd2'));
  expect(sink.listedBy).toEqual(['door', 'door']);
  expect(sink.droppedOf.advert).toBe(3);
  expect(sink.beacons.health()).toMatchObject([
    { beaconId: 'door-1', batteryMv: 2959, temperatureC: 20.5, advertCount: 7, uptimeMs: 10_000 },
  ]);
});

test('[fault-19][radio-5] a radio that will not search is searched anew, switched, and BlueZ restarted; each step is logged once', async () => {
  const bluez = new FakeBlueZ();
  bluez.neverSearches = true;
  const { sink, clock, log } = await listening(bluez);
  await works(sink);
  const passes = async (ms: number, isDone: () => boolean) => {
    clock.skippedMs += ms;
    bluez.changed();
    await until('the step', 5_000, isDone);
  };
  await passes(3_000, () => steps(log).length === 1);
  await passes(20_000, () => bluez.acts.includes('power-on'));
  await passes(20_000, () => bluez.acts.includes('restart'));
  expect(steps(log)).toEqual(['restart-scan', 'power-cycle', 'restart-service']);
  await until('search', 5_000, () => bluez.isDiscovering);
  await passes(3_000, () => log.lines.some((line) => line.startsWith('the radio hears again')));
  expect(bluez.open).toBe(1);
});

test('[fault-19][radio-5] a radio that is deaf climbs the same ladder and says so until it hears', async () => {
  const bluez = new FakeBlueZ();
  const { sink, clock, log } = await listening(bluez);
  await works(sink);
  sink.deaf = 'hears nothing at all, while hall does';
  bluez.restartFails = new BusError('org.freedesktop.DBus.Error.AccessDenied');
  for (const count of [1, 2, 3]) {
    clock.skippedMs += 21_000;
    bluez.changed();
    await until('a step', 5_000, () => steps(log).length === count);
  }
  await says(sink, /hears nothing at all, while hall does/);
  await says(sink, /this user may not restart Bluetooth: name radio.restartCommand/);
  expect(sink.stateOf('door')).toBe('failing');

  clock.skippedMs += 60_000; // the second round is not logged again
  bluez.changed();
  await until('another search', 5_000, () => bluez.starts >= 4);
  expect(steps(log)).toHaveLength(3);
  sink.deaf = undefined;
  clock.skippedMs += 3_000;
  bluez.changed();
  await works(sink);
});

test('[fault-19][radio-5] a BlueZ that is there and never answers is restarted', async () => {
  const bluez = new FakeBlueZ();
  const { sink, clock, log } = await listening(bluez);
  await works(sink);
  bluez.hangs = new SogliaError('time/out', 'no answer in 5000 ms: BlueZ, its adapters');
  bluez.changed();
  await says(sink, /no answer in 5000 ms/);
  expect(bluez.acts).toEqual([]); // it may come back by itself
  clock.skippedMs += 16_000;
  await works(sink);
  expect(bluez.acts).toEqual(['restart']);
  expect(steps(log)).toEqual(['restart-service']);
  expect(bluez.open).toBe(1);
});

test('[radio-5] what nobody may do to a radio is not tried: it says what is missing', async () => {
  const bluez = new FakeBlueZ();
  bluez.startFails = new BusError('org.freedesktop.DBus.Error.AccessDenied');
  const { sink, clock, log } = await listening(bluez);
  await says(sink, /adduser USER bluetooth/);
  clock.skippedMs += 120_000;
  bluez.changed();
  await until('another try', 5_000, () => bluez.starts > 3);
  expect(steps(log)).toEqual([]);
  expect(bluez.acts).toEqual([]);
});
