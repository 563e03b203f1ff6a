import { type Rejected, rejected } from '../rejected.ts';
import {
  AD_MANUFACTURER_DATA,
  AD_SERVICE_DATA16,
  AD_UUIDS128_COMPLETE,
  AD_UUIDS128_INCOMPLETE,
  splitAdStructures,
} from './ad-structures.ts';
import { type AltBeacon, decodeAltBeacon, hasAltBeaconCode } from './altbeacon.ts';
import { type Carrier, decodeCarrierList, decodeCarrierUuid, hasCarrierPrefix } from './carrier.ts';
import { type EddystoneEid, decodeEddystoneEid } from './eddystone-eid.ts';
import { type EddystoneEtlm, TLM_ENCRYPTED, decodeEddystoneEtlm } from './eddystone-etlm.ts';
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
import { APPLE_COMPANY_ID, IBEACON_TYPE, type IBeacon, decodeIBeacon } from './ibeacon.ts';

export type AdvertRejection =
  /** No bytes at all. */
  | 'empty'
  /** Well formed or not, of no format of ours. */
  | 'not-ours'
  /** The bytes end before the format does. */
  | 'truncated'
  /** They go on after it. */
  | 'too-long'
  /** iBeacon's own length byte is not 0x15. */
  | 'wrong-length'
  /** An Eddystone frame of another type. */
  | 'wrong-frame'
  /** Telemetry neither plain nor encrypted as we know it. */
  | 'unknown-version'
  /** Eddystone-URL: the byte for `https://` and the like, or one after it, has no meaning. */
  | 'unknown-scheme'
  | 'bad-character';
export type RejectedAdvert = Rejected<AdvertRejection>;

type EddystoneFrame = EddystoneUid | EddystoneUrl | EddystoneTlm | EddystoneEtlm | EddystoneEid;
/** What one of our formats says. */
export type Frame = IBeacon | AltBeacon | EddystoneFrame | Carrier;
export type Advert = Frame | RejectedAdvert;
/** Every frame of our formats in one advert, in its order; one rejection where there is none. */
export type Adverts = readonly [Frame, ...Frame[]] | readonly [RejectedAdvert];

/** An advert as BlueZ gives it: split by type, each value without its id. */
export interface BluezAdvert {
  /** Company id → bytes after it. */
  readonly manufacturerData?: Readonly<Record<number, Uint8Array>> | undefined;
  /** UUID in full, lower case → bytes after it. */
  readonly serviceData?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly uuids?: readonly string[] | undefined;
}

const EMPTY: Adverts = [rejected('empty', 0)];
const STRANGER: Adverts = [rejected('not-ours', 0)];

/** The frames of our formats among the AD structures of a payload. Of others nothing is made, copied or kept. */
export function decodeAdverts(payload: Uint8Array): Adverts {
  if (payload.length === 0) return EMPTY;
  const { structures, brokenAt } = splitAdStructures(payload, mayBeOurs);
  if (structures.length === 0) {
    return brokenAt === undefined ? STRANGER : [rejected('truncated', brokenAt)];
  }
  const found = new Found();
  for (const { type, data, dataAt } of structures) {
    if (type === AD_MANUFACTURER_DATA) {
      found.take(decodeManufacturerData(idAt(data, 0), data.subarray(2)), dataAt + 2);
    } else if (type === AD_SERVICE_DATA16) {
      found.take(decodeEddystone(data.subarray(2)), dataAt + 2);
    } else {
      for (const carrier of decodeCarrierList(data)) found.take(carrier, dataAt);
    }
  }
  return found.all() ?? STRANGER;
}

/** The first of `decodeAdverts`. */
export function decodeAdvert(payload: Uint8Array): Advert {
  return decodeAdverts(payload)[0];
}

/**
 * The frames of our formats in what BlueZ has split: Eddystone's service data, manufacturer data by company id, then
 * service UUIDs. Positions of rejections count within the one value.
 */
export function decodeBluezAdverts(advert: BluezAdvert): Adverts {
  const found = new Found();
  const eddystone = advert.serviceData?.[EDDYSTONE_SERVICE_UUID];
  if (eddystone !== undefined) found.take(decodeEddystone(eddystone), 0);
  for (const company in advert.manufacturerData) {
    const companyId = Number(company);
    const data = advert.manufacturerData[companyId];
    if (data === undefined) continue;
    if (companyId !== APPLE_COMPANY_ID && !hasAltBeaconCode(data, 0)) continue;
    found.take(decodeManufacturerData(companyId, data), 0);
  }
  for (const uuid of advert.uuids ?? []) {
    const carrier = decodeCarrierUuid(uuid);
    if (carrier !== undefined) found.take(carrier, 0);
  }
  return found.all() ?? STRANGER;
}

/** Whatever Eddystone frame the service data of 0xFEAA holds. */
export function decodeEddystone(serviceData: Uint8Array): EddystoneFrame | RejectedAdvert {
  switch (serviceData[0]) {
    case undefined:
      return rejected('truncated', 0);
    case FRAME_UID:
      return decodeEddystoneUid(serviceData);
    case FRAME_URL:
      return decodeEddystoneUrl(serviceData);
    case FRAME_TLM:
      return serviceData[1] === TLM_ENCRYPTED
        ? decodeEddystoneEtlm(serviceData)
        : decodeEddystoneTlm(serviceData);
    case FRAME_EID:
      return decodeEddystoneEid(serviceData);
    default:
      return rejected(isFindHub(serviceData[0]) ? 'not-ours' : 'wrong-frame', 0);
  }
}

/** AltBeacon of any company, or what Apple's own data holds. @param data - without the company id */
function decodeManufacturerData(companyId: number, data: Uint8Array): Advert {
  return hasAltBeaconCode(data, 0) ? decodeAltBeacon(companyId, data) : decodeIBeacon(data);
}

/** A few bytes decide about everybody who walks past, before anything is made of them. */
function mayBeOurs(type: number, payload: Uint8Array, dataAt: number, end: number): boolean {
  switch (type) {
    case AD_MANUFACTURER_DATA:
      if (end - dataAt < 3) return false;
      if (idAt(payload, dataAt) === APPLE_COMPANY_ID && payload[dataAt + 2] === IBEACON_TYPE) {
        return true;
      }
      return end - dataAt >= 4 && hasAltBeaconCode(payload, dataAt + 2);
    case AD_SERVICE_DATA16:
      if (end - dataAt < 2 || idAt(payload, dataAt) !== EDDYSTONE_SERVICE) return false;
      return end - dataAt === 2 || !isFindHub(payload[dataAt + 2]);
    case AD_UUIDS128_COMPLETE:
    case AD_UUIDS128_INCOMPLETE:
      for (let at = dataAt; at + 16 <= end; at += 16) {
        if (hasCarrierPrefix(payload, at)) return true;
      }
      return false;
    default:
      return false;
  }
}

function isFindHub(frame: number | undefined): boolean {
  return frame === FRAME_FIND_HUB || frame === FRAME_FIND_HUB_SEPARATED;
}

function idAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Collects frames, and the first rejection for when there is none. */
class Found {
  #frames: [Frame, ...Frame[]] | undefined;
  #rejection: RejectedAdvert | undefined;

  /** @param by - where the value lies, for the position of a rejection */
  take(advert: Advert, by: number): void {
    if (advert.kind === 'rejected') this.#rejection ??= { ...advert, at: advert.at + by };
    else if (this.#frames === undefined) this.#frames = [advert];
    else this.#frames.push(advert);
  }

  all(): Adverts | undefined {
    if (this.#frames !== undefined) return this.#frames;
    return this.#rejection && [this.#rejection];
  }
}
