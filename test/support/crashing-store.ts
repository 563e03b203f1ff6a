import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type RunningProcess, startProcess } from './process.ts';

/** `redeeming` is the product; the others have a seeded bug (careless-process.ts). */
export type StoreProgram = 'redeeming' | 'normal' | 'ack-first';

/** One store that crashes again and again, and its tills: each redemption has a number (numbered-redemption.ts). */
export class CrashingStore {
  readonly file: string;
  /** Numbers whose redemption was answered, and the answer heard: they must never be lost. */
  readonly acknowledged = new Set<number>();
  /** How long each start took to open the database, in ms. */
  readonly opensMs: number[] = [];
  readonly #program: StoreProgram;
  #served = 0;
  #servedMs = 0;
  #stored = 0;

  constructor(program: StoreProgram, file: string) {
    this.#program = program;
    this.file = file;
  }

  /** Acknowledged redemptions a second, from when the store is open until it crashes. */
  get perSecond(): number {
    return Math.round((this.#served * 1_000) / this.#servedMs);
  }

  /** In words, for a proof that holds. */
  get figures(): string {
    const opens = this.opensMs.toSorted((a, b) => a - b);
    return (
      `${String(this.acknowledged.size)} acknowledged, ${String(this.perSecond)} a second, none lost, ` +
      `none doubled (${String(this.#stored)} asked for again had come through); ` +
      `open after ${String(opens[opens.length >> 1])} ms, at most ${String(opens.at(-1))} ms`
    );
  }

  /** Starts it and lets `crash` end it `afterMs` after it began to redeem. */
  async serveUntil(afterMs: number, crash: Crash): Promise<void> {
    const store = this.#start();
    const [, openAt, openMs] = (await store.line(/^open /, 60_000)).split(' ');
    await pause(afterMs);
    this.#servedMs += Date.now() - Number(openAt);
    const heardUntil = await crash(store);
    this.opensMs.push(Number(openMs));
    const before = this.acknowledged.size;
    this.#take(store.output(), heardUntil);
    this.#served += this.acknowledged.size - before;
  }

  /** Starts it and lets `crash` end it `afterMs` after it began to open its database. */
  async openUntil(afterMs: number, crash: Crash): Promise<void> {
    const store = this.#start();
    await store.line(/^opening$/, 60_000);
    await pause(afterMs);
    this.#take(store.output(), await crash(store));
  }

  /** The tills ask again for what they got no answer to. */
  #start(): RunningProcess {
    let first = 0;
    while (this.acknowledged.has(first)) first += 1;
    const answered = [...this.acknowledged].filter((number) => number > first);
    return startProcess(process.execPath, [
      ...['--import', 'tsx'],
      ...commandOf(this.#program),
      this.file,
      ...[first, ...answered].map(String),
    ]);
  }

  #take(output: string, heardUntil: bigint | null): void {
    const lines = output.split('\n').slice(0, -1); // the last one may be cut
    for (const line of lines) {
      if (line.startsWith('open')) continue;
      const [number, answer] = line.split(' ');
      if (number === 'at') {
        if (heardUntil !== null && BigInt(answer!) > heardUntil) return;
        continue;
      }
      if (answer !== 'redeemed' && answer !== 'stored')
        throw new Error(`the store said: ${lines.slice(lines.indexOf(line)).join('\n')}`);
      if (answer === 'stored') this.#stored += 1;
      this.acknowledged.add(Number(number));
    }
  }
}

/**
 * Ends the store, at once, and resolves once it has ended: to the last instant at which the tills heard it (nanoseconds
 * of CLOCK_MONOTONIC), null where they heard whatever it said.
 */
type Crash = (store: RunningProcess) => Promise<bigint | null>;

function commandOf(program: StoreProgram): string[] {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  if (program === 'redeeming') return [path('./redeeming-process.ts')];
  return [path('./careless-process.ts'), program];
}
