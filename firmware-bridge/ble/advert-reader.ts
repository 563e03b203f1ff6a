import { type Adverts, type BluezAdvert, decodeBluezAdverts } from '../../kernel/adverts/advert.ts';
import { hasAltBeaconCode } from '../../kernel/adverts/altbeacon.ts';
import { carriedToken } from '../../kernel/adverts/carried-token.ts';
import {
  EDDYSTONE_SERVICE_UUID,
  FRAME_TLM,
  FRAME_UID,
} from '../../kernel/adverts/eddystone-frame.ts';
import { APPLE_COMPANY_ID, IBEACON_TYPE } from '../../kernel/adverts/ibeacon.ts';
import type { TokenSighting } from '../../kernel/protocol/sighting-batch.ts';
import type { MonotonicClock } from '../source.ts';
import type { DeviceProperties } from './bluez.ts';

export type TokenHeard = Pick<TokenSighting, 'carrier' | 'token' | 'rssiDbm'>;

/** Device objects whose carrier is remembered, at most; the one heard longest ago makes room. */
const REMEMBERED = 256;
/** Unheard for longer it is forgotten, whatever BlueZ keeps (duty-13). */
const REMEMBERED_MS = 60_000;

/**
 * Finds our tokens in what BlueZ tells of its device objects. Anything else leaves nothing behind here.
 *
 * BlueZ tells a service UUID once per device object, in order of arrival, and afterwards only the strength. So the
 * carrier of a phone that stands still is remembered for as long as BlueZ keeps the object and it is heard, and no longer.
 */
export class AdvertReader {
  readonly #clock: MonotonicClock;
  /** The one heard longest ago first. */
  readonly #carriers = new Map<
    string,
    { readonly token: Uint8Array; readonly heardAtMs: number }
  >();

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** @param path - of the device object */
  read(path: string, properties: DeviceProperties): TokenHeard | undefined {
    const eddystone = bytesOf(entry(valueOf(properties['ServiceData']), EDDYSTONE_SERVICE_UUID));
    const eid = carriedToken(eddystone, undefined);
    if (eid !== undefined) {
      // A copy: of a Buffer, `slice` would be a view, and keep the whole message.
      const token = Uint8Array.from(eid.token);
      return { carrier: 'eid', token, rssiDbm: strengthOf(properties) };
    }
    const token = this.#carrierOf(path, valueOf(properties['UUIDs']), properties);
    return token && { carrier: 'uuid128', token, rssiDbm: strengthOf(properties) };
  }

  forget(path: string): void {
    this.#carriers.delete(path);
  }

  /** Call it every few seconds: nobody whom no radio hears stays in memory. */
  forgetSilent(): void {
    const before = this.#clock() - REMEMBERED_MS;
    for (const [path, { heardAtMs }] of this.#carriers) {
      if (heardAtMs >= before) return;
      this.#carriers.delete(path);
    }
  }

  forgetAll(): void {
    this.#carriers.clear();
  }

  #carrierOf(path: string, uuids: unknown, properties: DeviceProperties): Uint8Array | undefined {
    if (Array.isArray(uuids)) {
      const token = carriedToken(undefined, uuids as string[])?.token;
      if (token !== undefined) this.#remember(path, token);
      return token;
    }
    if (this.#carriers.size === 0 || !('RSSI' in properties)) return undefined;
    const token = this.#carriers.get(path)?.token;
    if (token !== undefined) this.#remember(path, token);
    return token;
  }

  #remember(path: string, token: Uint8Array): void {
    this.#carriers.delete(path);
    this.#carriers.set(path, { token, heardAtMs: this.#clock() });
    if (this.#carriers.size <= REMEMBERED) return;
    const oldest = this.#carriers.keys().next();
    if (oldest.done !== true) this.#carriers.delete(oldest.value);
  }
}

/**
 * Frames that may be of a beacon that the shop lists, or its telemetry; undefined where the first bytes say that there are
 * none, as with nearly everybody who walks past.
 */
export function beaconFrames(properties: DeviceProperties): Adverts | undefined {
  let advert: BluezAdvert | undefined;
  const eddystone = bytesOf(entry(valueOf(properties['ServiceData']), EDDYSTONE_SERVICE_UUID));
  if (eddystone?.[0] === FRAME_UID || eddystone?.[0] === FRAME_TLM) {
    advert = { serviceData: { [EDDYSTONE_SERVICE_UUID]: eddystone } };
  }
  const makers = valueOf(properties['ManufacturerData']);
  if (typeof makers !== 'object' || makers === null) return advert && decodeBluezAdverts(advert);
  for (const [company, variant] of Object.entries(makers)) {
    const data = bytesOf(variant);
    if (data === undefined) continue;
    const isIBeacon = Number(company) === APPLE_COMPANY_ID && data[0] === IBEACON_TYPE;
    if (!isIBeacon && !hasAltBeaconCode(data, 0)) continue;
    advert = { ...advert, manufacturerData: { ...advert?.manufacturerData, [company]: data } };
  }
  return advert && decodeBluezAdverts(advert);
}

/** dBm, below 0; undefined for 127 (BlueZ: not known), 0 (no such strength) and silence. */
function strengthOf(properties: DeviceProperties): number | undefined {
  const rssi = valueOf(properties['RSSI']);
  return typeof rssi === 'number' && rssi < 0 && rssi >= -127 ? rssi : undefined;
}

function valueOf(variant: unknown): unknown {
  return typeof variant === 'object' && variant !== null
    ? (variant as { value?: unknown }).value
    : undefined;
}

function entry(dictionary: unknown, key: string): unknown {
  return typeof dictionary === 'object' && dictionary !== null
    ? (dictionary as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function bytesOf(variant: unknown): Uint8Array | undefined {
  const value = valueOf(variant);
  return value instanceof Uint8Array ? value : undefined;
}
