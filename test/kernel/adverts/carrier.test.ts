import { expect, test } from 'vitest';
import {
  carrierUuid,
  decodeCarrierList,
  decodeCarrierUuid,
  encodeCarrier,
} from '../../../kernel/adverts/carrier.ts';
import { hex } from '../../support/bytes.ts';

const CARRIER = {
  kind: 'carrier',
  token: hex('a9b76a71c5f89290'),
  flags: hex('00000001'),
} as const;
const UUID = '534f474c-a9b7-6a71-c5f8-929000000001';
const STRANGER = '0000180d-0000-1000-8000-00805f9b34fb';

test('the token lies in the service UUID behind our prefix', () => {
  expect(decodeCarrierUuid(UUID)).toEqual(CARRIER);
  expect(decodeCarrierUuid(UUID.toUpperCase())).toEqual(CARRIER);
  expect(carrierUuid(CARRIER)).toBe(UUID);
});

test.each([
  STRANGER,
  '',
  UUID.slice(0, -1),
  `${UUID}0`,
  UUID.replace('534f', '534e'),
  UUID.replaceAll('-', ''),
])('%j is none of ours', (uuid) => {
  expect(decodeCarrierUuid(uuid)).toBeUndefined();
});

test('on air the UUID is little-endian', () => {
  expect(encodeCarrier(CARRIER)).toEqual(hex('020106 1107 01000000 9092f8c5716ab7a9 4c474f53'));
  expect(decodeCarrierList(hex('01000000 9092f8c5716ab7a9 4c474f53'))).toEqual([CARRIER]);
});

test('ours is found behind the UUIDs of others, and half a UUID is nothing', () => {
  const other = hex('fb349b5f80000080001000000d180000');
  const ours = hex('01000000 9092f8c5716ab7a9 4c474f53');
  expect(decodeCarrierList(Uint8Array.of(...other, ...ours))).toEqual([CARRIER]);
  expect(decodeCarrierList(Uint8Array.of(...ours, ...other, ...ours))).toHaveLength(2);
  expect(decodeCarrierList(ours.subarray(1))).toEqual([]);
  expect(decodeCarrierList(other)).toEqual([]);
});

test('a token of 9 bytes and flags of 3 are not sent', () => {
  expect(() => carrierUuid({ ...CARRIER, token: new Uint8Array(9) })).toThrow(/token has 9 bytes/);
  expect(() => encodeCarrier({ ...CARRIER, flags: new Uint8Array(3) })).toThrow(/flags has 3/);
});
