import {
  AD_SERVICE_DATA16,
  AD_UUIDS16_COMPLETE,
  BEACON_FLAGS,
  joinAdStructures,
} from './ad-structures.ts';

/** The 16-bit service of every Eddystone frame, and the form in which BlueZ names it. */
export const EDDYSTONE_SERVICE = 0xfeaa;
export const EDDYSTONE_SERVICE_UUID = '0000feaa-0000-1000-8000-00805f9b34fb';

/** First byte of the service data. */
export const FRAME_UID = 0x00;
export const FRAME_URL = 0x10;
export const FRAME_TLM = 0x20;
export const FRAME_EID = 0x30;
/** Google's Find Hub tags share the service: somebody's keys, never to be looked at. */
export const FRAME_FIND_HUB = 0x40;
export const FRAME_FIND_HUB_SEPARATED = 0x41;

/** The whole advertising payload around one Eddystone frame: flags, service list, service data. */
export function eddystonePayload(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const service = [EDDYSTONE_SERVICE & 0xff, EDDYSTONE_SERVICE >> 8];
  return joinAdStructures([
    BEACON_FLAGS,
    { type: AD_UUIDS16_COMPLETE, data: Uint8Array.from(service) },
    { type: AD_SERVICE_DATA16, data: Uint8Array.from([...service, ...frame]) },
  ]);
}
