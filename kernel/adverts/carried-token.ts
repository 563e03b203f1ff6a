import { decodeCarrierUuid } from './carrier.ts';
import { FRAME_EID } from './eddystone-frame.ts';

/**
 * The 8-byte token in an advert, or undefined: the first look at everybody who walks past, so it must cost a stranger
 * next to nothing and leave nothing behind. A view on `eddystone` where the token came from there: copy it to keep it.
 * @param eddystone - service data of `EDDYSTONE_SERVICE_UUID`, without the UUID
 * @param uuids - service UUIDs as BlueZ writes them
 */
export function carriedToken(
  eddystone: Uint8Array | undefined,
  uuids: readonly string[] | undefined,
): Uint8Array | undefined {
  if (eddystone?.[0] === FRAME_EID && eddystone.length >= 10) return eddystone.subarray(2, 10);
  if (uuids === undefined) return undefined;
  for (const uuid of uuids) {
    const carrier = decodeCarrierUuid(uuid);
    if (carrier !== undefined) return carrier.token;
  }
  return undefined;
}
