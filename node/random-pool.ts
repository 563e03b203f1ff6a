import { randomFillSync } from 'node:crypto';

/**
 * Random bytes, a few at a time. Asking the system for each few takes 16 µs, and an array apiece is a burden to the garbage
 * collector: so they are drawn many at once, and never given twice.
 */
export class RandomPool {
  readonly #pool = Buffer.alloc(4_096);
  #used = this.#pool.length;

  /** @param count - 4,096 at most */
  hex(count: number): string {
    const from = this.#take(count);
    return this.#pool.toString('hex', from, from + count);
  }

  /** @param into - 4,096 bytes at most */
  fill(into: Uint8Array): void {
    const from = this.#take(into.length);
    into.set(this.#pool.subarray(from, from + into.length));
  }

  uint32(): number {
    return this.#pool.readUInt32LE(this.#take(4));
  }

  #take(count: number): number {
    if (this.#used + count > this.#pool.length) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    this.#used += count;
    return this.#used - count;
  }
}
