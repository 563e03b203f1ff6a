import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SogliaError } from '../../kernel/errors.ts';

export interface ChildOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly logFile: string;
  /** What a person watching should know: that it fell, why, and when it is tried again. */
  readonly tell: (line: string) => void;
  /** From here on a fall is an end: Ctrl-C in a terminal reaches every process at once. */
  readonly ending: AbortSignal;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long was well: the next fall is a new one. */
const STEADY_AFTER_MS = 60_000;
const STOP_WITHIN_MS = 8_000;

/**
 * A process of the shop that is started again whenever it falls, with growing pauses. Ready is what it says itself, by a log
 * line `{"msg":"ready","url":…}`.
 */
export class Child {
  readonly #options: ChildOptions;
  readonly #log: WriteStream;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #lastWords = '';
  #told = '';
  #ready: { url: string } | undefined;
  readonly #waiting = new Set<(url: string) => void>();

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  }

  start(): this {
    const [program, ...args] = this.#options.command;
    const startedAt = Date.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#hear(line);
      });
    }
    child.on('error', (error) => {
      this.#lastWords = error.message;
    });
    child.on('close', (code, signal) => {
      this.#process = undefined;
      this.#ready = undefined;
      if (this.#isStopping || this.#options.ending.aborted) return;
      if (Date.now() - startedAt > STEADY_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#tellOnce(this.#lastWords || `it ended (${signal ?? String(code)})`);
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    });
    return this;
  }

  /** The address it answers at. @throws {SogliaError} 'time/out' after `withinMs`, with its last words */
  ready(withinMs: number): Promise<string> {
    if (this.#ready !== undefined) return Promise.resolve(this.#ready.url);
    return new Promise((resolve, reject) => {
      const answered = (url: string) => {
        clearTimeout(timer);
        this.#waiting.delete(answered);
        resolve(url);
      };
      const giveUp = (why: string) => {
        clearTimeout(timer);
        this.#waiting.delete(answered);
        reject(new SogliaError('time/out', `${this.#options.name} is not ready: ${why}`));
      };
      const timer = setTimeout(() => {
        giveUp(this.#lastWords || `no answer within ${String(withinMs / 1_000)} s`);
      }, withinMs);
      this.#options.ending.addEventListener('abort', () => {
        giveUp('the shop is being closed');
      });
      this.#waiting.add(answered);
    });
  }

  /** SIGTERM, then SIGKILL for one that does not listen. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child !== undefined) {
      const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), withinMs);
      await closed;
      clearTimeout(killer);
    }
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  #hear(line: string): void {
    if (!this.#log.writableEnded) this.#log.write(`${line}\n`);
    const entry = entryOf(line);
    if (entry.msg === 'ready') {
      this.#ready = { url: entry.url ?? '' };
      this.#told = '';
      for (const answered of [...this.#waiting]) answered(this.#ready.url);
    } else if (entry.isTrouble) {
      this.#lastWords = entry.msg;
    }
  }

  #tellOnce(words: string): void {
    if (words === this.#told) return;
    this.#told = words;
    const pause = String(Math.round(this.#pauseMs / 1_000));
    this.#options.tell(`${this.#options.name}: ${words} (trying again in ${pause} s)`);
  }
}

const ERROR_LEVEL = 50; // pino's number for `error`

const LogLineSchema = z.object({
  msg: z.string().default(''),
  level: z.number().default(0),
  url: z.string().optional(),
  error: z.object({ message: z.string().optional() }).optional(),
});

function entryOf(line: string): { msg: string; url?: string | undefined; isTrouble: boolean } {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null) return { msg: line, isTrouble: false };
    const { msg, url, level, error } = LogLineSchema.parse(entry);
    return {
      msg: error?.message === undefined ? msg : `${msg}: ${error.message}`,
      url,
      isTrouble: level >= ERROR_LEVEL,
    };
  } catch {
    return { msg: line, isTrouble: line.trim() !== '' };
  }
}
