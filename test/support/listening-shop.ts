import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endLater } from './endings.ts';
import { within } from './until.ts';

/** Edge and bridge together in a process of their own, with a radio that hears what it is told, on a clock that runs faster. */
export interface ListeningShop {
  /** What BlueZ tells of device objects. */
  hear(adverts: readonly ToldAdvert[]): void;
  /**
   * Where a text lies in the memory of the process after everything was collected that can be: in its heap snapshot, or
   * as bytes in any of its arrays.
   * @param hold - a text that the process is told to keep meanwhile: what this must find
   */
  remembers(marks: readonly string[], hold?: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}
export interface ToldAdvert {
  /** AA:BB:CC:DD:EE:FF */
  readonly address: string;
  readonly rssi: number;
  /** Service data of 0xFEAA, hex. */
  readonly eddystone?: string;
  readonly uuids?: readonly string[];
  /** Company id and data, hex. */
  readonly manufacturer?: readonly [number, string];
  readonly name?: string;
}
export interface StartShop {
  readonly folder: string;
  readonly configuration: object;
  readonly hqOperatorSocket: string;
  /** Simulated time: `startAt` at the wall clock's `wallAt`, then so many times as fast. */
  readonly startAt: number;
  readonly wallAt: number;
  readonly speed: number;
}
export type ToShop =
  | { readonly kind: 'start'; readonly options: StartShop }
  | { readonly kind: 'adverts'; readonly adverts: readonly ToldAdvert[] }
  | {
      readonly kind: 'search';
      /** Backwards. */
      readonly marks: readonly string[];
      readonly hold: string | undefined;
    }
  | { readonly kind: 'stop' };
export interface FromShop {
  readonly answers: ToShop['kind'];
  readonly found?: readonly string[];
  readonly failure?: string;
}

const ANSWERED_WITHIN_MS = 120_000;

export async function startListeningShop(options: StartShop): Promise<ListeningShop> {
  const file = fileURLToPath(new URL('listening-shop-process.ts', import.meta.url));
  const child = fork(file, [], { execArgv: ['--import', 'tsx', '--expose-gc'] });
  endLater(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the shop's process ended: ${String(code)}`);
  });
  ended.catch(() => undefined); // told to whoever asks
  const ask = async (message: ToShop): Promise<FromShop> => {
    const answered = new Promise<FromShop>((resolve) => {
      const listen = (answer: FromShop) => {
        if (answer.answers !== message.kind) return;
        child.off('message', listen);
        resolve(answer);
      };
      child.on('message', listen);
    });
    child.send(message);
    const answer = await within(
      `the shop's process to answer '${message.kind}'`,
      ANSWERED_WITHIN_MS,
      Promise.race([answered, ended]),
    );
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return answer;
  };
  await ask({ kind: 'start', options });
  return {
    hear(adverts) {
      child.send({ kind: 'adverts', adverts } satisfies ToShop);
    },
    async remembers(marks, hold) {
      const reversed = marks.map((mark) => Array.from(mark).reverse().join(''));
      return (await ask({ kind: 'search', marks: reversed, hold })).found ?? [];
    },
    async stop() {
      await ask({ kind: 'stop' });
    },
  };
}
