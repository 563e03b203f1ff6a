import { fromHex, toHex } from '../hex.ts';
import { AD_UUIDS128_COMPLETE, BEACON_FLAGS, joinAdStructures } from './ad-structures.ts';
import { exactly } from './layout.ts';

/** "SOGL": the first four bytes of every service UUID that carries a token. */
const PREFIX = '534f474c';
const CARRIER_UUID = /^534f474c-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_BYTES = 16;

/** A token inside a 128-bit service UUID: all that an iOS app in the foreground may advertise. */
export interface Carrier {
  readonly kind: 'carrier';
  /** 8 bytes, as in Eddystone-EID. */
  readonly token: Uint8Array;
  /** 4 bytes, the same for everybody at any one time, so that they tell nobody apart. */
  readonly flags: Uint8Array;
}

/** Our carrier in one UUID as BlueZ writes it; undefined for anybody else's. */
export function decodeCarrierUuid(uuid: string): Carrier | undefined {
  if (!CARRIER_UUID.test(uuid)) return undefined;
  const bytes = fromHex(uuid.replaceAll('-', ''));
  if (bytes === undefined) return undefined;
  return { kind: 'carrier', token: bytes.slice(4, 12), flags: bytes.slice(12) };
}

/** Our carriers in an AD list of 128-bit UUIDs, each little-endian; half a UUID at the end is nothing. */
export function decodeCarrierList(data: Uint8Array): readonly Carrier[] {
  const carriers: Carrier[] = [];
  for (let at = 0; at + UUID_BYTES <= data.length; at += UUID_BYTES) {
    if (!hasCarrierPrefix(data, at)) continue;
    const bytes = data.slice(at, at + UUID_BYTES).reverse();
    carriers.push({ kind: 'carrier', token: bytes.slice(4, 12), flags: bytes.slice(12) });
  }
  return carriers;
}

/** Whether the little-endian UUID at `at` begins, on air at its end, with our prefix. */
export function hasCarrierPrefix(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 15] === 0x53 &&
    bytes[at + 14] === 0x4f &&
    bytes[at + 13] === 0x47 &&
    bytes[at + 12] === 0x4c
  );
}

/** @throws {RangeError} unless the token has 8 bytes and the flags 4 */
export function carrierUuid(carrier: Omit<Carrier, 'kind'>): string {
  const token = toHex(exactly('token', carrier.token, 8));
  const flags = toHex(exactly('flags', carrier.flags, 4));
  return `${PREFIX}-${token.slice(0, 4)}-${token.slice(4, 8)}-${token.slice(8, 12)}-${token.slice(12)}${flags}`;
}

/** The whole advertising payload, 21 bytes. @throws {RangeError} as `carrierUuid` */
export function encodeCarrier(carrier: Omit<Carrier, 'kind'>): Uint8Array<ArrayBuffer> {
  const uuid = fromHex(carrierUuid(carrier).replaceAll('-', '')) ?? new Uint8Array();
  return joinAdStructures([BEACON_FLAGS, { type: AD_UUIDS128_COMPLETE, data: uuid.reverse() }]);
}
