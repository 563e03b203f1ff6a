import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { start } from '../firmware-bridge/main.ts';
import { readConfiguration } from '../node/configuration.ts';
import { createLog } from '../node/logs.ts';
import { endOnSignal } from './end-on-signal.ts';

interface Flags {
  readonly data: string;
  readonly config: string;
  readonly edge: string;
  readonly operatorSocket?: string;
  readonly enrolmentCode?: string;
  readonly systemBus?: string;
  readonly record?: string;
  readonly play?: string;
  readonly speed: number;
}

/** `soglia bridge`: the radios and scanners of this machine, heard by the store server. */
export function bridgeCommand(): Command {
  return new Command('bridge')
    .option('--data <folder>', 'where its key and the socket of the simulator are', 'data/bridge')
    .option('--config <file>', 'the shop', 'soglia.yaml')
    .option('--edge <url>', 'the store server', 'http://127.0.0.1:4200')
    .option('--operator-socket <path>', 'of the store server on this machine, to enrol by itself')
    .option('--enrolment-code <code>', 'a one-time code, where the store server is another machine')
    .option('--system-bus <address>', 'D-Bus address where BlueZ is (DBUS_SYSTEM_BUS_ADDRESS)')
    .option('--record <file>', 'write down simulated traffic and test credentials, nobody else')
    .option('--play <file>', 'play a recording')
    .option('--speed <factor>', 'how fast: 1 is as it was', factor, 1)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const log = createLog('bridge');
  const ending = endOnSignal();
  const configuration = readConfiguration(resolve(flags.config));
  const bridge = await start({
    configuration,
    dataDir: resolve(flags.data),
    edgeUrl: flags.edge,
    operatorSocket: flags.operatorSocket && resolve(flags.operatorSocket),
    enrolmentCode: flags.enrolmentCode,
    systemBus: flags.systemBus ?? process.env['DBUS_SYSTEM_BUS_ADDRESS'],
    record: flags.record && resolve(flags.record),
    play: flags.play === undefined ? undefined : { path: resolve(flags.play), speed: flags.speed },
    log,
  });
  log.info('ready', { url: flags.edge, simulated: bridge.simulatedSocket !== undefined });
  await ending.asked;
  await bridge.stop();
}

function factor(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1_000) return value;
  throw new InvalidArgumentError('not a factor above 0, 1000 at most');
}
