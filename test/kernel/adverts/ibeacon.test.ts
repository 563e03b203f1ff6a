import { expect, test } from 'vitest';
import { decodeIBeacon, encodeIBeacon } from '../../../kernel/adverts/ibeacon.ts';
import { hex } from '../../support/bytes.ts';

test('the published beacon is read to the last byte', () => {
  expect(decodeIBeacon(hex('0215 426c7565436861726d426561636f6e73 0efe 1355 c5'))).toEqual({
    kind: 'ibeacon',
    uuid: '426c7565-4368-6172-6d42-6561636f6e73',
    major: 3838,
    minor: 4949,
    measuredPowerDbm: -59,
    measuredPowerByte: 0xc5,
  });
});

test('a positive last byte is no power, and is kept for who knows what it means', () => {
  expect(decodeIBeacon(hex('0215 fda50693a4e24fb1afcfc6eb07647825 0001 0002 1a'))).toEqual({
    kind: 'ibeacon',
    uuid: 'fda50693-a4e2-4fb1-afcf-c6eb07647825',
    major: 1,
    minor: 2,
    measuredPowerDbm: undefined,
    measuredPowerByte: 0x1a,
    batteryPercent: 26,
  });
});

test.each([
  ['80', -128, undefined],
  ['00', 0, undefined],
  ['01', undefined, 1],
  ['64', undefined, 100],
  ['65', undefined, undefined],
  ['7f', undefined, undefined],
])('a last byte of %s is %s dBm and a charge of %s %%', (byte, power, percent) => {
  const beacon = decodeIBeacon(hex(`0215 fda50693a4e24fb1afcfc6eb07647825 0001 0002 ${byte}`));
  expect(beacon).toMatchObject({ kind: 'ibeacon', measuredPowerDbm: power });
  expect('batteryPercent' in beacon ? beacon.batteryPercent : undefined).toBe(percent);
});

test.each([
  ['', 'not-ours', 0],
  ['10050318a1b2c3', 'not-ours', 0],
  ['02', 'truncated', 1],
  ['0214 426c7565436861726d426561636f6e73 0efe 1355 c5', 'wrong-length', 1],
  ['0215 426c7565436861726d426561636f6e73 0efe 1355', 'truncated', 22],
])('%s is rejected as %s at %i', (data, reason, at) => {
  expect(decodeIBeacon(hex(data))).toEqual({ kind: 'rejected', reason, at });
});

test('a beacon is sent as Apple lays it out', () => {
  const beacon = { uuid: '426C7565-4368-6172-6D42-6561636F6E73', major: 3838, minor: 4949 };
  expect(encodeIBeacon({ ...beacon, measuredPowerDbm: -59 })).toEqual(
    hex('020106 1aff 4c00 0215 426c7565436861726d426561636f6e73 0efe 1355 c5'),
  );
});

test.each([
  { uuid: '426c7565' },
  { uuid: '426c756543686172-6d42-6561-636f-6e73' },
  { major: 0x10000 },
  { minor: -1 },
  { minor: 0.5 },
  { measuredPowerDbm: 1 },
])('a beacon with %o is not sent', (part) => {
  const beacon = { uuid: '426c7565-4368-6172-6d42-6561636f6e73', major: 1, minor: 2 };
  expect(() => encodeIBeacon({ ...beacon, measuredPowerDbm: -59, ...part })).toThrow(RangeError);
});
