import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endLater } from './endings.ts';
import { Hopeless, until, within } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningProcess {
  readonly pid: number;
  /** Everything that it wrote so far, both streams in order of arrival. */
  output(): string;
  /** The first whole line of standard output that matches; `deadlineMs` from now. */
  line(pattern: RegExp, deadlineMs?: number): Promise<string>;
  /** Resolves once the address answers with any HTTP status below 500. */
  answers(url: string, deadlineMs?: number): Promise<void>;
  /** Resolves to the exit code once it has ended by itself; null where a signal ended it. */
  ended(deadlineMs?: number): Promise<number | null>;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves to the exit code, null where a signal ended it. */
  stop(graceMs?: number): Promise<number | null>;
  /** SIGKILL: the process gets no say, as when the power of its box fails. */
  kill(): Promise<void>;
}

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to standard input at once, and then its end. */
  readonly input?: string | Uint8Array;
}

/** Starts `soglia ARGS…` from the sources, as a process of its own that ends with the test. */
export function startSoglia(args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  return startProcess(process.execPath, [`${root}bin/soglia.mjs`, ...args], options);
}

/** Starts any command, as a process of its own that ends with the test. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(() => undefined);
  ended.catch(() => undefined); // a failed start is told by `failure`
  let failure: Error | undefined;
  let stdout = '';
  let both = '';
  child.on('error', (error) => (failure = error));
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(options.input ?? '');
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    both += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (both += chunk));
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  child.once('close', () => process.off('exit', atExit));

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const called = [command, ...args].join(' ');
  const expectAlive = () => {
    if (failure !== undefined) throw new Hopeless(`${called} did not start`, { cause: failure });
    if (!hasEnded()) return;
    const how = child.signalCode ?? `code ${String(child.exitCode)}`;
    throw new Hopeless(`${called} ended with ${how}; it said:\n${both}`);
  };
  const running: RunningProcess = {
    pid: child.pid ?? 0,
    output: () => both,
    async line(pattern, deadlineMs = 20_000) {
      return until(`${called} to write a line like ${String(pattern)}`, deadlineMs, () => {
        const whole = stdout.split('\n').slice(0, -1);
        const found = whole.find((line) => pattern.test(line));
        if (found === undefined) expectAlive();
        return found;
      });
    },
    async answers(url, deadlineMs = 20_000) {
      await until(`${called} to answer at ${url}`, deadlineMs, async () => {
        expectAlive();
        const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
        return response.status < 500;
      });
    },
    async ended(deadlineMs = 20_000) {
      await within(`the end of ${called}`, deadlineMs, ended);
      return child.exitCode;
    },
    async stop(graceMs = 10_000) {
      if (!hasEnded() && failure === undefined) {
        child.kill('SIGTERM');
        await within('a clean end', graceMs, ended).catch(() => child.kill('SIGKILL'));
        await within('an end by SIGKILL', 5_000, ended);
      }
      process.off('exit', atExit);
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      if (!hasEnded() && failure === undefined) await within('an end by SIGKILL', 5_000, ended);
    },
  };
  endLater(async () => {
    await running.stop();
  });
  return running;
}
