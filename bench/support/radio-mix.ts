import type { DeviceProperties } from '../../firmware-bridge/ble/bluez.ts';
import {
  AD_MANUFACTURER_DATA,
  AD_SERVICE_DATA16,
  AD_UUIDS128_COMPLETE,
  AD_UUIDS16_COMPLETE,
  type AdStructure,
  BEACON_FLAGS,
  joinAdStructures,
} from '../../kernel/adverts/ad-structures.ts';
import { encodeAltBeacon } from '../../kernel/adverts/altbeacon.ts';
import { encodeCarrier } from '../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../kernel/adverts/eddystone-eid.ts';
import { encodeEddystoneTlm } from '../../kernel/adverts/eddystone-tlm.ts';
import { encodeEddystoneUid } from '../../kernel/adverts/eddystone-uid.ts';
import { encodeIBeacon } from '../../kernel/adverts/ibeacon.ts';
import { fromHex } from '../../kernel/hex.ts';
import { encodeOwnCard, encodeOwnCoupon, encodeRotatingCode } from '../../kernel/scans/own-code.ts';

/** As many as stand around a shop on a busy day; every tenth is of our formats. */
const ADVERTS = 1_000;

/** The same bytes in every run. */
function bytesFrom(seed: number): (count: number) => Uint8Array<ArrayBuffer> {
  let state = seed;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

type Bytes = ReturnType<typeof bytesFrom>;
const hex = (text: string) => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const maker = (start: string, rest: Uint8Array): AdStructure => ({
  type: AD_MANUFACTURER_DATA,
  data: Uint8Array.of(...hex(start), ...rest),
});
const service = (start: string, rest: Uint8Array): AdStructure => ({
  type: AD_SERVICE_DATA16,
  data: Uint8Array.of(...hex(start), ...rest),
});

/** Telephones, earphones, watches, tags and lamps, by the structures that follow their flags. */
const STRANGERS: readonly ((bytes: Bytes) => readonly AdStructure[])[] = [
  (bytes) => [maker('4c00 1005', bytes(5))],
  (bytes) => [maker('4c00 0f08', bytes(8)), maker('4c00 1006', bytes(6))],
  (bytes) => [maker('4c00 1219', bytes(24))],
  (bytes) => [maker('4c00 0719', bytes(23))],
  (bytes) => [maker('0600 0109', bytes(23))],
  (bytes) => [maker('7500 4204', bytes(22))],
  (bytes) => [service('2cfe', bytes(6))],
  (bytes) => [service('6ffd', bytes(20))],
  (bytes) => [service('aafe 40', bytes(20))],
  (bytes) => [
    { type: AD_UUIDS16_COMPLETE, data: hex('0d180f18') },
    { type: 0x09, data: bytes(12) },
  ],
  (bytes) => [{ type: AD_UUIDS128_COMPLETE, data: bytes(16) }],
  (bytes) => [{ type: 0x09, data: bytes(14) }, maker('e000', bytes(6))],
];
const UUID = '426c7565-4368-6172-6d42-6561636f6e73';
const OURS: readonly ((bytes: Bytes) => Uint8Array<ArrayBuffer>)[] = [
  (bytes) => encodeEddystoneEid({ txPowerDbm: -10, eid: bytes(8) }),
  (bytes) => encodeCarrier({ token: bytes(8), flags: bytes(4) }),
  () => encodeIBeacon({ uuid: UUID, major: 3838, minor: 4949, measuredPowerDbm: -59 }),
  () =>
    encodeAltBeacon({
      companyId: 0x0118,
      id1: UUID,
      id2: 1,
      id3: 2,
      referenceRssiDbm: -59,
      mfgReserved: 0,
    }),
  (bytes) => encodeEddystoneUid({ txPowerDbm: -10, namespace: bytes(10), instance: bytes(6) }),
  () =>
    encodeEddystoneTlm({
      batteryMv: 3_000,
      temperatureC: 21.5,
      advertCount: 70_000,
      uptimeMs: 9_000_000,
    }),
];

/** Advertising payloads as a radio hears them. */
export function advertMix(): readonly Uint8Array[] {
  const bytes = bytesFrom(1);
  return Array.from({ length: ADVERTS }, (_, i) =>
    i % 10 === 0
      ? pick(OURS, i / 10)(bytes)
      : joinAdStructures([BEACON_FLAGS, ...pick(STRANGERS, i)(bytes)]),
  );
}

/** The strangers among them as BlueZ tells a program of them: by property, each a D-Bus variant. */
export function strangersAsBluezTells(): readonly DeviceProperties[] {
  const bytes = bytesFrom(2);
  const variant = (signature: string, value: unknown) => ({ signature, value });
  return Array.from({ length: ADVERTS }, (_, i) => {
    const structures = pick(STRANGERS, i)(bytes);
    const properties: Record<string, unknown> = { RSSI: variant('n', -40 - (i % 50)) };
    for (const { type, data } of structures) {
      const value = variant('ay', Buffer.from(data.subarray(2)));
      const id = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
      if (type === AD_MANUFACTURER_DATA) {
        properties['ManufacturerData'] = variant('a{qv}', { [id]: value });
      } else if (type === AD_SERVICE_DATA16) {
        properties['ServiceData'] = variant('a{sv}', { [uuidOf(id)]: value });
      } else if (type === AD_UUIDS16_COMPLETE) {
        properties['UUIDs'] = variant('as', [uuidOf(id), uuidOf(0x180f)]);
      }
    }
    return properties;
  });
}

/** What a till's scanner sends in a day, in about these shares. */
export function scanMix(): readonly Uint8Array[] {
  const bytes = bytesFrom(3);
  const text = (frame: string) => new TextEncoder().encode(frame);
  const products = ['4006381333931', ']E04006381333931', ']E05901234123457', ']E473513537'];
  const messages = [
    ']C1011231231231233310ABC123\u001d99TESTING',
    ']d2010952012345678817260101' + '10ABC\u001d21XYZ',
    ']e00112312312312333',
    ']Q301095201234567883103000189' + '10LOT7',
  ];
  return Array.from({ length: 200 }, (_, i) => {
    const turn = i % 10;
    if (turn < 5) return text(pick(products, i));
    if (turn < 7) return text(pick(messages, i));
    if (turn === 7) return text(`]C0${encodeOwnCard(bytes(8))}`);
    if (turn === 8) {
      const code = { codeId: bytes(8), minute: 29_000_000 + i, mac: bytes(8) };
      return text(
        i % 20 < 10 ? `]Q1${encodeRotatingCode(code)}` : `]Q1${encodeOwnCoupon(bytes(10))}`,
      );
    }
    return text(`]A0X-${String(i)}/LOYAL`);
  });
}

const uuidOf = (id: number) =>
  `0000${id.toString(16).padStart(4, '0')}-0000-1000-8000-00805f9b34fb`;

function pick<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}
