import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { start } from '../hq/main.ts';
import { createLog } from '../node/logs.ts';
import { endOnSignal } from './end-on-signal.ts';

interface Flags {
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly controller?: string;
}

/** `soglia hq`: head office, until SIGINT or SIGTERM. */
export function hqCommand(): Command {
  return new Command('hq')
    .option('--data <folder>', 'database, signing key and operator socket', 'data/hq')
    .option('--port <port>', 'where it listens', portOf, 4100)
    .option('--host <address>', 'on which address of this machine', '127.0.0.1')
    .option('--public-url <url>', 'where phones and browsers reach it; its own address unless told')
    .option('--controller <name>', 'who answers for the data; the first store unless told')
    .action(async ({ data, port, host, publicUrl, controller }: Flags) => {
      const ending = endOnSignal();
      const running = await start({
        dataDir: resolve(data),
        port,
        host,
        log: createLog('hq'),
        ...(publicUrl === undefined ? {} : { publicUrl }),
        ...(controller === undefined ? {} : { controller }),
      });
      await ending.asked;
      await running.stop();
    });
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535');
}
