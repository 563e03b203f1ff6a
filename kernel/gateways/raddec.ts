import { rejected } from '../rejected.ts';
import {
  type GatewayFrame,
  type GatewayMessage,
  MOST_FRAMES,
  plainAddress,
  type RejectedMessage,
} from './gateway-message.ts';
import { addressIn, bytesIn, isObject, readJson, strengthIn } from './json-message.ts';

/** Before the AD structures of an advertising PDU: header u16, advertiser's address. */
const PDU_HEADER_BYTES = 2;
const ADDRESS_BYTES = 6;
/** `ADV_DIRECT_IND`: another address where others have AD structures. */
const DIRECTED = 0x01;
const SENDER = 'transmitterId';

/**
 * A raddec ("radio decoding") of reelyActive, or a list of them: `rssiSignature` says which receivers heard it and how
 * strongly, `packets` are advertising PDUs in hex, header and address included. Only both together are adverts.
 * Source: github.com/reelyactive/raddec, README, and Bluetooth Core 5.4, volume 6, part B, section 2.3.
 */
export function decodeRaddec(message: Uint8Array): GatewayMessage {
  const json = readJson(message);
  if ('kind' in json) return json;
  const entries: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value];
  if (entries.length > MOST_FRAMES) return rejected('too-many', MOST_FRAMES);
  const frames: GatewayFrame[] = [];
  const rejections: RejectedMessage[] = [];
  for (const [at, entry] of entries.entries()) {
    const refused = addFrames(entry, at, frames);
    if (refused?.reason === 'too-many') return refused;
    if (refused !== undefined) rejections.push(refused);
  }
  const isNone = frames.length === 0 && rejections.length === entries.length;
  return (isNone ? rejections[0] : undefined) ?? { kind: 'frames', frames, rejections };
}

function addFrames(
  entry: unknown,
  at: number,
  frames: GatewayFrame[],
): RejectedMessage | undefined {
  if (!isObject(entry) || typeof entry[SENDER] !== 'string') return rejected('wrong-type', at);
  const { rssiSignature = [], packets = [] } = entry;
  if (!Array.isArray(rssiSignature) || !Array.isArray(packets)) return rejected('wrong-type', at);
  if (frames.length + rssiSignature.length * packets.length > MOST_FRAMES) {
    return rejected('too-many', at);
  }
  const adverts: Uint8Array[] = [];
  for (const packet of packets as readonly unknown[]) {
    const advert = advertIn(packet, at);
    if ('kind' in advert) return advert;
    adverts.push(advert);
  }
  const transmitter = addressIn(entry[SENDER]);
  const heard: GatewayFrame[] = [];
  for (const receiver of rssiSignature as readonly unknown[]) {
    if (!isObject(receiver)) return rejected('wrong-type', at);
    const { receiverId, rssi } = receiver;
    if (typeof receiverId !== 'string') return rejected('wrong-type', at);
    const gateway = plainAddress(receiverId);
    const rssiDbm = strengthIn(rssi);
    for (const advert of adverts) heard.push({ gateway, rssiDbm, transmitter, advert });
  }
  frames.push(...heard);
  return undefined;
}

function advertIn(packet: unknown, at: number): Uint8Array | RejectedMessage {
  const pdu = bytesIn(packet, at);
  if ('kind' in pdu) return pdu;
  const adAt = PDU_HEADER_BYTES + ADDRESS_BYTES;
  if (pdu.length < adAt) return rejected('truncated', at);
  // Some makers count the address into the length, as the Core Specification does, and some do not.
  const length = pdu[1];
  if (length !== pdu.length - PDU_HEADER_BYTES && length !== pdu.length - adAt) {
    return rejected('wrong-length', at);
  }
  return ((pdu[0] ?? 0) & 0x0f) === DIRECTED ? new Uint8Array() : pdu.subarray(adAt);
}
