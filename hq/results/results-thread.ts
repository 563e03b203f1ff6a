import type { Worker } from 'node:worker_threads';
import type { OfferId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { OfferResults } from '../../kernel/protocol/console-api.ts';
import { startWorker } from '../../node/worker.ts';
import type { Clock } from '../clock.ts';
import type { Results } from './results.ts';
import type { FromResultsWorker, ResultsAsk } from './results-messages.ts';

/** What takes less is counted anew each time. */
const LONG_MS = 1_000;
/** What takes longer is kept for so many times as it took: counting has no more than a tenth of a processor. */
const FRESH_TIMES = 10;
const ANSWER_WITHIN_MS = 120_000;

type Counted = Extract<FromResultsWorker, { readonly results: OfferResults }>;
interface Kept {
  readonly results: Promise<OfferResults>;
  /** Undefined: still being counted. */
  freshUntil: number | undefined;
}

/**
 * Counts in a thread of its own, which reads the file and ends with its answer: a year of a chain takes seconds, and stores
 * and tills wait for HQ's main thread. Who asks for the same meanwhile, or soon afterwards, gets the same answer.
 */
export class ResultsThread implements Results {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #kept = new Map<OfferId, Kept>();
  /** One at a time: each wants a processor and the rows of its offer in memory. */
  #last: Promise<unknown> = Promise.resolve();
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** @throws {SogliaError} 'request/not-found'; 'time/out' after two minutes; 'store/stopping' */
  of(offerId: OfferId): Promise<OfferResults> {
    const known = this.#kept.get(offerId);
    if (known !== undefined && (known.freshUntil ?? Infinity) > performance.now())
      return known.results;
    const counting = this.#last.then(() => this.#count(offerId));
    this.#last = counting.catch(() => undefined);
    const results = counting.then((counted) => counted.results);
    const kept: Kept = { results, freshUntil: undefined };
    this.#kept.set(offerId, kept);
    counting.then(
      ({ tookMs }) => {
        const freshMs = tookMs < LONG_MS ? 0 : tookMs * FRESH_TIMES;
        kept.freshUntil = performance.now() + freshMs;
      },
      () => this.#kept.delete(offerId),
    );
    return results;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #count(offerId: OfferId): Promise<Counted> {
    if (this.#isClosed) return Promise.reject(ended());
    const ask: ResultsAsk = { file: this.#file, offerId, now: this.#clock() };
    const worker = startWorker(import.meta.url, '../results-worker', ask);
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new SogliaError('time/out', 'the results were not counted within two minutes'));
        void worker.terminate();
      }, ANSWER_WITHIN_MS);
      worker.on('message', (said: FromResultsWorker) => {
        if ('results' in said) resolve(said);
        else reject(new SogliaError(said.failure.code, said.failure.message));
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        clearTimeout(timer);
        reject(ended()); // where nothing was said before
      });
    });
  }
}

function ended(): SogliaError {
  return new SogliaError('store/stopping', 'head office is stopping');
}
