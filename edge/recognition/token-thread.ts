import type { Worker } from 'node:worker_threads';
import { SogliaError } from '../../kernel/errors.ts';
import { startWorker } from '../../node/worker.ts';
import type {
  CohortPage,
  FromTokenWorker,
  PageQuery,
  TokenBuilder,
  TokenWorkerData,
  ToTokenWorker,
} from './token-builder.ts';
import { TokenWindow } from './token-window.ts';

/** For a table of millions, or a page of rows behind one. */
const ANSWER_WITHIN_MS = 60_000;
/** Words handed over at once: a post costs as much as some hundred people. */
const OUTBOX_WORDS = 16_384;
/** A row is garbage as soon as its keys are taken: a larger young generation only makes the process larger, by 40 MB. */
const YOUNG_MB = 4;

interface Waiting {
  readonly answered: (answer: FromTokenWorker) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The main thread's end of the token worker. */
export class TokenThread implements TokenBuilder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #outbox = new Uint32Array(OUTBOX_WORDS);
  #outboxUsed = 0;
  /** Takes effect with the next build, so it may wait for it. */
  #forgotten: number[] = [];
  #nextId = 1;
  #end: SogliaError | undefined;

  /** @param ended - the thread ended by itself: nobody who comes is recognised any more */
  constructor(data: TokenWorkerData, ended: (error: SogliaError) => void) {
    this.#worker = startWorker(import.meta.url, '../token-worker', data, {
      maxYoungGenerationSizeMb: YOUNG_MB,
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: FromTokenWorker) => {
      this.#take(answer.id)?.answered(answer);
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
    if (this.#outboxUsed + words.length > OUTBOX_WORDS) this.#flush();
    if (words.length > OUTBOX_WORDS) {
      this.#worker.postMessage({ kind: 'add', words } satisfies ToTokenWorker, [words.buffer]);
      return;
    }
    this.#outbox.set(words, this.#outboxUsed);
    this.#outboxUsed += words.length;
    words.fill(0);
  }

  forget(slots: readonly number[]): void {
    this.#forgotten.push(...slots);
    if (this.#forgotten.length >= OUTBOX_WORDS) this.#flush();
  }

  clear(): void {
    this.#outbox.fill(0);
    this.#outboxUsed = 0;
    this.#forgotten = [];
    this.#post({ kind: 'clear' });
  }

  async load(query: PageQuery): Promise<CohortPage> {
    const sealingKey = Uint8Array.from(query.key.sealingKey); // handed over, and zeroed there
    const copy = { ...query, key: { ...query.key, sealingKey } };
    const answer = await this.#ask(
      (id) => ({ kind: 'load', id, query: copy }),
      [sealingKey.buffer],
    );
    if (answer.kind === 'loaded') return answer.page;
    throw new SogliaError('storage/failed', `the cohort cannot be read: ${reasonOf(answer)}`);
  }

  async build(window: number): Promise<TokenWindow> {
    const answer = await this.#ask((id) => ({ kind: 'build', id, window }));
    if (answer.kind === 'built') return TokenWindow.of(answer.arrays);
    throw new SogliaError('store/busy', `no table was made: ${reasonOf(answer)}`);
  }

  async close(): Promise<void> {
    this.#end ??= new SogliaError('store/stopping', 'the store is stopping');
    await this.#worker.terminate();
  }

  #ask(
    questionOf: (id: number) => ToTokenWorker,
    handedOver: readonly ArrayBuffer[] = [],
  ): Promise<FromTokenWorker> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise((answered, reject) => {
      const timer = setTimeout(() => {
        this.#take(id)?.reject(new SogliaError('store/busy', 'the tokens took too long'));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(id, { answered, reject, timer });
      this.#post(questionOf(id), handedOver);
    });
  }

  #post(message: ToTokenWorker, handedOver: readonly ArrayBuffer[] = []): void {
    this.#flush();
    this.#worker.postMessage(message, handedOver);
  }

  #flush(): void {
    if (this.#forgotten.length > 0) {
      const slots = this.#forgotten;
      this.#forgotten = [];
      this.#worker.postMessage({ kind: 'forget', slots } satisfies ToTokenWorker);
    }
    if (this.#outboxUsed === 0) return;
    const words = this.#outbox.slice(0, this.#outboxUsed);
    this.#outbox.fill(0, 0, this.#outboxUsed);
    this.#outboxUsed = 0;
    this.#worker.postMessage({ kind: 'add', words } satisfies ToTokenWorker, [words.buffer]);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}

function reasonOf(answer: FromTokenWorker): string {
  return answer.kind === 'failed' ? answer.message : `it said '${answer.kind}'`;
}
