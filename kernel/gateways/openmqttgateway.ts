import type { BluezAdvert } from '../adverts/advert.ts';
import { rejected } from '../rejected.ts';
import { EDDYSTONE_SERVICE, EDDYSTONE_SERVICE_UUID } from '../adverts/eddystone-frame.ts';
import type { GatewayMessage } from './gateway-message.ts';
import { addressIn, bytesIn, isObject, readJson, strengthIn } from './json-message.ts';

/** `feaa`, `0xfeaa` or the whole UUID, as one firmware or another writes it. */
const SHORT_UUID = /^(?:0x)?([0-9a-f]{4})$/i;

/**
 * One advert of OpenMQTTGateway or Theengs Gateway that was not decoded there: `manufacturerdata` (hex, the company id
 * first, little-endian), `servicedata` (hex, without the UUID) with `servicedatauuid`, and `rssi`. What was decoded
 * there has neither, and is a message without frames. Which gateway it was stands in the topic alone.
 * Source: docs.openmqttgateway.com, "BLE gateway", section "Undecoded data".
 */
export function decodeOpenMqttGateway(message: Uint8Array): GatewayMessage {
  const json = readJson(message);
  if ('kind' in json) return json;
  const { value } = json;
  if (!isObject(value)) return rejected('wrong-type', 0);
  let advert: BluezAdvert = {};
  if (value['manufacturerdata'] !== undefined) {
    const bytes = bytesIn(value['manufacturerdata'], 0);
    if ('kind' in bytes) return bytes;
    if (bytes.length < 2) return rejected('truncated', 0);
    const companyId = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
    advert = { manufacturerData: { [companyId]: bytes.subarray(2) } };
  }
  if (value['servicedata'] !== undefined && isEddystone(value['servicedatauuid'])) {
    const bytes = bytesIn(value['servicedata'], 0);
    if ('kind' in bytes) return bytes;
    advert = { ...advert, serviceData: { [EDDYSTONE_SERVICE_UUID]: bytes } };
  }
  const isAdvert = value['manufacturerdata'] !== undefined || value['servicedata'] !== undefined;
  const [rssiDbm, transmitter] = [strengthIn(value['rssi']), addressIn(value['id'])];
  const frame = { gateway: undefined, rssiDbm, transmitter, advert };
  return { kind: 'frames', frames: isAdvert ? [frame] : [], rejections: [] };
}

function isEddystone(uuid: unknown): boolean {
  if (typeof uuid !== 'string' || uuid.length > 36) return false;
  const short = SHORT_UUID.exec(uuid)?.[1];
  if (short !== undefined) return Number.parseInt(short, 16) === EDDYSTONE_SERVICE;
  return uuid.toLowerCase() === EDDYSTONE_SERVICE_UUID;
}
