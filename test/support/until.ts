import { setTimeout as pause } from 'node:timers/promises';

/** Thrown by what `until` asks when waiting longer is of no use: it is passed on at once. */
export class Hopeless extends Error {}

/**
 * Asks again and again until there is an answer other than undefined or false, and returns it.
 * @throws {Error} after `deadlineMs`, naming what did not come and the last failure of asking
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let lastFailure: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      lastFailure = error;
    }
    if (performance.now() > end) {
      throw new Error(`${what}: not within ${String(deadlineMs)} ms`, { cause: lastFailure });
    }
    await pause(20);
  }
}

/** Rejects with `what` in words where `promise` takes longer than `deadlineMs`. */
export async function within<T>(what: string, deadlineMs: number, promise: Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const late = pause(deadlineMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`${what}: not within ${String(deadlineMs)} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    waiting.abort();
    late.catch(() => undefined); // the abort itself
  }
}
