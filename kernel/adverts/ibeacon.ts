import { toUuid } from '../hex.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { AD_MANUFACTURER_DATA, BEACON_FLAGS, joinAdStructures } from './ad-structures.ts';
import { uuidBytes, viewOf, within } from './layout.ts';

/** Apple's company identifier, under which iBeacon lies in manufacturer data. */
export const APPLE_COMPANY_ID = 0x004c;

/** Of all that lies there, an iBeacon begins with this byte. */
export const IBEACON_TYPE = 0x02;
const LENGTH = 0x15;

export interface IBeacon {
  readonly kind: 'ibeacon';
  /** Lower case, with hyphens. */
  readonly uuid: string;
  readonly major: number;
  readonly minor: number;
  /** Calibrated power at 1 m; undefined where the byte is positive, which no power at 1 m is. */
  readonly measuredPowerDbm: number | undefined;
  /** The byte as sent, 0 to 255. */
  readonly measuredPowerByte: number;
  /**
   * 1 to 100: a positive byte of that size, which some makers use for the charge. Apple's specification has no such
   * field; it wants a power there, so there are never both.
   */
  readonly batteryPercent?: number;
}
export type IBeaconAdvert = IBeacon | Rejected<'not-ours' | 'wrong-length' | 'truncated'>;

/**
 * iBeacon, big-endian.
 * @param data - manufacturer data of company 0x004C, without the company id
 * Source: Apple, Proximity Beacon Specification R1.
 */
export function decodeIBeacon(data: Uint8Array): IBeaconAdvert {
  if (data[0] !== IBEACON_TYPE) return rejected('not-ours', 0);
  if (data.length > 1 && data[1] !== LENGTH) return rejected('wrong-length', 1);
  if (data.length < 2 + LENGTH) return rejected('truncated', data.length);
  const view = viewOf(data);
  const power = view.getInt8(22);
  return {
    kind: 'ibeacon',
    uuid: toUuid(data.subarray(2, 18)),
    major: view.getUint16(18),
    minor: view.getUint16(20),
    measuredPowerDbm: power > 0 ? undefined : power,
    measuredPowerByte: view.getUint8(22),
    ...(power > 0 && power <= 100 && { batteryPercent: power }),
  };
}

/**
 * The whole advertising payload of an iBeacon, 30 bytes.
 * @throws {RangeError} if `uuid` is none, or a number is out of its range
 */
export function encodeIBeacon(
  beacon: Pick<IBeacon, 'uuid' | 'major' | 'minor'> & { readonly measuredPowerDbm: number },
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(25);
  const view = viewOf(data);
  view.setUint16(0, APPLE_COMPANY_ID, true);
  data.set([IBEACON_TYPE, LENGTH], 2);
  data.set(uuidBytes('uuid', beacon.uuid), 4);
  view.setUint16(20, within('major', beacon.major, 0, 0xffff));
  view.setUint16(22, within('minor', beacon.minor, 0, 0xffff));
  view.setInt8(24, within('measuredPowerDbm', beacon.measuredPowerDbm, -128, 0));
  return joinAdStructures([BEACON_FLAGS, { type: AD_MANUFACTURER_DATA, data }]);
}
