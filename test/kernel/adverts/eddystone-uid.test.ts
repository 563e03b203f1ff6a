import { expect, test } from 'vitest';
import { decodeEddystoneUid, encodeEddystoneUid } from '../../../kernel/adverts/eddystone-uid.ts';
import { hex } from '../../support/bytes.ts';

const UID = {
  kind: 'eddystone-uid',
  txPowerDbm: -18,
  namespace: hex('8b0ca750095477cb3e77'),
  instance: hex('0123456789ab'),
} as const;

test.each([
  ['with the reserved bytes', '00 ee 8b0ca750095477cb3e77 0123456789ab 0000'],
  ['without them, as older beacons send', '00 ee 8b0ca750095477cb3e77 0123456789ab'],
])('a beacon id %s is read', (_, frame) => {
  expect(decodeEddystoneUid(hex(frame))).toEqual(UID);
});

test.each([
  ['', 'wrong-frame', 0],
  ['10ee', 'wrong-frame', 0],
  ['00', 'truncated', 1],
  ['00 ee 8b0ca750095477cb3e77 0123456789', 'truncated', 17],
  ['00 ee 8b0ca750095477cb3e77 0123456789ab 00', 'truncated', 19],
  ['00 ee 8b0ca750095477cb3e77 0123456789ab 0000 00', 'too-long', 20],
])('%s is rejected as %s at %i', (frame, reason, at) => {
  expect(decodeEddystoneUid(hex(frame))).toEqual({ kind: 'rejected', reason, at });
});

test('a beacon id is sent with service data of 0x17 bytes', () => {
  expect(encodeEddystoneUid(UID)).toEqual(
    hex('020106 0303aafe 1716aafe 00 ee 8b0ca750095477cb3e77 0123456789ab 0000'),
  );
});

test('parts of the wrong size are not sent', () => {
  expect(() => encodeEddystoneUid({ ...UID, namespace: new Uint8Array(9) })).toThrow(/namespace/);
  expect(() => encodeEddystoneUid({ ...UID, instance: new Uint8Array(7) })).toThrow(/instance/);
  expect(() => encodeEddystoneUid({ ...UID, txPowerDbm: 128 })).toThrow(/txPowerDbm/);
});
