import { rejected } from '../rejected.ts';
import type { GatewayFormat, GatewayMessage } from './gateway-message.ts';
import { decodeMinewBinary } from './minew-binary.ts';
import { decodeMinewConnect } from './minew-connect.ts';
import { decodeMinewJson } from './minew-json.ts';
import { decodeOpenMqttGateway } from './openmqttgateway.ts';
import { decodeRaddec } from './raddec.ts';

/** The adverts in a gateway's message. Total: any bytes give an answer. */
export function decodeGatewayMessage(format: GatewayFormat, message: Uint8Array): GatewayMessage {
  switch (format) {
    case 'openmqttgateway':
      return decodeOpenMqttGateway(message);
    case 'minew':
      return decodeMinew(message);
    case 'raddec':
      return decodeRaddec(message);
  }
}

/** JSON or one of the two binary forms: they begin differently. */
function decodeMinew(message: Uint8Array): GatewayMessage {
  if (message[0] !== 0xbb) return decodeMinewJson(message);
  switch (message[1]) {
    case 0x01:
      return decodeMinewBinary(message);
    case 0x02:
      return decodeMinewConnect(message);
    case undefined:
      return rejected('truncated', 1);
    default:
      return rejected('unknown-version', 1);
  }
}
