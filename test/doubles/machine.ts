import { randomUUID } from 'node:crypto';
import type { Machine } from '../../edge/trusted-clock.ts';

const HOUR_MS = 3_600_000;

/** A machine whose clock a test sets, whose time it lets pass, and whose power it cuts. */
export class TestMachine implements Machine {
  bootId = randomUUID();
  /** What the machine's clock is off by, ms. */
  wrongMs = 0;
  #upMs = 1_000;
  #passedMs = 0;

  /** The true time. */
  get trueNow(): number {
    return Date.now() + this.#passedMs;
  }

  now(): number {
    return this.trueNow + this.wrongMs;
  }

  upMs(): number {
    return this.#upMs + performance.now();
  }

  /** Hours go by while it runs. */
  passHours(hours: number): void {
    this.#passedMs += hours * HOUR_MS;
    this.#upMs += hours * HOUR_MS;
  }

  /** Off for so long, and on again. */
  reboot(offHours = 0): void {
    this.#passedMs += offHours * HOUR_MS;
    this.#upMs = 1_000 - performance.now();
    this.bootId = randomUUID();
  }
}
