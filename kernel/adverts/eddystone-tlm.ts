import { type Rejected, rejected } from '../rejected.ts';
import { FRAME_TLM, eddystonePayload } from './eddystone-frame.ts';
import { viewOf, within } from './layout.ts';

const PLAIN = 0x00;
const LENGTH = 14;
const NO_TEMPERATURE = -0x8000;

export interface EddystoneTlm {
  readonly kind: 'eddystone-tlm';
  readonly batteryMv: number | undefined;
  /** In steps of 1/256 °C. */
  readonly temperatureC: number | undefined;
  /** Since power-up, as the next. */
  readonly advertCount: number;
  readonly uptimeMs: number;
}
export type EddystoneTlmAdvert =
  EddystoneTlm | Rejected<'wrong-frame' | 'truncated' | 'unknown-version' | 'too-long'>;

/**
 * Eddystone plain telemetry, big-endian, from service data. It names no beacon: tie it to one by the sender's address.
 * Source: google/eddystone, eddystone-tlm/tlm-plain.md.
 */
export function decodeEddystoneTlm(serviceData: Uint8Array): EddystoneTlmAdvert {
  if (serviceData[0] !== FRAME_TLM) return rejected('wrong-frame', 0);
  if (serviceData.length > 1 && serviceData[1] !== PLAIN) return rejected('unknown-version', 1);
  if (serviceData.length < LENGTH) return rejected('truncated', serviceData.length);
  if (serviceData.length > LENGTH) return rejected('too-long', LENGTH);
  const view = viewOf(serviceData);
  const temperature = view.getInt16(4); // 8.8 fixed point; 0x8000 is "not supported"
  return {
    kind: 'eddystone-tlm',
    batteryMv: view.getUint16(2) || undefined, // 0 is "not supported", e.g. on USB power
    temperatureC: temperature === NO_TEMPERATURE ? undefined : temperature / 256,
    advertCount: view.getUint32(6),
    uptimeMs: view.getUint32(10) * 100,
  };
}

/** @throws {RangeError} if a number is out of its range; the uptime is rounded down to 100 ms */
export function encodeEddystoneTlm(tlm: Omit<EddystoneTlm, 'kind'>): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(LENGTH);
  const view = viewOf(frame);
  const temperature =
    tlm.temperatureC === undefined ? NO_TEMPERATURE : Math.round(tlm.temperatureC * 256);
  frame[0] = FRAME_TLM;
  frame[1] = PLAIN;
  view.setUint16(2, within('batteryMv', tlm.batteryMv ?? 0, 0, 0xffff));
  view.setInt16(4, within('temperatureC in 1/256', temperature, -0x8000, 0x7fff));
  view.setUint32(6, within('advertCount', tlm.advertCount, 0, 0xffff_ffff));
  view.setUint32(10, within('uptimeMs in 100 ms', Math.floor(tlm.uptimeMs / 100), 0, 0xffff_ffff));
  return eddystonePayload(frame);
}
