import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../node/node-flags.ts';
import { until, within } from '../../test/support/until.ts';
import type { Endings } from './endings.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Part {
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 40_000;
const STOP_WITHIN_MS = 10_000;

/**
 * `soglia ARGS…` as a process of its own, compiled as it is installed; resolves once its log says that it is ready.
 * @param started - the process is there, whatever it does
 */
export async function startSoglia(
  args: readonly string[],
  endings: Endings,
  started: (pid: number) => void = () => undefined,
): Promise<Part> {
  const profile = process.env['SOGLIA_BENCH_PROFILE'];
  const flags =
    profile !== undefined && profile.split(':')[0] === args[0]
      ? ['--cpu-prof', `--cpu-prof-dir=${profile.split(':')[1] ?? root}`]
      : [];
  const child = spawn(
    process.execPath,
    [...NODE_FLAGS, ...flags, `${root}bin/soglia.mjs`, ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  started(child.pid ?? 0);
  const part = { pid: child.pid ?? 0, stop: () => stop(child) };
  endings.add(part.stop);
  let output = '';
  const keep = (chunk: string) => (output = (output + chunk).slice(-20_000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  await until(`soglia ${args[0] ?? ''} to be ready`, READY_WITHIN_MS, () => {
    if (hasEnded(child)) throw new Error(`it ended; it said:\n${output}`);
    return /"msg":"ready"/.test(output);
  }).catch((error: unknown) => {
    throw new Error(`soglia ${args.join(' ')} said:\n${output}`, { cause: error });
  });
  return part;
}

/** A load generator in a process of its own, asked from here. */
export interface Load {
  readonly pid: number;
  /** @throws {Error} with the generator's words, or after `deadlineMs` */
  ask<T>(what: string, payload: unknown, deadlineMs?: number): Promise<T>;
}
interface Question {
  readonly id: number;
  readonly what: string;
  readonly payload: unknown;
}
interface Answered {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

/** @param module - beside bench/main.ts: 'radio-load.ts' */
export function startLoad(module: string, endings: Endings): Load {
  const child = fork(`${root}bench/${module}`, [], { cwd: root, execArgv: ['--import', 'tsx'] });
  endings.add(() => stop(child));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${module} ended`);
  });
  ended.catch(() => undefined); // told to whoever asks
  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    async ask<T>(what: string, payload: unknown, deadlineMs = 30_000): Promise<T> {
      const id = (lastId += 1);
      const answered = new Promise<T>((resolve, reject) => {
        const listen = (message: Answered) => {
          if (message.id !== id) return;
          child.off('message', listen);
          if (message.failure === undefined) resolve(message.answer as T);
          else reject(new Error(`${module}, ${what}: ${message.failure}`));
        };
        child.on('message', listen);
      });
      child.send({ id, what, payload } satisfies Question);
      return within(`${module} to answer '${what}'`, deadlineMs, Promise.race([answered, ended]));
    },
  };
}

/** The generator's end. It ends with the process that started it. */
export function answerQuestions(
  handlers: Readonly<Record<string, (payload: never) => unknown>>,
): void {
  process.on('message', ({ id, what, payload }: Question) => {
    const handler = handlers[what] as ((payload: unknown) => unknown) | undefined;
    const answered = Promise.resolve(payload).then((given) => {
      if (handler === undefined) throw new Error('no such question');
      return handler(given);
    });
    answered.then(
      (given) => process.send?.({ id, answer: given } satisfies Answered),
      (error: unknown) => {
        const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ id, failure } satisfies Answered);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await within('a clean end', STOP_WITHIN_MS, ended).catch(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
