import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfiguration } from '../node/configuration.ts';
import { createLog } from '../node/logs.ts';
import { start } from '../simulator/main.ts';
import { endOnSignal } from './end-on-signal.ts';

interface Flags {
  readonly data: string;
  readonly config: string;
  readonly bridgeSocket: string;
  readonly hqOperatorSocket: string;
  readonly seed: string;
  readonly people: string;
  readonly speed: string;
}

/** `soglia simulator`: shoppers made of a seed, through the bridge's simulated source and HQ's phone API. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .option('--data <folder>', 'where their phones are kept', 'data/simulator')
    .option('--config <file>', 'the shop', 'soglia.yaml')
    .option('--bridge-socket <path>', "the bridge's", 'data/bridge/simulated.sock')
    .option('--hq-operator-socket <path>', "head office's", 'data/hq/operator.sock')
    .option('--seed <number>', 'the same seed brings the same people on the same walks', '1')
    .option('--people <number>', 'how many there are', '6')
    .option('--speed <factor>', '1 is real time', '1')
    .action(async (flags: Flags) => {
      const log = createLog('simulator');
      const ending = endOnSignal();
      const simulator = start({
        configuration: readConfiguration(resolve(flags.config)),
        dataDir: resolve(flags.data),
        bridgeSocket: resolve(flags.bridgeSocket),
        hqOperatorSocket: resolve(flags.hqOperatorSocket),
        seed: Number(flags.seed),
        people: Number(flags.people),
        speed: Number(flags.speed),
        log,
      });
      log.info('ready', { simulated: true });
      await ending.asked;
      await simulator.stop();
    });
}
