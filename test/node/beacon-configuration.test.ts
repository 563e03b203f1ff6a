import { expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';

const shop = (beacons: string) =>
  parseConfiguration(
    `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: http://127.0.0.1:9 }
edge: {}
kiosk: {}
zones: [entrance, aisle]
beacons:
${beacons}`,
    'soglia.yaml',
  ).beacons;
const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
const door = `  - { id: door, zone: entrance, ibeacon: { uuid: ${uuid}, major: 1, minor: 2 } }`;
const uid = (namespace: string, instance: string) =>
  `  - { id: door, zone: entrance, eddystoneUid: { namespace: ${namespace}, instance: ${instance} } }`;
const alt = (id: string) => `  - { id: desk, zone: aisle, altbeacon: { id: ${id} } }`;

test('a beacon is listed by what it calls itself; case and hyphens do not count', () => {
  expect(shop(door)).toEqual([
    { id: 'door', zone: 'entrance', ibeacon: { uuid, major: 1, minor: 2 } },
  ]);
  expect(shop(door.replace(uuid, uuid.toUpperCase()))).toEqual(shop(door));
  expect(shop(uid('EDD1EBEAC04E5DEFA017', "'000000000001'"))).toMatchObject([
    { eddystoneUid: { namespace: 'edd1ebeac04e5defa017', instance: '000000000001' } },
  ]);
  expect(shop(alt(`${uuid}-0001-0002`))).toMatchObject([
    { altbeacon: { id: '2f234454cf6d4a0fadf2f4911ba9ffa600010002' } },
  ]);
});

test('a shop without beacons has none', () => {
  expect(shop('  []')).toEqual([]);
});

test.for([
  [
    'in a zone that is not listed',
    door.replace('entrance', 'cellar'),
    "beacons.0.zone: zone 'cellar' is not listed in zones",
  ],
  [
    'twice',
    `${door}\n${door.replace('minor: 2', 'minor: 3')}`,
    "beacons.1.id: 'door' is used twice",
  ],
  [
    'under a second name',
    `${door}\n${door.replace('id: door', 'id: gate')}`,
    "beacons.1: calls itself what 'door' does already",
  ],
  ['that calls itself nothing', '  - { id: door, zone: entrance }', 'this one has none'],
  [
    'that calls itself two things',
    door.replace(' } }', ' }, altbeacon: { id: 00 } }').replace('00', `${'0'.repeat(39)}a`),
    'beacons.0.altbeacon: a beacon has one of ibeacon, eddystoneUid, altbeacon, this one has ibeacon and altbeacon',
  ],
  [
    'with a UUID that is none',
    door.replace(uuid, '2f23'),
    'beacons.0.ibeacon.uuid: not a UUID with hyphens',
  ],
  [
    'with a number out of range',
    door.replace('major: 1', 'major: 65536'),
    'beacons.0.ibeacon.major',
  ],
  [
    'with a namespace too short',
    uid('edd1', "'000000000001'"),
    'beacons.0.eddystoneUid.namespace: not 10 bytes in hex',
  ],
  [
    'with digits that YAML takes for a number',
    uid('edd1ebeac04e5defa017', '000000000001'),
    'beacons.0.eddystoneUid.instance: put it in quotes',
  ],
  ['with an id that is no hex', alt('x'.repeat(40)), 'beacons.0.altbeacon.id: not 20 bytes in hex'],
  ['with a field nobody knows', door.replace('minor: 2', 'minor: 2, power: 3'), 'power'],
] as const)('a beacon %s is refused, naming field and reason', ([, beacons, words]) => {
  expect(() => shop(beacons)).toThrow(words);
});
