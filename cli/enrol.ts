import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { readConfiguration } from '../node/configuration.ts';
import { EnrolmentCodeMadeSchema } from '../kernel/protocol/console-api.ts';
import { askOperator } from '../node/operator-client.ts';

interface Flags {
  readonly data: string;
  readonly config: string;
}

/** `soglia enrol kiosk kiosk-1`: a one-time code that lets one device into this store. */
export function enrolCommand(): Command {
  return new Command('enrol')
    .argument('<kind>', 'handheld, kiosk, till or bridge')
    .argument('[station]', 'which station it is, where there are several of that kind')
    .option('--data <folder>', 'the data folder of the store server', 'data/edge')
    .option('--config <file>', 'the shop', 'soglia.yaml')
    .action(run);
}

async function run(kind: string, station: string | undefined, flags: Flags): Promise<void> {
  const { edge } = readConfiguration(resolve(flags.config));
  const socket = join(resolve(flags.data), 'operator.sock');
  const body = { kind, ...(station === undefined ? {} : { name: station }) };
  const ask = { method: 'POST', path: '/v1/enrolment-codes', body } as const;
  const { code, expiresAt } = await askOperator(socket, EnrolmentCodeMadeSchema, ask);
  const until = new Date(expiresAt).toLocaleTimeString();
  process.stdout.write(`${code}   once, until ${until}\n`);
  if (kind === 'handheld') {
    const port = String(edge.port);
    process.stdout.write(`http://${edge.host}:${port}/handheld/#enrol=${code}\n`);
  }
}
