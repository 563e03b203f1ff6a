import { viewOf } from '../adverts/layout.ts';
import { toHex } from '../hex.ts';
import { rejected } from '../rejected.ts';
import { type GatewayFrame, type GatewayMessage, MOST_FRAMES } from './gateway-message.ts';

const HEADER_BYTES = 20;
/** `rx u8, flags u8, address 6, RSSI i8, length u8`. */
const ENTRY_BYTES = 10;

/**
 * Minew-Connect, little-endian: `BB 02` … `length of all u32` at 6, `length of the body u32` at 10 (all less 14), `84 3E`
 * at 14, `length of the content u32` at 16 (all less 20), then entries `length u16 | rx u8 | flags u8 | address 6 |
 * RSSI i8 | length u8 | AD structures`, and after them, within an entry, angles that are left alone. It does not say
 * which gateway it comes from.
 */
export function decodeMinewConnect(message: Uint8Array): GatewayMessage {
  if (message.length < HEADER_BYTES) return rejected('truncated', message.length);
  if (message[0] !== 0xbb || message[1] !== 0x02) return rejected('unknown-version', 1);
  const view = viewOf(message);
  if (view.getUint32(6, true) !== message.length) return rejected('wrong-length', 6);
  if (view.getUint32(10, true) !== message.length - 14) return rejected('wrong-length', 10);
  if (message[14] !== 0x84 || message[15] !== 0x3e) return rejected('unknown-version', 14);
  if (view.getUint32(16, true) !== message.length - HEADER_BYTES) {
    return rejected('wrong-length', 16);
  }
  const frames: GatewayFrame[] = [];
  for (let at = HEADER_BYTES; at < message.length;) {
    if (at + 2 > message.length) return rejected('truncated', message.length);
    const entryAt = at + 2;
    const next = entryAt + view.getUint16(at, true);
    if (next > message.length) return rejected('truncated', message.length);
    if (next < entryAt + ENTRY_BYTES) return rejected('wrong-length', at);
    const adAt = entryAt + ENTRY_BYTES;
    const adEnd = adAt + (message[adAt - 1] ?? 0);
    if (adEnd > next) return rejected('wrong-length', adAt - 1);
    if (frames.length >= MOST_FRAMES) return rejected('too-many', at);
    const rssi = view.getInt8(adAt - 2);
    frames.push({
      gateway: undefined,
      rssiDbm: rssi < 0 && rssi >= -127 ? rssi : undefined,
      transmitter: toHex(message.subarray(entryAt + 2, entryAt + 8)),
      advert: message.subarray(adAt, adEnd),
    });
    at = next;
  }
  return { kind: 'frames', frames, rejections: [] };
}
