import type { SogliaError } from '../../kernel/errors.ts';
import { BackOff } from './back-off.ts';
import type { Pulling } from './pull.ts';
import type { Pushing } from './push.ts';

export interface SyncOptions {
  readonly pushing: Pick<Pushing, 'next'>;
  readonly pulling: Pick<Pulling, 'all'>;
  /** Settles once the store is enrolled at HQ. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** How often to pull without a hint, ms. */
  readonly pollMs: number;
  readonly random: () => number;
  readonly report: (what: 'push' | 'pull' | 'enrol', error: unknown, retryInMs: number) => void;
  readonly reached: (isReached: boolean) => void;
}

/** After a batch that was not large more may gather for this long; nobody in the shop waits for HQ. */
const GATHER_MS = 100;
const LARGE_BATCH = 200;

/** Keeps store and HQ true to each other for as long as the line allows; without it the store goes on alone. */
export class Sync {
  readonly #options: SyncOptions;
  readonly #end = new AbortController();
  readonly #wake = { push: new Signal(), pull: new Signal() };
  #loops: Promise<unknown> = Promise.resolve();

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  start(): void {
    const { pushing, pulling, pollMs } = this.#options;
    const push = async () => {
      for (;;) {
        const pushed = await pushing.next();
        if (pushed === undefined || this.#end.signal.aborted) return;
        // Not woken by each new fact: few large batches cost shop and HQ less than many small ones.
        const pauseMs = Math.max(pushed.pauseMs, pushed.events < LARGE_BATCH ? GATHER_MS : 0);
        await new Signal().within(pauseMs, this.#end.signal);
      }
    };
    this.#loops = this.#enrol().then(() =>
      Promise.all([
        this.#loop('push', push, pollMs),
        this.#loop('pull', () => pulling.all(), pollMs),
      ]),
    );
  }

  /** There is something to send. */
  wakePush(): void {
    this.#wake.push.give();
  }

  /** HQ hints that there is news. */
  wakePull(): void {
    this.#wake.pull.give();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#wake.push.give();
    this.#wake.pull.give();
    await this.#loops;
  }

  async #enrol(): Promise<void> {
    const backOff = new BackOff(this.#options.random);
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#options.ready(signal);
        return;
      } catch (error) {
        const retryInMs = backOff.nextMs();
        this.#options.report('enrol', error, retryInMs);
        await this.#wake.pull.within(retryInMs, signal);
      }
    }
  }

  async #loop(what: 'push' | 'pull', task: () => Promise<void>, restMs: number): Promise<void> {
    const backOff = new BackOff(this.#options.random);
    const { signal } = this.#end;
    const wake = this.#wake[what];
    while (!signal.aborted) {
      try {
        await task();
        backOff.reset();
        this.#options.reached(true);
        await wake.within(restMs, signal);
      } catch (error) {
        if (isUnreachable(error)) this.#options.reached(false);
        const retryInMs = backOff.nextMs();
        this.#options.report(what, error, retryInMs);
        // A hint or a new fact does not cut this short: HQ is spared exactly then.
        await new Signal().within(retryInMs, signal);
      }
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return (error as Partial<SogliaError> | undefined)?.code === 'hq/unreachable';
}

/** Ends a wait early. Given while nobody waits, it ends the next one. */
class Signal {
  #isGiven = false;
  #wake: (() => void) | undefined;

  give(): void {
    this.#isGiven = true;
    this.#wake?.();
  }

  async within(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isGiven && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#wake = undefined;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
        this.#wake = done;
      });
    }
    this.#isGiven = false;
  }
}
