import { SogliaError } from '../kernel/errors.ts';

/**
 * What `work` comes to, if that is soon enough.
 * @param what - ends the sentence "no answer in 2000 ms: …"
 * @throws {SogliaError} 'time/out' after `deadlineMs`; a later failure of `work` is nobody's any more
 */
export async function within<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new SogliaError('time/out', `no answer in ${deadlineMs} ms: ${what}`));
    }, deadlineMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** A sleep that `wake` ends early. One sleeper at a time. A wake with nobody asleep ends the next sleep at once. */
export class Alarm {
  #wakened = false;
  #ring: (() => void) | undefined;

  wake(): void {
    this.#wakened = true;
    this.#ring?.();
  }

  /** @returns whether it was woken before `ms` had passed */
  async sleep(ms: number): Promise<boolean> {
    if (!this.#wakened) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const wasWoken = this.#wakened;
    this.#wakened = false;
    this.#ring = undefined;
    return wasWoken;
  }
}

/** Waits that double from `firstMs` up to `lastMs`, until something went well. */
export class BackOff {
  readonly #firstMs: number;
  readonly #lastMs: number;
  #nextMs: number;
  constructor(firstMs: number, lastMs: number) {
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
    this.#nextMs = firstMs;
  }
  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.#lastMs);
    return ms;
  }
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
