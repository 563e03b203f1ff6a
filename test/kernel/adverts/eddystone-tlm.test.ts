import { expect, test } from 'vitest';
import { decodeEddystoneTlm, encodeEddystoneTlm } from '../../../kernel/adverts/eddystone-tlm.ts';
import { hex } from '../../support/bytes.ts';

test('telemetry is read in volts, degrees, adverts and time', () => {
  expect(decodeEddystoneTlm(hex('2000 0bb8 1980 00000001 0000000a'))).toEqual({
    kind: 'eddystone-tlm',
    batteryMv: 3000,
    temperatureC: 25.5,
    advertCount: 1,
    uptimeMs: 1000,
  });
});

test('the largest counts are read whole', () => {
  expect(decodeEddystoneTlm(hex('2000 ffff 7fff ffffffff ffffffff'))).toEqual({
    kind: 'eddystone-tlm',
    batteryMv: 65_535,
    temperatureC: 127.99609375,
    advertCount: 4_294_967_295,
    uptimeMs: 429_496_729_500,
  });
});

test('frost is below zero', () => {
  expect(decodeEddystoneTlm(hex('2000 0bb8 f680 00000001 0000000a'))).toMatchObject({
    temperatureC: -9.5,
  });
});

test('a beacon without thermometer, on USB power, says neither', () => {
  expect(decodeEddystoneTlm(hex('2000 0000 8000 00000000 00000000'))).toMatchObject({
    batteryMv: undefined,
    temperatureC: undefined,
  });
});

test.each([
  ['', 'wrong-frame', 0],
  ['30', 'wrong-frame', 0],
  ['20', 'truncated', 1],
  ['2001 0bb8', 'unknown-version', 1],
  ['2000 0bb8 1980 00000001 000000', 'truncated', 13],
  ['2000 0bb8 1980 00000001 0000000a 00', 'too-long', 14],
])('%s is rejected as %s at %i', (frame, reason, at) => {
  expect(decodeEddystoneTlm(hex(frame))).toEqual({ kind: 'rejected', reason, at });
});

test('telemetry is sent with service data of 0x11 bytes', () => {
  const tlm = { batteryMv: 3000, temperatureC: 25.5, advertCount: 1, uptimeMs: 1099 };
  expect(encodeEddystoneTlm(tlm)).toEqual(
    hex('020106 0303aafe 1116aafe 2000 0bb8 1980 00000001 0000000a'),
  );
});

test.each([{ batteryMv: 65_536 }, { temperatureC: 128 }, { advertCount: -1 }, { uptimeMs: NaN }])(
  'telemetry with %o is not sent',
  (part) => {
    const tlm = { batteryMv: 3000, temperatureC: 25.5, advertCount: 1, uptimeMs: 1000 };
    expect(() => encodeEddystoneTlm({ ...tlm, ...part })).toThrow(RangeError);
  },
);
