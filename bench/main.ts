import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { buildServer } from '../scripts/build-server.mjs';
import { tableOf } from './print.ts';
import type { Benchmark, Row } from './row.ts';

const BENCHMARKS: readonly { readonly name: string; readonly load: () => Promise<Benchmark> }[] = [
  {
    name: 'sighting-to-dom',
    load: async () => (await import('./sighting-to-dom.ts')).sightingToDom,
  },
  { name: 'sightings', load: async () => (await import('./sightings.ts')).sightings },
  { name: 'flood', load: async () => (await import('./flood.ts')).flood },
  { name: 'decode', load: async () => (await import('./decode.ts')).decode },
  { name: 'token-table', load: async () => (await import('./token-table.ts')).tokenTable },
  { name: 'redemptions', load: async () => (await import('./redemptions.ts')).redemptions },
  { name: 'decide', load: async () => (await import('./decide.ts')).decide },
  { name: 'cold-start', load: async () => (await import('./cold-start.ts')).coldStart },
  { name: 'zones', load: async () => (await import('./zones.ts')).zones },
];

const program = new Command('bench')
  .description('measures on the path that users take, beside a floor or peer in the same run')
  .argument('[names...]', `of ${BENCHMARKS.map(({ name }) => name).join(', ')}; none named: all`)
  .option('--json <file>', 'writes the rows there too')
  .action(async (names: string[], { json }: { json?: string }) => {
    const unknown = names.filter((name) => !BENCHMARKS.some((known) => known.name === name));
    if (unknown.length > 0) program.error(`there is no benchmark named ${unknown.join(', ')}`);
    await buildServer();
    process.env['SOGLIA_COMPILED'] = '1'; // programs and threads as they are installed
    const rows: Row[] = [];
    for (const { name, load } of BENCHMARKS) {
      if (names.length > 0 && !names.includes(name)) continue;
      const benchmark = await load();
      process.stderr.write(`${name}: ${benchmark.what}\n`);
      rows.push(await benchmark.run((line) => process.stderr.write(`  ${line}\n`)));
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
    }
    process.stdout.write(`${tableOf(rows)}\n`);
    if (rows.some(({ reach }) => reach.some(({ met }) => met === false))) process.exitCode = 1;
  });
await program.parseAsync();
