import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex } from '../../kernel/hex.ts';
import { explainIssues } from '../../kernel/parse.ts';
import type { Log } from '../../node/logs.ts';
import type { MonotonicClock, Source, SourceSink } from '../source.ts';
import { type RecordedLine, RecordedLineSchema } from './recording.ts';

export interface RecordedSourceOptions {
  readonly path: string;
  /** 1 as it was; 10 ten times as fast. Above 0. */
  readonly speed: number;
  readonly clock: MonotonicClock;
  readonly log: Log;
}

/** A recording, played with its own timing until its end or `stop`. Its parts are told as they are first heard of. */
export class RecordedSource implements Source {
  readonly simulated = true;
  readonly #options: RecordedSourceOptions;
  readonly #stopping = new AbortController();
  readonly #known = new Set<string>();
  #playing: Promise<void> = Promise.resolve();

  constructor(options: RecordedSourceOptions) {
    this.#options = options;
  }

  start(sink: SourceSink): Promise<void> {
    const { path, log } = this.#options;
    this.#playing = this.#play(sink).then(
      () => {
        if (!this.#stopping.signal.aborted) log.info('the recording is over', { path });
      },
      (error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        log.error('the recording cannot be played', { path, reason });
      },
    );
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#playing;
  }

  /** Settles at the end of the recording. */
  get over(): Promise<void> {
    return this.#playing;
  }

  async #play(sink: SourceSink): Promise<void> {
    const { path, speed, clock } = this.#options;
    const { signal } = this.#stopping;
    const startedAtMs = clock();
    let number = 0;
    // The file is opened here: an error on opening comes out of the iteration.
    const input = createReadStream(path, { encoding: 'utf8', signal });
    const failed = new Promise<never>((_, reject) => input.once('error', reject));
    failed.catch(() => undefined);
    const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done === true) return;
      number += 1;
      if (next.value.trim() === '') continue;
      const line = readLine(next.value, number);
      const waitMs = line.atMs / speed - (clock() - startedAtMs);
      if (waitMs > 0) await pause(waitMs, undefined, { signal });
      if (signal.aborted) return;
      this.#tell(line, sink);
    }
  }

  #tell(line: RecordedLine, sink: SourceSink): void {
    const nowMs = this.#options.clock();
    if (line.kind === 'sighting') {
      const { receiverId, carrier, rssiDbm } = line;
      if (this.#isNew(`receiver ${receiverId}`)) sink.receiver(receiverId, { state: 'working' });
      const token = fromHex(line.token) ?? new Uint8Array(8);
      sink.heard({ receiverId, carrier, token, rssiDbm, heardAtMs: nowMs });
      return;
    }
    const { scannerId } = line;
    if (this.#isNew(`scanner ${scannerId}`)) sink.scanner(scannerId, { state: 'working' });
    const frame = fromHex(line.frame) ?? new Uint8Array();
    sink.scanned({ scannerId, frame, framedAtMs: nowMs }, () => undefined);
  }

  #isNew(part: string): boolean {
    if (this.#known.has(part)) return false;
    this.#known.add(part);
    return true;
  }
}

function readLine(text: string, number: number): RecordedLine {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (cause) {
    throw new SogliaError('request/invalid', `line ${String(number)}: not JSON`, { cause });
  }
  const parsed = RecordedLineSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  throw new SogliaError(
    'request/invalid',
    `line ${String(number)}: ${explainIssues(parsed.error)}`,
    { cause: parsed.error },
  );
}
