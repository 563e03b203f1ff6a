import { expect, test } from 'vitest';
import { decodeEddystoneEid, encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { hex } from '../../support/bytes.ts';

const EID = { kind: 'eddystone-eid', txPowerDbm: -8, eid: hex('a9b76a71c5f89290') } as const;

test('a token is read from its frame', () => {
  expect(decodeEddystoneEid(hex('30 f8 a9b76a71c5f89290'))).toEqual(EID);
});

test('a frame inside a larger buffer is read from its own bytes, and a copy is given', () => {
  const buffer = hex('ffffff 30 f8 a9b76a71c5f89290 ffff');
  const advert = decodeEddystoneEid(buffer.subarray(3, 13));
  buffer.fill(0);
  expect(advert).toEqual(EID);
});

test.each([
  ['', 'wrong-frame', 0],
  ['20f8', 'wrong-frame', 0],
  ['30', 'truncated', 1],
  ['30 f8 a9b76a71c5f892', 'truncated', 9],
  ['30 f8 a9b76a71c5f89290 00', 'too-long', 10],
])('%s is rejected as %s at %i', (frame, reason, at) => {
  expect(decodeEddystoneEid(hex(frame))).toEqual({ kind: 'rejected', reason, at });
});

test('a token is sent as the specification lays it out', () => {
  expect(encodeEddystoneEid(EID)).toEqual(
    hex('02 01 06 03 03 AA FE 0D 16 AA FE 30 F8 a9b76a71c5f89290'),
  );
});

test('a token of 7 bytes is not sent', () => {
  expect(() => encodeEddystoneEid({ ...EID, eid: new Uint8Array(7) })).toThrow(/eid has 7 bytes/);
});
