import { fromHex, toHex } from '../hex.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { AD_MANUFACTURER_DATA, BEACON_FLAGS, joinAdStructures } from './ad-structures.ts';
import { viewOf, within } from './layout.ts';

/** Apple's company identifier, under which iBeacon lies in manufacturer data. */
export const APPLE_COMPANY_ID = 0x004c;

const TYPE = 0x02;
const LENGTH = 0x15;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface IBeacon {
  readonly kind: 'ibeacon';
  /** Lower case, with hyphens. */
  readonly uuid: string;
  readonly major: number;
  readonly minor: number;
  /** Calibrated power at 1 m; undefined where the byte is positive, which no power at 1 m is. */
  readonly measuredPowerDbm: number | undefined;
  /** The byte as sent, 0 to 255: some makers put the battery there. */
  readonly measuredPowerByte: number;
}
export type IBeaconAdvert = IBeacon | Rejected<'not-ours' | 'wrong-length' | 'truncated'>;

/**
 * iBeacon, big-endian.
 * @param data - manufacturer data of company 0x004C, without the company id
 * Source: Apple, Proximity Beacon Specification R1.
 */
export function decodeIBeacon(data: Uint8Array): IBeaconAdvert {
  if (data[0] !== TYPE) return rejected('not-ours', 0);
  if (data.length > 1 && data[1] !== LENGTH) return rejected('wrong-length', 1);
  if (data.length < 2 + LENGTH) return rejected('truncated', data.length);
  const view = viewOf(data);
  const power = view.getInt8(22);
  return {
    kind: 'ibeacon',
    uuid: toHex(data.subarray(2, 18)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    major: view.getUint16(18),
    minor: view.getUint16(20),
    measuredPowerDbm: power > 0 ? undefined : power,
    measuredPowerByte: view.getUint8(22),
  };
}

/**
 * The whole advertising payload of an iBeacon, 30 bytes.
 * @throws {RangeError} if `uuid` is none, or a number is out of its range
 */
export function encodeIBeacon(
  beacon: Pick<IBeacon, 'uuid' | 'major' | 'minor'> & { readonly measuredPowerDbm: number },
): Uint8Array<ArrayBuffer> {
  const uuid = UUID.test(beacon.uuid) ? fromHex(beacon.uuid.replaceAll('-', '')) : undefined;
  if (uuid === undefined) throw new RangeError(`uuid is ${beacon.uuid}`);
  const data = new Uint8Array(25);
  const view = viewOf(data);
  view.setUint16(0, APPLE_COMPANY_ID, true);
  data.set([TYPE, LENGTH], 2);
  data.set(uuid, 4);
  view.setUint16(20, within('major', beacon.major, 0, 0xffff));
  view.setUint16(22, within('minor', beacon.minor, 0, 0xffff));
  view.setInt8(24, within('measuredPowerDbm', beacon.measuredPowerDbm, -128, 0));
  return joinAdStructures([BEACON_FLAGS, { type: AD_MANUFACTURER_DATA, data }]);
}
