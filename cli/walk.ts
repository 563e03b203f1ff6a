import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { SogliaError } from '../kernel/errors.ts';
import { readConfiguration } from '../node/configuration.ts';
import { endOnSignal } from './end-on-signal.ts';
import { guideWalk } from './walk/guided-walk.ts';
import { makeTestCredential, openTestCredential } from './walk/test-credential.ts';

interface Flags {
  readonly config?: string;
  readonly data: string;
  readonly phone: string;
  readonly card?: string;
  readonly walkSeconds: number;
  readonly standSeconds: number;
  readonly dryRun?: boolean;
}
interface CredentialFlags {
  readonly config?: string;
  readonly phone: string;
  readonly hqOperatorSocket: string;
  readonly join?: string;
}
const PHONE = 'data/walk/phone.json';
const CONFIG = 'the shop: ./soglia.yaml, else the one that npm start made';

/** `soglia walk`: a guided walk with a test credential; `soglia walk credential` makes one. */
export function walkCommand(): Command {
  const walk = new Command('walk');
  walk
    .command('credential')
    .description('make a test credential: at head office a person marked test, here their phone')
    .option('--config <file>', CONFIG)
    .option('--phone <file>', 'where to keep it', PHONE)
    .option(
      '--hq-operator-socket <path>',
      "head office's, on this machine",
      'data/hq/operator.sock',
    )
    .option(
      '--join <link>',
      'an invitation "for testing" of the console, where head office is elsewhere',
    )
    .action(credential);
  walk
    .command('start', { isDefault: true })
    .description('lead through the shop and write what each receiver hears more or less')
    .option('--config <file>', CONFIG)
    .option('--data <folder>', 'the data folder of the running store server', 'data/edge')
    .option('--phone <file>', 'the test credential', PHONE)
    .option(
      '--card <number>',
      'instead: the card of a person marked test, whose phone or beacon you carry',
    )
    .option('--walk-seconds <seconds>', 'to get from place to place', seconds, 15)
    .option('--stand-seconds <seconds>', 'to stand at each', seconds, 20)
    .option('--dry-run', 'print all, and leave the configuration as it is')
    .addHelpText(
      'after',
      `
It says where to go and when; nothing has to be pressed. Ctrl-C ends it, and nothing is written. Exit code 0: done; 2: zones
would be told apart worse with the offsets found, which are not written; 1: it could not be done.`,
    )
    .action(start);
  return walk;
}

async function credential(flags: CredentialFlags): Promise<void> {
  const file = resolve(flags.phone);
  const { join, hqOperatorSocket } = flags;
  const how =
    join === undefined
      ? { operatorSocket: resolve(hqOperatorSocket) }
      : { joinToken: tokenIn(join) };
  const { cardNumber } = await makeTestCredential(file, readConfiguration(configOf(flags)), how);
  say(`Made: ${file} (card ${cardNumber}). The person is marked test: never counted, never real.`);
  await introduce(file);
}

async function start(flags: Flags): Promise<void> {
  const { card } = flags;
  if (card === undefined) await introduce(resolve(flags.phone));
  const ending = endOnSignal();
  process.exitCode = await guideWalk({
    config: configOf(flags),
    dataDir: resolve(flags.data),
    who: card === undefined ? { phone: resolve(flags.phone) } : { card },
    walkMs: flags.walkSeconds * 1_000,
    standMs: flags.standSeconds * 1_000,
    isDry: flags.dryRun ?? false,
    signal: ending.signal,
  });
}

/** What to carry: any app that advertises is a phone of ours for a quarter of an hour. */
async function introduce(file: string): Promise<void> {
  const { serviceData, until } = await openTestCredential(file, Date.now());
  const at = new Date(until).toTimeString().slice(0, 5);
  say(
    `Carry a phone whose app advertises service data, 16-bit UUID FEAA, value ${serviceData} (good until ${at}).`,
  );
}

/** A link of the console, or what stands behind `join=` in it. */
function tokenIn(link: string): string {
  const token = /(?:^|[#&?]join=)([A-Za-z0-9_-]{22,64})$/.exec(link)?.[1];
  if (token !== undefined) return token;
  throw new SogliaError('request/invalid', '--join: no joining link and no token of one');
}

function configOf({ config }: { readonly config?: string }): string {
  return resolve(config ?? (existsSync('soglia.yaml') ? 'soglia.yaml' : 'data/soglia.yaml'));
}

function seconds(text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 600) return value;
  throw new InvalidArgumentError('not a time of 1 to 600 s');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
