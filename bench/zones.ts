import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLayout } from '../cli/zones/layout.ts';
import {
  byFilter,
  byNearestReceiver,
  type MakePlacer,
  scoreTrack,
  sumOf,
} from '../cli/zones/replay.ts';
import { parseTrack } from '../cli/zones/track.ts';
import { SogliaError } from '../kernel/errors.ts';
import { atLeast, atMost, type Benchmark } from './row.ts';
import { root } from './support/processes.ts';

export const zones: Benchmark = {
  name: 'zones',
  what: 'the right zone on recorded walks, as `soglia zones replay` scores them',
  run(tell) {
    const folder = recordings();
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const plan = parseLayout(read('layout.yaml'), 'layout.yaml');
    const tracks = readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => parseTrack(read(name), name));
    const scoreOf = (make: MakePlacer) =>
      sumOf(tracks.map((track) => scoreTrack(plan, track, make)));
    const score = scoreOf(byFilter);
    const nearest = scoreOf(byNearestReceiver);
    tell(
      `${String(tracks.length)} walks, ${String(score.instants)} instants, ${String(score.crossings)} true crossings; ` +
        `the nearest receiver changes zone ${String(nearest.changes)} times`,
    );
    const accuracy = score.accuracy ?? 0;
    const beside = { name: 'nearest receiver, same walks', figure: nearest.accuracy ?? 0 };
    return Promise.resolve({
      name: 'zones',
      beside,
      ratio: accuracy / beside.figure,
      reach: [
        atLeast('right zone', '', 0.9, accuracy),
        atMost('changes', '', 18, score.changes),
        {
          what: 'median delay of a crossing',
          unit: 'ms',
          limit: null,
          figure: [...score.delays].sort((a, b) => a - b)[score.delays.length >> 1] ?? 0,
          met: null,
        },
      ],
    });
  },
};

/** @throws {SogliaError} 'config/invalid' where there are none */
function recordings(): string {
  const folder = process.env['SOGLIA_TRACKS'] ?? join(root, '../shared/data/zone-tracks');
  if (existsSync(join(folder, 'layout.yaml'))) return folder;
  throw new SogliaError('config/invalid', `SOGLIA_TRACKS: ${folder} has no recorded walks`);
}
