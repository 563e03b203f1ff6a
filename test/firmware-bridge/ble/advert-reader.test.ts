import { expect, test } from 'vitest';
import { AdvertReader } from '../../../firmware-bridge/ble/advert-reader.ts';
import { toHex } from '../../../kernel/hex.ts';

const phone = '/org/bluez/hci0/dev_00_11_22_33_44_55';
const FEAA = '0000feaa-0000-1000-8000-00805f9b34fb';
const variant = (signature: string, value: unknown) => ({ signature, value });
const rssi = (dbm: number) => ({ RSSI: variant('n', dbm) });
const serviceData = (hexBytes: string, uuid = FEAA) => ({
  ServiceData: variant('a{sv}', { [uuid]: variant('ay', Buffer.from(hexBytes, 'hex')) }),
});
const uuids = (...list: string[]) => ({ UUIDs: variant('as', list) });
const carrier = (token: string) =>
  `534f474c-${token.slice(0, 4)}-${token.slice(4, 8)}-${token.slice(8, 12)}-${token.slice(12)}00000001`;

test('an EID is heard with its strength', () => {
  const heard = new AdvertReader(() => 0).read(phone, {
    ...rssi(-71),
    ...serviceData('30f60102030405060708'),
  });
  expect(heard).toMatchObject({ carrier: 'eid', rssiDbm: -71 });
  expect(toHex(heard!.token)).toBe('0102030405060708');
});

test('a token is a copy: the message it came in may go', () => {
  const bytes = Buffer.from('30f60102030405060708', 'hex');
  const properties = { ServiceData: variant('a{sv}', { [FEAA]: variant('ay', bytes) }) };
  const heard = new AdvertReader(() => 0).read(phone, properties);
  bytes.fill(0);
  expect(toHex(heard!.token)).toBe('0102030405060708');
});

test.each([
  ['127, which is BlueZ for unknown', rssi(127)],
  ['0, which no strength is', rssi(0)],
  ['none at all', {}],
])('a strength of %s is unknown', (_, strength) => {
  const properties = { ...strength, ...serviceData('30f60102030405060708') };
  expect(new AdvertReader(() => 0).read(phone, properties)).toMatchObject({ rssiDbm: undefined });
});

test.each([
  ['an iBeacon', { ManufacturerData: variant('a{qv}', { 76: variant('ay', Buffer.alloc(23)) }) }],
  ['an Eddystone URL', serviceData('10f6036d616b65')],
  ['a Find Hub tag', serviceData('40f60102030405060708')],
  ['an EID that ends early', serviceData('30f601020304')],
  ['a heart rate monitor', uuids('0000180d-0000-1000-8000-00805f9b34fb')],
  [
    'an AltBeacon',
    { ManufacturerData: variant('a{qv}', { 280: variant('ay', Buffer.from('beac', 'hex')) }) },
  ],
  ['UUIDs that are none', { UUIDs: variant('as', [7, null]) }],
  ['a strength alone', rssi(-50)],
  ['nothing', {}],
  ['nonsense', { ServiceData: 7, UUIDs: { value: 'x' }, RSSI: null }],
])('[threat-26] %s leaves nothing behind', (_, properties) => {
  expect(new AdvertReader(() => 0).read(phone, properties)).toBeUndefined();
});

test('of several carriers of one phone the newest counts: BlueZ keeps the old ones in front', () => {
  const heard = new AdvertReader(() => 0).read(
    phone,
    uuids(carrier('1111111111111111'), carrier('2222222222222222')),
  );
  expect(toHex(heard!.token)).toBe('2222222222222222');
});

test('a phone that stands still with its carrier is heard on, until BlueZ forgets it', () => {
  const reader = new AdvertReader(() => 0);
  reader.read(phone, uuids(carrier('1111111111111111')));
  const heard = reader.read(phone, rssi(-64));
  expect(heard).toMatchObject({ carrier: 'uuid128', rssiDbm: -64 });
  expect(toHex(heard!.token)).toBe('1111111111111111');

  expect(reader.read(`${phone}_other`, rssi(-64))).toBeUndefined();
  reader.forget(phone);
  expect(reader.read(phone, rssi(-64))).toBeUndefined();
});

test('a street full of carriers is not remembered without end', () => {
  const reader = new AdvertReader(() => 0);
  for (let i = 0; i < 1_000; i += 1) {
    reader.read(`${phone}${String(i)}`, uuids(carrier(i.toString(16).padStart(16, '0'))));
  }
  expect(reader.read(`${phone}999`, rssi(-60))).toBeDefined();
  expect(reader.read(`${phone}0`, rssi(-60))).toBeUndefined();
});

test('[threat-26] a carrier that is heard no more is forgotten within a minute, though BlueZ says nothing', () => {
  let now = 0;
  const reader = new AdvertReader(() => now);
  reader.read(phone, uuids(carrier('1111111111111111')));
  reader.read(`${phone}_other`, uuids(carrier('2222222222222222')));
  now = 50_000;
  reader.read(phone, rssi(-64)); // still there
  now = 61_000;
  reader.forgetSilent();
  expect(reader.read(`${phone}_other`, rssi(-64))).toBeUndefined();
  expect(reader.read(phone, rssi(-64))).toBeDefined();
});
