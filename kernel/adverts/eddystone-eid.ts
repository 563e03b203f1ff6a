import { type Rejected, rejected } from '../rejected.ts';
import { FRAME_EID, eddystonePayload } from './eddystone-frame.ts';
import { exactly, viewOf, within } from './layout.ts';

/** Of the service data: frame type, power, 8 bytes of token. */
export const EID_LENGTH = 10;

export interface EddystoneEid {
  readonly kind: 'eddystone-eid';
  /** Power at 0 m. */
  readonly txPowerDbm: number;
  /** The token: 8 bytes that only their resolver can tie to anybody. */
  readonly eid: Uint8Array;
}
export type EddystoneEidAdvert = EddystoneEid | Rejected<'wrong-frame' | 'truncated' | 'too-long'>;

/** Eddystone-EID from service data. Source: google/eddystone, eddystone-eid/README.md. */
export function decodeEddystoneEid(serviceData: Uint8Array): EddystoneEidAdvert {
  if (serviceData[0] !== FRAME_EID) return rejected('wrong-frame', 0);
  if (serviceData.length < EID_LENGTH) return rejected('truncated', serviceData.length);
  if (serviceData.length > EID_LENGTH) return rejected('too-long', EID_LENGTH);
  return {
    kind: 'eddystone-eid',
    txPowerDbm: viewOf(serviceData).getInt8(1),
    eid: serviceData.slice(2, EID_LENGTH),
  };
}

/** The whole advertising payload, 21 bytes. @throws {RangeError} if a part is out of its range */
export function encodeEddystoneEid(advert: Omit<EddystoneEid, 'kind'>): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(EID_LENGTH);
  frame[0] = FRAME_EID;
  viewOf(frame).setInt8(1, within('txPowerDbm', advert.txPowerDbm, -128, 127));
  frame.set(exactly('eid', advert.eid, 8), 2);
  return eddystonePayload(frame);
}
