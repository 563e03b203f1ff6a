import { expect, onTestFinished, test } from 'vitest';
import { BlueZSource } from '../../../firmware-bridge/ble/bluez-source.ts';
import { ReceiverIdSchema } from '../../../kernel/domain/ids.ts';
import { SogliaError } from '../../../kernel/errors.ts';
import { BusError, FakeBlueZ } from '../../doubles/bluez.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { until } from '../../support/until.ts';

const receiverId = ReceiverIdSchema.parse('door');
const phone = '/org/bluez/hci0/dev_00_11_22_33_44_55';
const eid = '30f60102030405060708';

async function listening(bluez: FakeBlueZ, receiver: { adapter?: string } = { adapter: 'hci0' }) {
  const clock = { skippedMs: 0 };
  const sink = new ListeningSink();
  const source = new BlueZSource({
    receivers: [{ receiverId, adapter: receiver.adapter }],
    connect: bluez.connect,
    clock: () => performance.now() + clock.skippedMs,
  });
  await source.start(sink);
  onTestFinished(() => source.stop());
  return { sink, source, clock };
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
