import { type Advert, decodeAdvert, decodeEddystone } from './advert.ts';
import { splitAdStructures } from './ad-structures.ts';
import { APPLE_COMPANY_ID, decodeIBeacon } from './ibeacon.ts';

/** Lengths of each Eddystone frame, by its first byte. */
const FRAME_LENGTHS: Readonly<Record<number, (length: number) => boolean>> = {
  0x00: (length) => length === 18 || length === 20,
  0x10: (length) => length >= 3 && length <= 20,
  0x20: (length) => length === 14,
  0x30: (length) => length === 10,
};

/**
 * An advert as people paste it: AD structures (`decodeAdvert`), and where the bytes cannot be those, the value of one
 * field as logs and data sheets give it: manufacturer data from Apple's company id on (`4c000215…`), or Eddystone's
 * service data without the UUID (`10f603…`).
 */
export function decodeBareAdvert(bytes: Uint8Array): Advert {
  const advert = decodeAdvert(bytes);
  if (advert.kind !== 'rejected' || beginsLikeAdStructures(bytes)) return advert;
  const bare = bareField(bytes);
  return bare === undefined || bare.kind === 'rejected' ? advert : bare;
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
