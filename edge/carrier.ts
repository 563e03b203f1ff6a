import type { Worker } from 'node:worker_threads';
import { SogliaError } from '../kernel/errors.ts';
import type { EnrolmentClient } from '../node/enrolment-client.ts';
import { startWorker } from '../node/worker.ts';
import type { CarrierData, CarryAsk, FromCarrier } from './carrier-messages.ts';
import type { Carried, Carrier, PushFrom } from './sync/hq-api.ts';

/** Above the thread's own deadline, so that its words are heard first. */
const ANSWER_WITHIN_MS = 20_000;
const REFUSED: ReadonlySet<string> = new Set(['request/denied', 'device/unknown', 'device/denied']);

interface Waiting {
  readonly resolve: (carried: Carried | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The main thread's end of the thread that carries the journal to HQ. One that ended is started again by the next call. */
export class CarrierThread implements Carrier {
  readonly #data: CarrierData;
  readonly #client: Pick<EnrolmentClient, 'token' | 'dropToken'>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #signal: AbortSignal;
  #worker: Worker | undefined;
  #nextId = 1;

  /** @param signal - ends the thread; what is under way may still reach HQ, which skips it when it comes again */
  constructor(
    data: CarrierData,
    client: Pick<EnrolmentClient, 'token' | 'dropToken'>,
    signal: AbortSignal,
  ) {
    this.#data = data;
    this.#client = client;
    this.#signal = signal;
    signal.addEventListener('abort', () => void this.#worker?.terminate(), { once: true });
  }

  async carry(from: PushFrom): Promise<Carried | undefined> {
    const token = await this.#client.token(this.#signal);
    if (this.#signal.aborted) throw unreachable('the store is stopping');
    try {
      return await this.#ask({ ...from, token });
    } catch (error) {
      if (error instanceof SogliaError && REFUSED.has(error.code)) this.#client.dropToken();
      throw error;
    }
  }

  #ask(ask: Omit<CarryAsk, 'id'>): Promise<Carried | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(unreachable(`no word within ${String(ANSWER_WITHIN_MS)} ms`));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#worker ??= this.#start();
      this.#worker.postMessage({ ...ask, id } satisfies CarryAsk);
    });
  }

  #start(): Worker {
    const worker = startWorker(import.meta.url, './carrier-worker', this.#data);
    worker.on('message', (said: FromCarrier) => {
      const waiting = this.#take(said.id);
      if ('failure' in said) {
        waiting?.reject(new SogliaError(said.failure.code, said.failure.message));
      } else {
        waiting?.resolve(said.carried);
      }
    });
    let reason = 'the carrier ended';
    worker.on('error', (error) => (reason = `the carrier ended: ${error.message}`));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(unreachable(reason));
    });
    return worker;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}

function unreachable(reason: string): SogliaError {
  return new SogliaError('hq/unreachable', reason);
}
