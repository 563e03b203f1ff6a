import { expect, test } from 'vitest';
import { firstConfiguration } from '../../../cli/store/first-configuration.ts';
import { parseConfiguration } from '../../../node/configuration.ts';

const addresses = {
  hqUrl: 'http://127.0.0.1:4100',
  edgePort: 4200,
  kioskPort: 4300,
  timeZone: 'Europe/Rome',
};
const parsed = (hardware: Parameters<typeof firstConfiguration>[0]) =>
  parseConfiguration(firstConfiguration(hardware, addresses), 'soglia.yaml');

test('a machine without radio or scanner gets simulated ones, named as such', () => {
  const shop = parsed({ adapters: [], serialDevices: [] });
  expect(shop.receivers.map(({ kind }) => kind)).toEqual(['simulated', 'simulated', 'simulated']);
  expect(shop.scanners).toMatchObject([{ id: 'scanner-1', kind: 'simulated' }]);
});

test('a radio that is there is used, and no simulated one beside it', () => {
  const shop = parsed({ adapters: ['hci0'], serialDevices: [] });
  expect(shop.receivers).toMatchObject([{ kind: 'bluez', adapter: 'hci0', zone: 'aisle' }]);
});

test('scanners that are there belong to the kiosk, by a name that survives replugging', () => {
  const device = '/dev/serial/by-id/usb-Honeywell_Scanner-if00';
  const shop = parsed({ adapters: [], serialDevices: [device] });
  expect(shop.scanners).toMatchObject([{ id: 'scanner-1', kind: 'serial', device }]);
  expect(shop.stations[0]?.scanners).toEqual(['scanner-1']);
});
