import type { Advert } from './advert.ts';
import { decodeCarrierUuid } from './carrier.ts';
import { EID_LENGTH } from './eddystone-eid.ts';
import { FRAME_EID } from './eddystone-frame.ts';

export interface CarriedToken {
  readonly carrier: 'eid' | 'uuid128';
  /** 8 bytes; of an EID a view on the service data, so copy it to keep it. */
  readonly token: Uint8Array;
}

/**
 * The token in an advert, or undefined: the first look at everybody who walks past, so it must cost a stranger next
 * to nothing and leave nothing behind.
 * @param eddystone - service data of `EDDYSTONE_SERVICE_UUID`, without the UUID
 * @param uuids - service UUIDs as BlueZ writes them, the newest last: a phone that changed its token and kept its
 * address has both, and the newest counts
 */
export function carriedToken(
  eddystone: Uint8Array | undefined,
  uuids: readonly string[] | undefined,
): CarriedToken | undefined {
  if (eddystone?.[0] === FRAME_EID && eddystone.length === EID_LENGTH) {
    return { carrier: 'eid', token: eddystone.subarray(2, EID_LENGTH) };
  }
  if (uuids === undefined) return undefined;
  for (let i = uuids.length - 1; i >= 0; i -= 1) {
    const carrier = decodeCarrierUuid(uuids[i] ?? '');
    if (carrier !== undefined) return { carrier: 'uuid128', token: carrier.token };
  }
  return undefined;
}

/** The token in a decoded frame, 8 bytes of its own; undefined where the frame carries none. */
export function tokenOfFrame(frame: Advert): CarriedToken | undefined {
  if (frame.kind === 'eddystone-eid') return { carrier: 'eid', token: frame.eid };
  if (frame.kind === 'carrier') return { carrier: 'uuid128', token: frame.token };
  return undefined;
}
