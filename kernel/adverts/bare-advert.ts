import { type Advert, type Adverts, decodeAdverts, decodeEddystone } from './advert.ts';
import { splitAdStructures } from './ad-structures.ts';
import { decodeAltBeacon, hasAltBeaconCode } from './altbeacon.ts';
import { APPLE_COMPANY_ID, decodeIBeacon } from './ibeacon.ts';

/** Lengths of each Eddystone frame, by its first byte. */
const FRAME_LENGTHS: Readonly<Record<number, (length: number) => boolean>> = {
  0x00: (length) => length === 18 || length === 20,
  0x10: (length) => length >= 3 && length <= 20,
  0x20: (length) => length === 14 || length === 18,
  0x30: (length) => length === 10,
};

/**
 * An advert as people paste it: AD structures (`decodeAdverts`), and where the bytes cannot be those, the value of one
 * field as logs and data sheets give it: manufacturer data from the company id on (`4c000215…`, or
 * AltBeacon's `1801beac…`), or Eddystone's
 * service data without the UUID (`10f603…`).
 */
export function decodeBareAdverts(bytes: Uint8Array): Adverts {
  const adverts = decodeAdverts(bytes);
  if (adverts[0].kind !== 'rejected') return adverts;
  const bare =
    bareAltBeacon(bytes) ?? (beginsLikeAdStructures(bytes) ? undefined : bareField(bytes));
  return bare === undefined || bare.kind === 'rejected' ? adverts : [bare];
}

/** Its code is plain enough, although the id of some companies reads like a length and a type. */
function bareAltBeacon(bytes: Uint8Array): Advert | undefined {
  const [low = 0, high = 0] = bytes;
  const isOne = hasAltBeaconCode(bytes, 2) && (bytes.length === 25 || bytes.length === 26);
  return isOne ? decodeAltBeacon(low | (high << 8), bytes.subarray(2)) : undefined;
}

function bareField(bytes: Uint8Array): Advert | undefined {
  const first = bytes[0] ?? 0;
  if (first === APPLE_COMPANY_ID && bytes[1] === 0 && bytes.length === 25) {
    return decodeIBeacon(bytes.subarray(2));
  }
  const fits = FRAME_LENGTHS[first]?.(bytes.length) ?? false;
  const isPadding = bytes.every((byte) => byte === 0);
  return fits && !isPadding ? decodeEddystone(bytes) : undefined;
}

/** A first structure that is whole and of a type that the Assigned Numbers (section 2.3) know. */
function beginsLikeAdStructures(bytes: Uint8Array): boolean {
  const type = splitAdStructures(bytes).structures[0]?.type;
  return type !== undefined && ((type >= 0x01 && type <= 0x3d) || type === 0xff);
}
