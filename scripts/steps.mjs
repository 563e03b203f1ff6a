// Long commands with one line of progress: their output goes to a log file and is shown only when they fail.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

const heartbeatMs = 15_000;

/** @param {number} sinceMs */
export const secondsSince = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * Runs a command quietly and says how it goes.
 * @param {string} label - what a reader is waiting for
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ deadlineMs: number, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function quietly(label, command, args, { deadlineMs, env }) {
  const logs = `${root}/.cache/logs`;
  const log = `${logs}/${label
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join('-')}.log`;
  mkdirSync(logs, { recursive: true });
  const startedAt = Date.now();
  console.log(`… ${label}`);
  const heartbeat = setInterval(
    () => console.log(`  … ${label}: ${secondsSince(startedAt)} so far`),
    heartbeatMs,
  );
  const code = await run(command, args, { log, deadlineMs, env: { ...process.env, ...env } });
  clearInterval(heartbeat);
  const output = readFileSync(log, 'utf8');
  console.log(`${code === 0 ? '✓' : '✗'} ${label} (${secondsSince(startedAt)})`);
  if (code !== 0) console.log(`${lastLines(output, 15)}\n  all of it: ${log}`);
  return { ok: code === 0, output };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ log: string, deadlineMs: number, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} the exit code; 1 where the command could not start or ran out of time
 */
function run(command, args, { log, deadlineMs, env }) {
  const sink = createWriteStream(log);
  return new Promise((resolve) => {
    /** @param {number} code */
    const end = (code) => sink.end(() => resolve(code));
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    child.stdout.pipe(sink, { end: false });
    child.stderr.pipe(sink, { end: false });
    child.on('error', (error) => {
      sink.write(`${error.message}\n`);
      end(1);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) sink.write(`ended by ${signal} (deadline ${deadlineMs / 1000} s)\n`);
      end(code ?? 1);
    });
  });
}

/**
 * @param {string} text
 * @param {number} count
 */
const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');
