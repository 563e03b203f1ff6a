import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { SogliaError } from '../kernel/errors.ts';
import { parseLayout } from './zones/layout.ts';
import { byFilter, scoreTrack, sumOf } from './zones/replay.ts';
import { parseTrack } from './zones/track.ts';

export function zonesCommand(): Command {
  const zones = new Command('zones');
  zones
    .command('replay')
    .description(
      'score the zones on recorded walks whose true places are known, as one JSON object',
    )
    .argument('<track...>', 'CSV: unix seconds, receiver, beacon, RSSI dBm, x m, y m')
    .requiredOption('--layout <file>', 'YAML: zones and receivers with their places in metres')
    .addHelpText(
      'after',
      `
accuracy: share of instants (one each half second, those within 1.5 m of a border left out) in the right zone; an
uncertain one counts as wrong. changes: how often the reported zone became another. crossings: how often the true one
did. delays: ms from each crossing to its report. The same for each track.`,
    )
    .action((tracks: string[], { layout }: { layout: string }) => {
      const plan = parseLayout(readText(layout), layout);
      const scores = tracks.map((track) => ({
        track: basename(track),
        ...scoreTrack(plan, parseTrack(readText(track), track), byFilter),
      }));
      process.stdout.write(`${JSON.stringify({ ...sumOf(scores), tracks: scores })}\n`);
    });
  return zones;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SogliaError('config/invalid', `${path}: cannot be read`, { cause });
  }
}
