import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { GatewayKeys } from '../../firmware-bridge/gateways/gateway-keys.ts';
import { GatewaySource } from '../../firmware-bridge/gateways/gateway-source.ts';
import { speakersOf } from '../../firmware-bridge/gateways/known-gateways.ts';
import { ReceiverIdSchema } from '../../kernel/domain/ids.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { endLater } from '../support/endings.ts';
import { tempDir } from '../support/temp-dir.ts';
import { RememberingLog } from './remembering-log.ts';
import { ListeningSink } from './source-sink.ts';

export const DOOR_TOPIC = 'home/OMG_DOOR/BTtoMQTT/undecoded';
export const AISLE_MAC = 'ac233fc03641';

/** A shop with a gateway of each format, and doors on free ports. */
export const gatewayShop = (doors = '{ mqtt: { port: 0 }, http: { port: 0 } }') =>
  parseConfiguration(
    `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: 'http://127.0.0.1:9' }
edge: {}
kiosk: {}
zones: [aisle]
receivers:
  - { id: door, zone: aisle, kind: gateway, format: openmqttgateway, address: OMG_DOOR }
  - { id: aisle, zone: aisle, kind: gateway, format: minew, address: 'AC:23:3F:C0:36:41' }
  - { id: till, zone: aisle, kind: gateway, format: raddec, address: ac233fc03642 }
  - { id: till-2, zone: aisle, kind: gateway, format: raddec, address: ac233fc03643, via: till }
gateways: ${doors}
`,
    'the test',
  );

export const gatewayId = (name: string) => ReceiverIdSchema.parse(name);

/** The source of all gateways, listening; each has a password. */
export async function openGateways(options: { doors?: string; clock?: () => number } = {}) {
  const configuration = gatewayShop(options.doors);
  const folder = tempDir();
  const keys = new GatewayKeys(folder);
  const passwords = {
    door: await keys.add(gatewayId('door')),
    aisle: await keys.add(gatewayId('aisle')),
    till: await keys.add(gatewayId('till')),
  };
  const sink = new ListeningSink();
  const log = new RememberingLog();
  const { gateways: doors } = configuration;
  if (doors === undefined) throw new Error('no doors');
  const clock = options.clock ?? (() => performance.now());
  const speakers = speakersOf(configuration);
  const source = new GatewaySource({ speakers, doors, keys, clock, log });
  await source.start(sink);
  endLater(() => source.stop());
  return { source, sink, log, keys, passwords, folder };
}

/** A gateway's own MQTT client. Rejects where it is not let in. */
export async function mqttGateway(port: number, options: IClientOptions): Promise<MqttClient> {
  const client = connect({
    ...{ host: '127.0.0.1', port, protocol: 'mqtt', protocolVersion: 4 },
    ...{ reconnectPeriod: 0, connectTimeout: 5_000 },
    ...options,
  });
  endLater(() => {
    client.end(true);
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => {
      resolve();
    });
    client.on('error', reject); // of no effect once connected
  });
  return client;
}
