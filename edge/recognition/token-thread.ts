import type { Worker } from 'node:worker_threads';
import { SogliaError } from '../../kernel/errors.ts';
import { startWorker } from '../../node/worker.ts';
import type { FromTokenWorker, TokenBuilder, ToTokenWorker } from './token-builder.ts';
import { TokenWindow } from './token-window.ts';

const BUILD_WITHIN_MS = 60_000;
/** Words handed over at once: a post costs as much as some hundred people. */
const OUTBOX_WORDS = 16_384;

interface Waiting {
  readonly resolve: (table: TokenWindow) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The main thread's end of the token worker. */
export class TokenThread implements TokenBuilder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #outbox: number[] = [];
  #nextId = 1;
  #end: SogliaError | undefined;

  /** @param ended - the thread ended by itself: nobody who comes is recognised any more */
  constructor(ended: (error: SogliaError) => void) {
    this.#worker = startWorker(import.meta.url, './token-worker', undefined);
    this.#worker.unref();
    this.#worker.on('message', ({ id, arrays }: FromTokenWorker) => {
      this.#take(id)?.resolve(TokenWindow.of(arrays));
    });
    let reason = 'without a word';
    this.#worker.on('error', (error) => (reason = error.message));
    this.#worker.on('exit', () => {
      const wasClosed = this.#end !== undefined;
      this.#end ??= new SogliaError('store/stopping', `the token worker ended: ${reason}`);
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(this.#end);
      if (!wasClosed) ended(this.#end);
    });
  }

  add(words: Uint32Array<ArrayBuffer>): void {
    for (const word of words) this.#outbox.push(word);
    words.fill(0);
    if (this.#outbox.length >= OUTBOX_WORDS) this.#flush();
  }

  forget(slot: number): void {
    this.#post({ kind: 'forget', slots: [slot] });
  }

  clear(): void {
    this.#outbox = [];
    this.#post({ kind: 'clear' });
  }

  build(window: number): Promise<TokenWindow> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(id)?.reject(new SogliaError('store/busy', 'the tokens took too long'));
      }, BUILD_WITHIN_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#post({ kind: 'build', id, window });
    });
  }

  async close(): Promise<void> {
    this.#end ??= new SogliaError('store/stopping', 'the store is stopping');
    await this.#worker.terminate();
  }

  #post(message: ToTokenWorker): void {
    this.#flush();
    this.#worker.postMessage(message);
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const words = Uint32Array.from(this.#outbox);
    this.#outbox = [];
    this.#worker.postMessage({ kind: 'add', words } satisfies ToTokenWorker, [words.buffer]);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}
