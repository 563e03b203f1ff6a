import { toUuid } from '../hex.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { AD_MANUFACTURER_DATA, BEACON_FLAGS, joinAdStructures } from './ad-structures.ts';
import { uuidBytes, viewOf, within } from './layout.ts';

/** The beacon code, big-endian, right behind the company id. */
const CODE_HIGH = 0xbe;
const CODE_LOW = 0xac;
/** Without the company id. Older beacons leave out the maker's byte at the end. */
const LENGTH = 24;
const SHORTEST = 23;

export interface AltBeacon {
  readonly kind: 'altbeacon';
  /** The maker's Bluetooth company identifier: any. */
  readonly companyId: number;
  /** The beacon id, 20 bytes, in its usual three parts: a UUID, lower case with hyphens, and two numbers. */
  readonly id1: string;
  readonly id2: number;
  readonly id3: number;
  /** Strength at 1 m; undefined where the byte is positive, which no strength at 1 m is. */
  readonly referenceRssiDbm: number | undefined;
  /** The maker's own byte; 0 where the beacon leaves it out. */
  readonly mfgReserved: number;
}
export type AltBeaconAdvert = AltBeacon | Rejected<'not-ours' | 'truncated' | 'too-long'>;

/** Whether the two bytes at `at` are AltBeacon's code: all that a stranger's manufacturer data is looked at for. */
export function hasAltBeaconCode(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === CODE_HIGH && bytes[at + 1] === CODE_LOW;
}

/**
 * AltBeacon, big-endian, of any company.
 * @param data - manufacturer data of `companyId`, without the company id
 * Source: AltBeacon Protocol Specification v1.0, section "AltBeacon Advertisement".
 */
export function decodeAltBeacon(companyId: number, data: Uint8Array): AltBeaconAdvert {
  if (!hasAltBeaconCode(data, 0)) return rejected('not-ours', 0);
  if (data.length < SHORTEST) return rejected('truncated', data.length);
  if (data.length > LENGTH) return rejected('too-long', LENGTH);
  const view = viewOf(data);
  const rssi = view.getInt8(22);
  return {
    kind: 'altbeacon',
    companyId,
    id1: toUuid(data.subarray(2, 18)),
    id2: view.getUint16(18),
    id3: view.getUint16(20),
    referenceRssiDbm: rssi > 0 ? undefined : rssi,
    mfgReserved: data[23] ?? 0,
  };
}

/** The whole advertising payload, 31 bytes. @throws {RangeError} if a part is out of its range */
export function encodeAltBeacon(
  beacon: Omit<AltBeacon, 'kind' | 'referenceRssiDbm'> & { readonly referenceRssiDbm: number },
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(2 + LENGTH);
  const view = viewOf(data);
  view.setUint16(0, within('companyId', beacon.companyId, 0, 0xffff), true);
  data.set([CODE_HIGH, CODE_LOW], 2);
  data.set(uuidBytes('id1', beacon.id1), 4);
  view.setUint16(20, within('id2', beacon.id2, 0, 0xffff));
  view.setUint16(22, within('id3', beacon.id3, 0, 0xffff));
  view.setInt8(24, within('referenceRssiDbm', beacon.referenceRssiDbm, -128, 0));
  view.setUint8(25, within('mfgReserved', beacon.mfgReserved, 0, 0xff));
  return joinAdStructures([BEACON_FLAGS, { type: AD_MANUFACTURER_DATA, data }]);
}
