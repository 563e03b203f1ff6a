import { type Rejected, rejected } from '../rejected.ts';
import {
  AD_MANUFACTURER_DATA,
  AD_SERVICE_DATA16,
  AD_UUIDS128_COMPLETE,
  AD_UUIDS128_INCOMPLETE,
  type PlacedAdStructure,
  splitAdStructures,
} from './ad-structures.ts';
import { type Carrier, decodeCarrierList, decodeCarrierUuid } from './carrier.ts';
import { type EddystoneEid, decodeEddystoneEid } from './eddystone-eid.ts';
import {
  EDDYSTONE_SERVICE,
  EDDYSTONE_SERVICE_UUID,
  FRAME_EID,
  FRAME_FIND_HUB,
  FRAME_FIND_HUB_SEPARATED,
  FRAME_TLM,
  FRAME_UID,
  FRAME_URL,
} from './eddystone-frame.ts';
import { type EddystoneTlm, decodeEddystoneTlm } from './eddystone-tlm.ts';
import { type EddystoneUid, decodeEddystoneUid } from './eddystone-uid.ts';
import { type EddystoneUrl, decodeEddystoneUrl } from './eddystone-url.ts';
import { APPLE_COMPANY_ID, type IBeacon, decodeIBeacon } from './ibeacon.ts';

export type AdvertRejection =
  /** No bytes at all. */
  | 'empty'
  /** Well formed or not, of no format of ours. */
  | 'not-ours'
  /** The bytes end before the format does. */
  | 'truncated'
  /** iBeacon's own length byte is not 0x15. */
  | 'wrong-length'
  /** An Eddystone frame of another type. */
  | 'wrong-frame'
  /** Telemetry that is not plain. */
  | 'unknown-version'
  /** Eddystone-URL: the byte for `https://` and the like, or one after it, has no meaning. */
  | 'unknown-scheme'
  | 'bad-character';
export type RejectedAdvert = Rejected<AdvertRejection>;

export type Advert =
  IBeacon | EddystoneUid | EddystoneUrl | EddystoneTlm | EddystoneEid | Carrier | RejectedAdvert;

/** An advert as BlueZ gives it: split by type, each value without its id. */
export interface BluezAdvert {
  /** Company id → bytes after it. */
  readonly manufacturerData?: Readonly<Record<number, Uint8Array>> | undefined;
  /** UUID in full, lower case → bytes after it. */
  readonly serviceData?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly uuids?: readonly string[] | undefined;
}

/** The first of our formats among the AD structures of a payload. */
export function decodeAdvert(payload: Uint8Array): Advert {
  if (payload.length === 0) return rejected('empty', 0);
  const { structures, brokenAt } = splitAdStructures(payload);
  let first: RejectedAdvert | undefined;
  for (const structure of structures) {
    const advert = decodeStructure(structure);
    if (advert === undefined) continue;
    if (advert.kind !== 'rejected') return advert;
    first ??= advert;
  }
  if (first !== undefined) return first;
  return brokenAt === undefined ? rejected('not-ours', 0) : rejected('truncated', brokenAt);
}

/** The first of our formats in Eddystone's service data, Apple's manufacturer data, then the service UUIDs. */
export function decodeBluezAdvert(advert: BluezAdvert): Advert {
  const eddystone = advert.serviceData?.[EDDYSTONE_SERVICE_UUID];
  const apple = advert.manufacturerData?.[APPLE_COMPANY_ID];
  const fromService = eddystone && decodeEddystone(eddystone);
  if (fromService !== undefined && fromService.kind !== 'rejected') return fromService;
  const fromApple = apple && decodeIBeacon(apple);
  if (fromApple !== undefined && fromApple.kind !== 'rejected') return fromApple;
  for (const uuid of advert.uuids ?? []) {
    const carrier = decodeCarrierUuid(uuid);
    if (carrier !== undefined) return carrier;
  }
  return fromService ?? fromApple ?? rejected('not-ours', 0);
}

/** Whatever Eddystone frame the service data of 0xFEAA holds. */
export function decodeEddystone(
  serviceData: Uint8Array,
): EddystoneUid | EddystoneUrl | EddystoneTlm | EddystoneEid | RejectedAdvert {
  switch (serviceData[0]) {
    case undefined:
      return rejected('truncated', 0);
    case FRAME_UID:
      return decodeEddystoneUid(serviceData);
    case FRAME_URL:
      return decodeEddystoneUrl(serviceData);
    case FRAME_TLM:
      return decodeEddystoneTlm(serviceData);
    case FRAME_EID:
      return decodeEddystoneEid(serviceData);
    case FRAME_FIND_HUB:
    case FRAME_FIND_HUB_SEPARATED:
      return rejected('not-ours', 0);
    default:
      return rejected('wrong-frame', 0);
  }
}

/** Undefined for a structure that is none of our business. */
function decodeStructure({ type, data, dataAt }: PlacedAdStructure): Advert | undefined {
  switch (type) {
    case AD_MANUFACTURER_DATA:
      if (idOf(data) !== APPLE_COMPANY_ID) return undefined;
      return shifted(decodeIBeacon(data.subarray(2)), dataAt + 2);
    case AD_SERVICE_DATA16:
      if (idOf(data) !== EDDYSTONE_SERVICE) return undefined;
      return shifted(decodeEddystone(data.subarray(2)), dataAt + 2);
    case AD_UUIDS128_COMPLETE:
    case AD_UUIDS128_INCOMPLETE:
      return decodeCarrierList(data);
    default:
      return undefined;
  }
}

function idOf(data: Uint8Array): number | undefined {
  const [low, high] = data;
  return low === undefined || high === undefined ? undefined : low | (high << 8);
}

/** A rejection's position, counted from the start of the payload. */
function shifted(advert: Advert, by: number): Advert {
  return advert.kind === 'rejected' ? { ...advert, at: advert.at + by } : advert;
}
