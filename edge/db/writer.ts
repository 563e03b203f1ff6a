import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { SogliaError } from '../../kernel/errors.ts';
import { startWorker } from '../../node/worker.ts';
import type { WriteKind, WriteResult, Writer, Writes } from '../writes.ts';
import { WaitingLine } from './waiting-line.ts';
import type { FromWorker, Posted, Settled, WriterData } from './writer-messages.ts';

const MAX_WAITING = 4_096;
const MAX_WAIT_MS = 5_000;
/** In a burst the worker begins while the main thread still reads the rest of it. */
const POST_AT = 4;
const OPEN_WITHIN_MS = 30_000;
/** The whole file is checked before it is written: a slow disk takes so long for a megabyte. */
const OPEN_MS_PER_MB = 100;
const STOP_WITHIN_MS = 10_000;

function megabytesOf(file: string): number {
  return Math.ceil((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / 1_000_000);
}

/** The main thread's end of the writer worker. */
export class WriterClient implements Writer {
  readonly #worker: Worker;
  readonly #onFatal: (error: SogliaError) => void;
  readonly #waiting = new WaitingLine(MAX_WAITING);
  readonly #timer: NodeJS.Timeout;
  #onCommitted: () => void = () => undefined;
  #outbox: Posted[] = [];
  #end: SogliaError | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(worker: Worker, onFatal: (error: SogliaError) => void) {
    this.#worker = worker;
    this.#onFatal = onFatal;
    this.#timer = setInterval(() => {
      this.#expire();
    }, 250);
    this.#timer.unref();
    worker.on('message', (message: FromWorker) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      this.#fail(
        new SogliaError('storage/failed', `the writer ended: ${error.message}`, { cause: error }),
      );
    });
    worker.on('exit', () => {
      this.#fail(new SogliaError('storage/failed', 'the writer ended'));
    });
  }

  /**
   * Opens, migrates and checks the database.
   * @param onFatal - the disk cannot be trusted any more; called once, nothing is acknowledged afterwards
   * @throws {SogliaError} 'storage/failed', with the reason
   */
  static async start(
    data: WriterData,
    onFatal: (error: SogliaError) => void,
  ): Promise<WriterClient> {
    const worker = startWorker(import.meta.url, './writer-worker', data);
    const [first] = (await once(worker, 'message', {
      signal: AbortSignal.timeout(OPEN_WITHIN_MS + megabytesOf(data.file) * OPEN_MS_PER_MB),
    }).catch(async (cause: unknown) => {
      await worker.terminate();
      throw new SogliaError('storage/failed', `${data.file}: cannot be opened`, { cause });
    })) as [FromWorker];
    if (first.kind !== 'ready') {
      await worker.terminate();
      const reason = first.kind === 'fatal' ? first.message : 'the writer said something else';
      throw new SogliaError('storage/failed', `${data.file}: ${reason}`);
    }
    return new WriterClient(worker, onFatal);
  }

  /** Called after each commit: there may be something to send. */
  onCommitted(listener: () => void): void {
    this.#onCommitted = listener;
  }

  /** Whether writes are taken. */
  get isServing(): boolean {
    return this.#end === undefined;
  }

  /** How many writes wait for their commit. */
  get waiting(): number {
    return this.#waiting.length;
  }

  write<K extends WriteKind>(kind: K, request: Writes[K]['request']): Promise<WriteResult<K>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.isFull) {
      return Promise.reject(new SogliaError('store/busy', 'too many writes wait for the disk'));
    }
    return new Promise<WriteResult<K>>((resolve, reject) => {
      const id = this.#waiting.add({
        resolve: resolve as (result: unknown) => void,
        reject,
        since: performance.now(),
      });
      // A generic request put together loses the link between kind and fields; Writes holds it at the callers.
      const posted = Object.assign({ kind }, request) as unknown as Posted['request'];
      this.#outbox.push({ id, request: posted });
      if (this.#outbox.length >= POST_AT) this.#post();
      else if (this.#outbox.length === 1) setImmediate(() => this.#post());
    });
  }

  /** Commits what waits, then closes the database. */
  stop(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  async #close(): Promise<void> {
    this.#post();
    this.#end ??= new SogliaError('store/stopping', 'the store is stopping');
    clearInterval(this.#timer);
    const ended = once(this.#worker, 'exit', { signal: AbortSignal.timeout(STOP_WITHIN_MS) });
    this.#worker.postMessage('stop');
    await ended.catch(() => this.#worker.terminate());
  }

  #post(): void {
    if (this.#outbox.length === 0) return;
    this.#worker.postMessage(this.#outbox);
    this.#outbox = [];
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'done') {
      for (const settled of message.results) this.#settle(settled);
      this.#onCommitted();
    } else if (message.kind === 'fatal') {
      this.#fail(new SogliaError('storage/failed', message.message));
    }
  }

  #settle(settled: Settled): void {
    const waiting = this.#waiting.take(settled.id);
    if (waiting === undefined) return;
    if ('failure' in settled) {
      waiting.reject(new SogliaError('storage/failed', settled.failure));
    } else {
      waiting.resolve(settled.result);
    }
  }

  /** A caller does not wait for ever; the write itself may still come through, and its retry then finds it. */
  #expire(): void {
    const before = performance.now() - MAX_WAIT_MS;
    for (const { reject } of this.#waiting.takeUntil(before))
      reject(new SogliaError('store/busy', 'the disk has not answered within 5 s'));
  }

  #fail(error: SogliaError): void {
    const isFirst = this.#end === undefined;
    this.#end ??= error;
    clearInterval(this.#timer);
    for (const { reject } of this.#waiting.takeUntil(Infinity)) reject(this.#end);
    if (isFirst) this.#onFatal(error);
  }
}
