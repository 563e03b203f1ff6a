import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { buildServer } from './build-server.mjs';
import { lacks, type Part, parts, prepareParts } from './parts.ts';
import { root } from './steps.mjs';
import type { Tally } from './tally-reporter.ts';
import { countsLine, verdictOf } from './verdict.ts';

/** Vitest's projects in the order of their cost, each with the time after which it is ended. */
export const projects = {
  unit: { deadlineMs: 600_000 },
  property: { deadlineMs: 420_000 },
  contract: { deadlineMs: 300_000 },
  system: { deadlineMs: 480_000 },
  crash: { deadlineMs: 420_000 },
  browser: { deadlineMs: 600_000 },
  simulated: { deadlineMs: 420_000 },
} satisfies Record<string, { readonly deadlineMs: number }>;

/** Threads and programs that tests start are compiled: a shop has six, and from the sources each takes a second longer. */
const COMPILED = { SOGLIA_COMPILED: '1' };

export type Project = keyof typeof projects;

export interface Outcome extends Tally {
  readonly ms: number;
}

/** Runs the named projects, or all; prints the counts as the last line and returns the exit code. */
export async function runTests(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in projects));
  if (unknown.length > 0) {
    console.error(
      `no such tests: ${unknown.join(', ')}; there are ${Object.keys(projects).join(', ')}`,
    );
    return 2;
  }
  const chosen = (Object.keys(projects) as Project[]).filter(
    (name) => names.length === 0 || names.includes(name),
  );
  await prepareParts(Object.keys(parts) as Part[]);
  await buildServer();
  const seed = seedOfRun();
  console.log(`seed ${seed}: SOGLIA_SEED=${seed} repeats the random tests`);
  const outcomes = new Map<Project, Outcome>();
  for (const name of chosen) {
    console.log(`\n── ${name} (${String(outcomes.size + 1)} of ${String(chosen.length)})`);
    outcomes.set(name, await runProject(name, { env: { SOGLIA_SEED: seed } }));
  }
  return summarise(outcomes);
}

/** The seed that SOGLIA_SEED names, or a new one. */
export function seedOfRun(): string {
  return process.env['SOGLIA_SEED'] ?? String(randomInt(0x7fff_ffff));
}

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Files or folders to run instead of all of the project's. */
  readonly files?: readonly string[];
  /** Where Vitest's own words go instead of to the terminal. */
  readonly log?: string;
  readonly deadlineMs?: number;
}

const graceMs = 20_000;

/** Runs one of Vitest's projects and counts. What runs compiled is as `buildServer` has left it. */
export async function runProject(name: Project, options: RunOptions): Promise<Outcome> {
  const tally = `${root}/.cache/tally/${name}.json`;
  mkdirSync(`${root}/.cache/tally`, { recursive: true });
  rmSync(tally, { force: true });
  const startedAt = Date.now();
  const vitest = `${root}/node_modules/vitest/vitest.mjs`;
  const reporters = ['--reporter=default', `--reporter=${root}/scripts/tally-reporter.ts`];
  const args = ['run', '--project', name, ...reporters, ...(options.files ?? [])];
  const sink = options.log === undefined ? 'inherit' : openSync(options.log, 'w');
  const child = spawn(process.execPath, [vitest, ...args], {
    cwd: root,
    env: { ...process.env, ...COMPILED, ...options.env, SOGLIA_TALLY: tally },
    stdio: ['ignore', sink, sink],
  });
  // Vitest ends its workers and writes its counts where it is asked to; only then it is forced to.
  const deadlineMs = options.deadlineMs ?? projects[name].deadlineMs;
  const ask = setTimeout(() => {
    console.error(`${name}: not done after ${String(deadlineMs / 1000)} s, so it is ended`);
    child.kill('SIGINT');
  }, deadlineMs);
  const force = setTimeout(() => child.kill('SIGKILL'), deadlineMs + graceMs);
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (exitCode) => {
      resolve(exitCode ?? 1);
    });
  });
  clearTimeout(ask);
  clearTimeout(force);
  if (typeof sink === 'number') closeSync(sink);
  const counted: Tally = existsSync(tally)
    ? (JSON.parse(readFileSync(tally, 'utf8')) as Tally)
    : { passed: 0, failed: code === 0 ? 0 : 1, failures: [], skips: [] };
  const failed = code === 0 ? counted.failed : Math.max(1, counted.failed);
  return { ...counted, failed, ms: Date.now() - startedAt };
}

function summarise(outcomes: ReadonlyMap<Project, Outcome>): number {
  console.log('\n── summary');
  for (const [name, { passed, failed, skips, ms }] of outcomes) {
    const seconds = (ms / 1000).toFixed(1).padStart(6);
    console.log(`${name.padEnd(10)} ${seconds} s   ${countsLine(passed, failed, skips.length)}`);
  }
  for (const part of Object.keys(parts) as Part[]) {
    const why = lacks(part);
    if (why !== undefined) console.log(`could not run: ${parts[part].what}: ${why}`);
  }
  const verdict = verdictOf([...outcomes.values()], process.env['CI'] === 'true');
  for (const line of verdict.skipLines) console.log(line);
  for (const { where, message } of [...outcomes.values()].flatMap(({ failures }) => failures))
    console.log(`failed: ${where}: ${message}`);
  console.log(countsLine(verdict.passed, verdict.failed, verdict.skipped));
  return verdict.failed === 0 ? 0 : 1;
}
