import { type Message, Message as DbusMessage, sessionBus, Variant } from '@jellybrick/dbus-next';
import { beforeAll, describe, expect, test } from 'vitest';
import { findHardware } from '../../cli/store/hardware.ts';
import { type BluezVm, startBluezVm } from '../support/bluez-vm.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { until, within } from '../support/until.ts';

const adapter = '/org/bluez/hci0';
const appleCompany = 0x004c;
const beacon = (minor: string) => `1aff4c000215e2c56db5dffb48d2b060d0f5a71096e00001${minor}c5`;

describe.skipIf(lacking('bluez-vm'))('a real BlueZ in a virtual machine', () => {
  let vm: BluezVm;
  beforeAll(async () => {
    vm = await startBluezVm();
  });

  test('an iBeacon in the air is heard over D-Bus', async () => {
    const listener = await listen(vm.busAddress);
    await vm.advertise(beacon('0002'));
    await until('the beacon', 10_000, () => listener.heard().includes(beacon('0002').slice(8)));
  });

  test('bluetoothd may die: a client that comes back hears again', async () => {
    const before = await listen(vm.busAddress);
    await vm.advertise(beacon('0003'));
    await until('the beacon before', 10_000, () =>
      before.heard().includes(beacon('0003').slice(8)),
    );

    await vm.killBluetoothd();
    await until('the bus to say that org.bluez is gone', 10_000, () => before.owner() === '');
    await vm.startBluetoothd();
    await until(
      'the bus to say that org.bluez is back',
      10_000,
      () => (before.owner() ?? '') !== '',
    );

    await before.switchOffAndOn(); // the kernel may still be searching for the one that died
    await until('discovery again', 5_000, async () => {
      await before.discover();
      return true;
    });
    await vm.advertise(beacon('0004'));
    await until('the beacon afterwards', 10_000, () =>
      before.heard().includes(beacon('0004').slice(8)),
    );
  });

  test('a first start finds the radios that BlueZ has', async () => {
    const { adapters } = await findHardware(vm.busAddress);
    expect(adapters).toEqual(['hci0', 'hci1']);
    expect((await findHardware('unix:path=/nowhere/at/all')).adapters).not.toContain('hci1');
  });

  test('a command that fails in the guest says so', async () => {
    expect(await vm.shell('echo heard; false')).toEqual({ code: 1, output: 'heard\n' });
  });
});

/** A client of its own, without our bridge: what this file proves is the substrate. */
async function listen(busAddress: string) {
  const bus = sessionBus({ busAddress });
  endLater(() => bus.disconnect());
  const heard: string[] = [];
  let owner: string | undefined;
  bus.on('message', (message: Message) => {
    if (message.member === 'NameOwnerChanged' && message.body[0] === 'org.bluez') {
      owner = String(message.body[2]);
    }
    for (const data of manufacturerData(message.body)) heard.push(data.toString('hex'));
  });
  const call = async (parts: ConstructorParameters<typeof DbusMessage>[0]) =>
    within(String(parts.member), 10_000, bus.call(new DbusMessage(parts)));
  const match = (rule: string) =>
    call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: [rule],
    });
  const onAdapter = (target: string, member: string, signature: string, body: unknown[]) =>
    call({ destination: 'org.bluez', path: adapter, interface: target, member, signature, body });
  const switchOffAndOn = async () => {
    for (const powered of [false, true]) {
      const property = ['org.bluez.Adapter1', 'Powered', new Variant('b', powered)];
      await onAdapter('org.freedesktop.DBus.Properties', 'Set', 'ssv', property);
    }
  };
  const discover = async () => {
    const filter = { Transport: new Variant('s', 'le'), DuplicateData: new Variant('b', true) };
    await onAdapter('org.bluez.Adapter1', 'SetDiscoveryFilter', 'a{sv}', [filter]);
    await onAdapter('org.bluez.Adapter1', 'StartDiscovery', '', []);
  };
  await match("type='signal',sender='org.bluez'");
  await match("type='signal',member='NameOwnerChanged',arg0='org.bluez'");
  await discover();
  return { heard: () => heard, owner: () => owner, discover, switchOffAndOn };
}

/** Apple's manufacturer data wherever it stands in a signal's body (InterfacesAdded, PropertiesChanged). */
function manufacturerData(value: unknown): Buffer[] {
  if (value instanceof Variant) return manufacturerData(value.value);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === String(appleCompany) && child instanceof Variant && Buffer.isBuffer(child.value)
      ? [child.value]
      : manufacturerData(child),
  );
}
