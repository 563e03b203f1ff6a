import { viewOf } from '../adverts/layout.ts';
import { toHex } from '../hex.ts';
import { rejected } from '../rejected.ts';
import { type GatewayFrame, type GatewayMessage, MOST_FRAMES } from './gateway-message.ts';

const HEADER_BYTES = 14;
const TRANSMITTER_BYTES = 8;
const END = 0xdd;

/**
 * Minew's BINARY-LONG, big-endian: `BB 01 | length of all u32 | gateway 6 | transmitters u16`, then for each transmitter
 * `address 6 | packets u16` and for each packet `length u8 | AD structures | response u8 | RSSI i8`, and at the end `DD`.
 * What stands between the last packet and the end is left alone.
 */
export function decodeMinewBinary(message: Uint8Array): GatewayMessage {
  if (message.length < HEADER_BYTES + 1) return rejected('truncated', message.length);
  if (message[0] !== 0xbb || message[1] !== 0x01) return rejected('unknown-version', 1);
  const view = viewOf(message);
  if (view.getUint32(2) !== message.length) return rejected('wrong-length', 2);
  const end = message.length - 1;
  if (message[end] !== END) return rejected('wrong-end', end);
  const gateway = toHex(message.subarray(6, 12));
  const frames: GatewayFrame[] = [];
  let at = HEADER_BYTES;
  for (let transmitters = view.getUint16(12); transmitters > 0; transmitters -= 1) {
    if (at + TRANSMITTER_BYTES > end) return rejected('truncated', end);
    let packets = view.getUint16(at + 6);
    const transmitter = toHex(message.subarray(at, at + 6));
    for (at += TRANSMITTER_BYTES; packets > 0; packets -= 1) {
      const adAt = at + 1;
      const adEnd = adAt + (message[at] ?? 0);
      if (adEnd + 2 > end) return rejected('truncated', end);
      if (frames.length >= MOST_FRAMES) return rejected('too-many', at);
      const rssi = view.getInt8(adEnd + 1);
      frames.push({
        gateway,
        rssiDbm: rssi < 0 && rssi >= -127 ? rssi : undefined,
        transmitter,
        advert: message.subarray(adAt, adEnd),
      });
      at = adEnd + 2;
    }
  }
  return { kind: 'frames', frames, rejections: [] };
}
