import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { joinAdStructures, splitAdStructures } from '../../../kernel/adverts/ad-structures.ts';
import { decodeAdvert, decodeBluezAdvert } from '../../../kernel/adverts/advert.ts';
import { decodeBareAdvert } from '../../../kernel/adverts/bare-advert.ts';
import { carriedToken } from '../../../kernel/adverts/carried-token.ts';
import { carrierUuid, encodeCarrier } from '../../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { EDDYSTONE_SERVICE_UUID } from '../../../kernel/adverts/eddystone-frame.ts';
import { encodeEddystoneTlm } from '../../../kernel/adverts/eddystone-tlm.ts';
import { encodeEddystoneUid } from '../../../kernel/adverts/eddystone-uid.ts';
import { encodeEddystoneUrl } from '../../../kernel/adverts/eddystone-url.ts';
import { encodeIBeacon } from '../../../kernel/adverts/ibeacon.ts';
import { runs } from '../../support/runs.ts';

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const txPowerDbm = fc.integer({ min: -128, max: 127 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Bytes that get past the first look more often than chance would have it. */
const nearlyOurs = fc
  .tuple(
    fc.constantFrom(
      [0x16, 0xaa, 0xfe, 0x00],
      [0x16, 0xaa, 0xfe, 0x10],
      [0x16, 0xaa, 0xfe, 0x20, 0x00],
      [0x16, 0xaa, 0xfe, 0x30],
      [0xff, 0x4c, 0x00, 0x02, 0x15],
      [0x07],
    ),
    fc.uint8Array({ maxLength: 28 }),
    fc.integer({ min: -3, max: 3 }),
  )
  .map(([start, rest, off]) => {
    const length = Math.max(0, start.length + rest.length + off);
    return Uint8Array.of(2, 1, 6, length, ...start, ...rest);
  });
const anyPayload = fc.oneof(fc.uint8Array({ maxLength: 300 }), nearlyOurs);

test.prop([anyPayload], { numRuns: runs(5000) })(
  'any bytes are an advert or a rejection within them',
  (payload) => {
    for (const advert of [decodeAdvert(payload), decodeBareAdvert(payload)]) {
      if (advert.kind !== 'rejected') continue;
      expect(advert.at).toBeGreaterThanOrEqual(0);
      expect(advert.at).toBeLessThanOrEqual(payload.length);
    }
  },
);

test.prop(
  [fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), fc.array(fc.string())],
  { numRuns: runs(2000) },
)('any split form is an advert or a rejection', (service, maker, uuids) => {
  const serviceData = { [EDDYSTONE_SERVICE_UUID]: service };
  const advert = decodeBluezAdvert({ serviceData, manufacturerData: { 0x4c: maker }, uuids });
  if (advert.kind === 'rejected') expect(advert.at).toBeLessThanOrEqual(40);
});

test.prop([anyPayload], { numRuns: runs(2000) })(
  'the split form means what the whole means',
  (payload) => {
    const whole = decodeAdvert(payload);
    const { structures } = splitAdStructures(payload);
    const field = (type: number, low: number, high: number) =>
      structures.find(({ type: t, data }) => t === type && data[0] === low && data[1] === high);
    const service = field(0x16, 0xaa, 0xfe)?.data.subarray(2);
    const maker = field(0xff, 0x4c, 0x00)?.data.subarray(2);
    const split = decodeBluezAdvert({
      serviceData: service && { [EDDYSTONE_SERVICE_UUID]: service },
      manufacturerData: maker && { 0x4c: maker },
    });
    if (split.kind !== 'rejected') expect(whole).toEqual(split);
  },
);

test.prop(
  [
    fc.array(
      fc.record({
        type: fc.integer({ min: 0, max: 255 }),
        data: fc.uint8Array({ maxLength: 254 }),
      }),
    ),
  ],
  { numRuns: runs(500) },
)('structures come back as they were joined', (structures) => {
  const split = splitAdStructures(joinAdStructures(structures));
  expect(split.brokenAt).toBeUndefined();
  expect(split.structures.map(({ type, data }) => ({ type, data }))).toEqual(structures);
});

test.prop([fc.uuid({ version: [1, 4, 7] }), uint16, uint16, fc.integer({ min: -128, max: 0 })], {
  numRuns: runs(500),
})('an iBeacon comes back as it was sent', (uuid, major, minor, measuredPowerDbm) => {
  const beacon = { uuid, major, minor, measuredPowerDbm };
  expect(decodeAdvert(encodeIBeacon(beacon))).toEqual({
    kind: 'ibeacon',
    ...beacon,
    measuredPowerByte: measuredPowerDbm & 0xff,
  });
});

test.prop([fc.record({ txPowerDbm, namespace: bytes(10), instance: bytes(6) })], {
  numRuns: runs(500),
})('a beacon id comes back as it was sent', (uid) => {
  expect(decodeAdvert(encodeEddystoneUid(uid))).toEqual({ kind: 'eddystone-uid', ...uid });
});

const host = fc.stringMatching(/^[!-~]{0,9}$/);
const ending = fc.constantFrom('', '.com', '.org/', '.info', '.gov/', '.it');
const scheme = fc.constantFrom('http://', 'https://', 'http://www.', 'https://www.');
test.prop([txPowerDbm, scheme, host, ending], { numRuns: runs(1000) })(
  'an address comes back as it was sent',
  (power, start, middle, end) => {
    const sent = { txPowerDbm: power, url: `${start}${middle}${end}` };
    expect(decodeAdvert(encodeEddystoneUrl(sent))).toEqual({ kind: 'eddystone-url', ...sent });
  },
);

test.prop(
  [
    fc.record({
      batteryMv: fc.option(fc.integer({ min: 1, max: 0xffff }), { nil: undefined }),
      temperatureC: fc.option(
        fc.integer({ min: -0x7fff, max: 0x7fff }).map((steps) => steps / 256),
        { nil: undefined },
      ),
      advertCount: uint32,
      uptimeMs: uint32.map((tenths) => tenths * 100),
    }),
  ],
  { numRuns: runs(500) },
)('telemetry comes back as it was sent', (tlm) => {
  expect(decodeAdvert(encodeEddystoneTlm(tlm))).toEqual({ kind: 'eddystone-tlm', ...tlm });
});

test.prop([fc.record({ txPowerDbm, eid: bytes(8) })], { numRuns: runs(500) })(
  'a token comes back as it was sent, and the first look finds it too',
  (sent) => {
    const payload = encodeEddystoneEid(sent);
    expect(decodeAdvert(payload)).toEqual({ kind: 'eddystone-eid', ...sent });
    expect(carriedToken(payload.subarray(11), undefined)).toEqual({
      carrier: 'eid',
      token: sent.eid,
    });
  },
);

test.prop([fc.record({ token: bytes(8), flags: bytes(4) })], { numRuns: runs(500) })(
  'a carried token comes back as it was sent, in both forms',
  (sent) => {
    const carrier = { kind: 'carrier', ...sent };
    const uuids = [carrierUuid(sent)];
    expect(decodeAdvert(encodeCarrier(sent))).toEqual(carrier);
    expect(decodeBluezAdvert({ uuids })).toEqual(carrier);
    expect(carriedToken(undefined, uuids)).toEqual({ carrier: 'uuid128', token: sent.token });
  },
);
