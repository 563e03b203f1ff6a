import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FEEDBACK_PROFILES, type FeedbackProfile } from '../kernel/scans/feedback.ts';
import { testScanner } from './scanner/test-scanner.ts';

interface Flags {
  readonly device?: string;
  readonly config?: string;
  readonly write?: boolean;
  readonly baud?: number;
  readonly feedback?: FeedbackProfile;
  readonly wait: number;
  readonly byId: string;
}

/** `soglia scanner test`: what a connected scanner sends, and what to say of it in `soglia.yaml`. */
export function scannerCommand(): Command {
  const scanner = new Command('scanner');
  scanner
    .command('test')
    .description('show what a scanner sends, find its profile, and write it down')
    .option('--device <path>', 'which scanner: /dev/serial/by-id/…; by default the only one there')
    .option('--config <file>', 'the shop: ./soglia.yaml, else the one that npm start made')
    .option('--write', 'put what was found into that file')
    .option(
      '--baud <rate>',
      'of RS-232, in bits a second (default: as in the file, else 9600)',
      baud,
    )
    .addOption(
      new Option('--feedback <profile>', 'how it is told to beep (default: by its maker)').choices(
        FEEDBACK_PROFILES,
      ),
    )
    .option('--wait <seconds>', 'how long to wait for each scan', seconds, 60)
    .option('--by-id <folder>', 'where serial devices have lasting names', '/dev/serial/by-id')
    .addHelpText(
      'after',
      `
Scan what it asks for; Ctrl-C ends it. Exit code 0: one profile fits; 2: several do, or none; 1: the scanner cannot be used.`,
    )
    .action(run);
  return scanner;
}

async function run(flags: Flags): Promise<void> {
  const usual = existsSync('soglia.yaml') ? 'soglia.yaml' : 'data/soglia.yaml';
  process.exitCode = await testScanner({
    device: flags.device,
    config: resolve(flags.config ?? usual),
    isConfigNamed: flags.config !== undefined,
    write: flags.write ?? false,
    baudRate: flags.baud,
    feedback: flags.feedback,
    waitMs: flags.wait * 1_000,
    byIdFolder: flags.byId,
  });
  // A port that hung up may keep a read open that never ends.
  process.exit();
}

function baud(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 300 && value <= 4_000_000) return value;
  throw new InvalidArgumentError('not a whole number from 300 to 4000000');
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 600) return value;
  throw new InvalidArgumentError('not a number above 0, 600 at most');
}
