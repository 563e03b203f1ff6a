import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { joinAdStructures, splitAdStructures } from '../../../kernel/adverts/ad-structures.ts';
import {
  type BluezAdvert,
  decodeAdvert,
  decodeAdverts,
  decodeBluezAdverts,
} from '../../../kernel/adverts/advert.ts';
import { encodeAltBeacon } from '../../../kernel/adverts/altbeacon.ts';
import { decodeBareAdverts } from '../../../kernel/adverts/bare-advert.ts';
import { carriedToken } from '../../../kernel/adverts/carried-token.ts';
import { carrierUuid, encodeCarrier } from '../../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { encodeEddystoneEtlm } from '../../../kernel/adverts/eddystone-etlm.ts';
import { EDDYSTONE_SERVICE_UUID } from '../../../kernel/adverts/eddystone-frame.ts';
import { encodeEddystoneTlm } from '../../../kernel/adverts/eddystone-tlm.ts';
import { encodeEddystoneUid } from '../../../kernel/adverts/eddystone-uid.ts';
import { encodeEddystoneUrl } from '../../../kernel/adverts/eddystone-url.ts';
import { encodeIBeacon } from '../../../kernel/adverts/ibeacon.ts';
import { toHex } from '../../../kernel/hex.ts';
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
      [0x16, 0xaa, 0xfe, 0x20, 0x01],
      [0x16, 0xaa, 0xfe, 0x30],
      [0xff, 0x4c, 0x00, 0x02, 0x15],
      [0xff, 0x18, 0x01, 0xbe, 0xac],
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
    for (const advert of [...decodeAdverts(payload), ...decodeBareAdverts(payload)]) {
      if (advert.kind !== 'rejected') continue;
      expect(advert.at).toBeGreaterThanOrEqual(0);
      expect(advert.at).toBeLessThanOrEqual(payload.length);
    }
  },
);

test.prop(
  [fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), fc.array(fc.string())],
  { numRuns: runs(2000) },
)('any split form is adverts or a rejection', (service, maker, uuids) => {
  const serviceData = { [EDDYSTONE_SERVICE_UUID]: service };
  const manufacturerData = { 0x4c: maker, 0x118: maker };
  for (const advert of decodeBluezAdverts({ serviceData, manufacturerData, uuids })) {
    if (advert.kind === 'rejected') expect(advert.at).toBeLessThanOrEqual(40);
  }
});

const frame = fc.oneof(
  fc.tuple(fc.constant([0x00]), bytes(17)),
  fc.tuple(fc.constant([0x00]), bytes(19)),
  fc.tuple(fc.constant([0x20, 0x00]), bytes(12)),
  fc.tuple(fc.constant([0x20, 0x01]), bytes(16)),
  fc.tuple(fc.constant([0x30]), bytes(9)),
  fc.tuple(
    fc.constantFrom([0x00], [0x10], [0x20], [0x30], [0x40], []),
    fc.uint8Array({ maxLength: 24 }),
  ),
);
const makers = fc.oneof(
  fc.tuple(fc.constant([0xbe, 0xac]), bytes(22)),
  fc.tuple(fc.constant([0xbe, 0xac]), bytes(21)),
  fc.tuple(fc.constant([0x02, 0x15]), bytes(21)),
  fc.tuple(fc.constantFrom([0xbe, 0xac], [0x02, 0x15], []), fc.uint8Array({ maxLength: 26 })),
);
const joined = ([start, rest]: [readonly number[], Uint8Array]) => Uint8Array.of(...start, ...rest);
const littleEndian = (id: number) => [id & 0xff, id >> 8];
const bigUuid = (littleEndianUuid: Uint8Array) =>
  toHex(littleEndianUuid.toReversed()).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
/** What a radio may hear at once, each id once, as BlueZ keeps it. */
const heard = fc.record({
  services: fc.uniqueArray(fc.tuple(fc.constantFrom(0xfeaa, 0x180d, 0xaafe), frame.map(joined)), {
    maxLength: 3,
    selector: ([id]) => id,
  }),
  makers: fc.uniqueArray(
    fc.tuple(fc.constantFrom(0x4c, 0x118, 0x00, 0x4c00, 0xffff), makers.map(joined)),
    { maxLength: 3, selector: ([id]) => id },
  ),
  uuids: fc.array(
    fc.tuple(bytes(12), fc.constantFrom([0x4c, 0x47, 0x4f, 0x53], [0x4c, 0x47, 0x4f, 0x52])),
    { maxLength: 3 },
  ),
});
const sorted = (adverts: readonly object[]) =>
  adverts.map((advert) => JSON.stringify(advert)).sort();

test.prop([heard, fc.array(fc.nat(), { minLength: 9, maxLength: 9 })], { numRuns: runs(3000) })(
  'what BlueZ has split means what the whole means, in whatever order it came',
  (parts, order) => {
    const uuids = parts.uuids.map(([rest, start]) => Uint8Array.of(...rest, ...start));
    const structures = [
      ...parts.services.map(([id, data]) => ({ type: 0x16, id, data })),
      ...parts.makers.map(([id, data]) => ({ type: 0xff, id, data })),
    ].map(({ type, id, data }) => ({ type, data: Uint8Array.of(...littleEndian(id), ...data) }));
    const lists = uuids.map((data) => ({ type: 0x07, data }));
    const shuffled = [...structures, ...lists]
      .map((structure, i) => ({ structure, place: order[i] ?? 0 }))
      .sort((a, b) => a.place - b.place)
      .map(({ structure }) => structure);
    const whole = decodeAdverts(Uint8Array.of(2, 1, 6, ...joinAdStructures(shuffled)));
    const uuidOf = (id: number) =>
      `0000${id.toString(16).padStart(4, '0')}-0000-1000-8000-00805f9b34fb`;
    const split: BluezAdvert = {
      serviceData: Object.fromEntries(parts.services.map(([id, data]) => [uuidOf(id), data])),
      manufacturerData: Object.fromEntries(parts.makers),
      uuids: uuids.map(bigUuid),
    };
    const fromSplit = decodeBluezAdverts(split);
    if (whole[0].kind === 'rejected')
      expect(fromSplit.map(({ kind }) => kind)).toEqual(['rejected']);
    else expect(sorted(fromSplit)).toEqual(sorted(whole));
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

test.prop(
  [
    fc.record({
      companyId: uint16,
      id1: fc.uuid({ version: [1, 4, 7] }),
      id2: uint16,
      id3: uint16,
      referenceRssiDbm: fc.integer({ min: -128, max: 0 }),
      mfgReserved: fc.integer({ min: 0, max: 255 }),
    }),
  ],
  { numRuns: runs(500) },
)('an AltBeacon comes back as it was sent', (beacon) => {
  expect(decodeAdverts(encodeAltBeacon(beacon))).toEqual([{ kind: 'altbeacon', ...beacon }]);
});

test.prop([fc.record({ cipher: bytes(12), salt: bytes(2), mic: bytes(2) })], {
  numRuns: runs(500),
})('encrypted telemetry comes back as it was sent', (etlm) => {
  expect(decodeAdverts(encodeEddystoneEtlm(etlm))).toEqual([{ kind: 'eddystone-etlm', ...etlm }]);
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
    expect(decodeBluezAdverts({ uuids })).toEqual([carrier]);
    expect(carriedToken(undefined, uuids)).toEqual({ carrier: 'uuid128', token: sent.token });
  },
);
