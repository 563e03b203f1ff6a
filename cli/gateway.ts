import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { GatewayKeys } from '../firmware-bridge/gateways/gateway-keys.ts';
import { type Speaker, speakersOf } from '../firmware-bridge/gateways/known-gateways.ts';
import { SogliaError } from '../kernel/errors.ts';
import { makePrivateFolder } from '../node/atomic-file.ts';
import { type Configuration, readConfiguration } from '../node/configuration.ts';

interface Flags {
  readonly config?: string;
  readonly data: string;
}

/** `soglia gateway add NAME`, `soglia gateway remove NAME`: passwords of gateways, which the bridge takes at once. */
export function gatewayCommand(): Command {
  const gateway = new Command('gateway');
  for (const [name, description, run] of [
    ['add', 'make its password and print it, once, with what to enter in the gateway', add],
    ['remove', 'take its password away', remove],
  ] as const) {
    gateway
      .command(name)
      .description(description)
      .argument('<name>', 'its id among the receivers of soglia.yaml')
      .option('--config <file>', 'the shop: ./soglia.yaml, else the one that npm start made')
      .option('--data <folder>', 'the data folder of the bridge', 'data/bridge')
      .action(run);
  }
  return gateway;
}

async function add(name: string, flags: Flags): Promise<void> {
  const usual = existsSync('soglia.yaml') ? 'soglia.yaml' : 'data/soglia.yaml';
  const configuration = readConfiguration(resolve(flags.config ?? usual));
  const speaker = speakerNamed(configuration, name);
  await makePrivateFolder(resolve(flags.data));
  const password = await new GatewayKeys(resolve(flags.data)).add(speaker.id);
  process.stdout.write(`${instructions(configuration, speaker, password).join('\n')}\n`);
}

async function remove(name: string, flags: Flags): Promise<void> {
  const had = await new GatewayKeys(resolve(flags.data)).remove(name as Speaker['id']);
  if (!had) throw new SogliaError('config/invalid', `'${name}' has no password`);
  process.stdout.write(`'${name}' is let in no more\n`);
}

/** @throws {SogliaError} 'config/invalid' where it is no gateway with a password of its own */
function speakerNamed(configuration: Configuration, name: string): Speaker {
  const speakers = speakersOf(configuration);
  const speaker = speakers.find(({ id }) => id === name);
  if (speaker !== undefined) return speaker;
  const known = speakers.map(({ id }) => id).join(', ') || 'none';
  throw new SogliaError(
    'config/invalid',
    `'${name}' is no receiver of kind: gateway without via in soglia.yaml (there: ${known})`,
  );
}

function instructions(
  { gateways }: Configuration,
  { id, topic, format }: Speaker,
  password: string,
): readonly string[] {
  const { mqtt, http } = gateways ?? {};
  return [
    `password   ${password}   (shown this once)`,
    ...(mqtt === undefined
      ? []
      : [`MQTT       ${mqtt.host}:${String(mqtt.port)}, user ${id}, QoS 0, topic ${topic}`]),
    ...(http === undefined || format === 'openmqttgateway'
      ? []
      : [
          `HTTP       POST http://${http.host}:${String(http.port)}/v1/gateways/${id}, bearer or Basic`,
        ]),
  ];
}
