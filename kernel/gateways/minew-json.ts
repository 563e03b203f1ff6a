import { rejected } from '../rejected.ts';
import {
  type GatewayFrame,
  type GatewayMessage,
  MOST_FRAMES,
  plainAddress,
  type RejectedMessage,
} from './gateway-message.ts';
import {
  addressIn,
  bytesIn,
  isObject,
  type JsonObject,
  readJson,
  strengthIn,
} from './json-message.ts';

/**
 * A list of Minew's G1 and MG3 gateways, JSON-LONG or JSON-RAW. The gateway names itself in an entry with `type:
 * "Gateway"` and its `mac` (LONG), or with `gateway` (RAW). An entry with `rawData` (hex, AD structures) and `rssi` is an
 * advert; entries that were decoded there have none and are passed over unread.
 */
export function decodeMinewJson(message: Uint8Array): GatewayMessage {
  const json = readJson(message);
  if ('kind' in json) return json;
  const entries: unknown = json.value;
  if (!Array.isArray(entries)) return rejected('wrong-type', 0);
  if (entries.length > MOST_FRAMES) return rejected('too-many', MOST_FRAMES);
  const frames: GatewayFrame[] = [];
  const rejections: RejectedMessage[] = [];
  let gateway: string | undefined;
  for (const [at, entry] of (entries as readonly unknown[]).entries()) {
    if (!isObject(entry)) {
      rejections.push(rejected('wrong-type', at));
      continue;
    }
    const self = selfOf(entry);
    if (self !== undefined) {
      if (typeof self !== 'string') return rejected('wrong-type', at);
      gateway = plainAddress(self);
    } else if (entry['rawData'] !== undefined) {
      const advert = bytesIn(entry['rawData'], at);
      if ('kind' in advert) rejections.push(advert);
      else {
        const [rssiDbm, transmitter] = [strengthIn(entry['rssi']), addressIn(entry['mac'])];
        frames.push({ gateway, rssiDbm, transmitter, advert });
      }
    }
  }
  return { kind: 'frames', frames, rejections };
}

/** What the gateway calls itself; undefined in an entry that is not about it. */
function selfOf(entry: JsonObject): unknown {
  return entry['type'] === 'Gateway' ? (entry['mac'] ?? null) : entry['gateway'];
}
