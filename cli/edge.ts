import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { openStoreFile } from '../edge/store-file.ts';
import { readConfiguration } from '../node/configuration.ts';
import { createLog } from '../node/logs.ts';
import { endOnSignal } from './end-on-signal.ts';

interface Flags {
  readonly data: string;
  readonly config: string;
  readonly port?: number;
  readonly pollSeconds?: number;
  readonly enrolmentCode?: string;
  readonly hqOperatorSocket?: string;
}
/** EX_IOERR of sysexits.h: whoever supervises starts it again, and recovery finds out what the disk holds. */
const DISK_FAILED = 74;

/** `soglia edge`: the store server, until SIGINT or SIGTERM. */
export function edgeCommand(): Command {
  return new Command('edge')
    .option('--data <folder>', 'database, keys and operator socket', 'data/edge')
    .option('--config <file>', 'the shop', 'soglia.yaml')
    .option('--port <port>', 'instead of the configured one', portOf)
    .option('--poll-seconds <seconds>', 'how often to ask HQ without a hint (15)', secondsOf)
    .option('--enrolment-code <code>', 'a one-time code of HQ, for the first start')
    .option('--hq-operator-socket <path>', 'of an HQ on this machine, to enrol by itself')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const log = createLog('edge');
  const ending = endOnSignal();
  const { port, pollSeconds } = flags;
  const configuration = readConfiguration(resolve(flags.config));
  const dataDir = resolve(flags.data);
  const storeFile = openStoreFile(dataDir);
  const { start } = await import('../edge/main.ts'); // while the file is being checked
  const edge = await start({
    configuration,
    dataDir,
    storeFile,
    log,
    enrolmentCode: flags.enrolmentCode,
    hqOperatorSocket: flags.hqOperatorSocket && resolve(flags.hqOperatorSocket),
    ...(port === undefined ? {} : { port }),
    ...(pollSeconds === undefined ? {} : { pollMs: pollSeconds * 1_000 }),
  });
  void edge.failed.then((error) => {
    log.error('the disk cannot be trusted: nothing is acknowledged any more', {}, error);
    process.exit(DISK_FAILED);
  });
  log.info('ready', { url: edge.url });
  await ending.asked;
  await edge.stop();
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535');
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('not a time of 0.1 to 3600 s');
}
