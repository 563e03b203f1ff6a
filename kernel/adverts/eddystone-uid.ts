import { type Rejected, rejected } from '../rejected.ts';
import { FRAME_UID, eddystonePayload } from './eddystone-frame.ts';
import { exactly, viewOf, within } from './layout.ts';

/** Older beacons leave out the two reserved bytes at the end. */
const SHORTEST = 18;
const LENGTH = 20;

export interface EddystoneUid {
  readonly kind: 'eddystone-uid';
  /** Power at 0 m; 41 less at 1 m. */
  readonly txPowerDbm: number;
  /** 10 bytes. */
  readonly namespace: Uint8Array;
  /** 6 bytes. */
  readonly instance: Uint8Array;
}
export type EddystoneUidAdvert = EddystoneUid | Rejected<'wrong-frame' | 'truncated' | 'too-long'>;

/** Eddystone-UID from service data, of 20 bytes or 18. Source: google/eddystone, eddystone-uid/README.md. */
export function decodeEddystoneUid(serviceData: Uint8Array): EddystoneUidAdvert {
  if (serviceData[0] !== FRAME_UID) return rejected('wrong-frame', 0);
  const { length } = serviceData;
  if (length !== SHORTEST && length < LENGTH) return rejected('truncated', length);
  if (length > LENGTH) return rejected('too-long', LENGTH);
  return {
    kind: 'eddystone-uid',
    txPowerDbm: viewOf(serviceData).getInt8(1),
    namespace: serviceData.slice(2, 12),
    instance: serviceData.slice(12, 18),
  };
}

/** @throws {RangeError} if a part is out of its range */
export function encodeEddystoneUid(uid: Omit<EddystoneUid, 'kind'>): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(LENGTH);
  frame[0] = FRAME_UID;
  viewOf(frame).setInt8(1, within('txPowerDbm', uid.txPowerDbm, -128, 127));
  frame.set(exactly('namespace', uid.namespace, 10), 2);
  frame.set(exactly('instance', uid.instance, 6), 12);
  return eddystonePayload(frame);
}
