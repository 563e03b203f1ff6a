import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { TokenTable } from '../edge/recognition/token-table.ts';
import { TokenThread } from '../edge/recognition/token-thread.ts';
import { periodOf } from '../kernel/credentials/token.ts';
import type { Pseudonym } from '../kernel/domain/ids.ts';
import { atMost, type Benchmark, type Reach } from './row.ts';
import { type Endings, withEndings } from './support/endings.ts';

const CREDENTIALS = 1_000_000;
/** People taken in before the loop gets its turn. */
const SLICE = 200;
const WINDOW_MS = 512_000;
/** In the middle of a key's period, so that each person has one token a window. */
const NOW = (periodOf(Date.now() / 1_000) * 65_536 + 30_000) * 1_000;
const MB = 1_000_000;

export const tokenTable: Benchmark = {
  name: 'token-table',
  what: 'tables of everybody’s tokens, in the windows −1, 0 and +1',
  run: (tell) =>
    withEndings(async (endings) => {
      const thread = new TokenThread({ file: '' }, (error) => tell(error.message));
      endings.add(() => thread.close());
      const table = new TokenTable(thread);
      await table.turn(NOW); // three windows of nobody
      tell(`${CREDENTIALS.toLocaleString('en')} credentials`);
      const begun = performance.now();
      await takeIn(table);
      const takingInS = (performance.now() - begun) / 1_000;
      await thread.build(0); // all keys have arrived there once this is done
      const withKeys = process.memoryUsage.rss();

      const idle = idleThread(endings);
      const watch = watchLoop();
      const coldS = await seconds(() => table.rebuild());
      const servingBytes = table.bytes;
      const nextS = await seconds(() => table.turn(NOW + WINDOW_MS));
      const { longestMs, mostRss } = watch.stop();
      const idleMs = await idle.stop();
      tell(`${String(table.size)} people, ${String(Math.round(servingBytes / MB))} MB of tables`);
      const aesS = aesAlone();
      const shown = (what: string, unit: string, figure: number): Reach => ({
        what,
        unit,
        limit: null,
        figure,
        met: null,
      });
      return {
        name: 'token-table',
        beside: { name: 'as many blocks by node:crypto alone, s', figure: aesS },
        ratio: nextS / aesS,
        reach: [
          atMost('next window', 's', 4, nextS),
          atMost('cold build of three', 's', 8, coldS),
          atMost('serving table', 'MB', 64, servingBytes / MB),
          atMost('peak while swapping', 'MB', 160, (mostRss - withKeys) / MB),
          atMost('longest stall of the main loop', 'ms', 10, longestMs),
          shown('longest stall of an idle thread', 'ms', idleMs),
          shown('taking all in', 's', takingInS),
        ],
      };
    }),
};

async function takeIn(table: TokenTable): Promise<void> {
  const period = periodOf(NOW / 1_000);
  for (let i = 0; i < CREDENTIALS; i += SLICE) {
    const random = randomBytes(SLICE * 32).toString('hex');
    for (let j = 0; j < SLICE; j += 1) {
      const hex = random.slice(j * 64, j * 64 + 64);
      const temporaryKeys = [{ period, key: hex.slice(32) }];
      table.putLater({
        // Drawn as HQ draws them.
        pseudonym: hex.slice(0, 32) as Pseudonym,
        sources: [{ clockOffsetS: 0, temporaryKeys }],
        until: NOW + 86_400_000,
        test: false,
      });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function seconds(task: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await task();
  return (performance.now() - begun) / 1_000;
}

/** How long the main loop was kept from its turn, and how much memory the process took meanwhile. */
function watchLoop() {
  let [longestMs, mostRss, last, isOver] = [0, 0, performance.now(), false];
  const watch = async () => {
    for (let turns = 0; !isOver; turns += 1) {
      await pause(1);
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last - 1);
      last = now;
      if (turns % 20 === 0) mostRss = Math.max(mostRss, process.memoryUsage.rss());
    }
  };
  void watch();
  return {
    stop: () => {
      isOver = true;
      return { longestMs, mostRss };
    },
  };
}

/** What the machine itself keeps a thread waiting that has nothing to do but wake up each millisecond. */
function idleThread(endings: Endings) {
  const thread = new Worker(
    `const { parentPort } = require('node:worker_threads');
     let [longest, last] = [0, performance.now()];
     setInterval(() => {
       const now = performance.now();
       longest = Math.max(longest, now - last - 1);
       last = now;
     }, 1);
     parentPort.on('message', () => parentPort.postMessage(longest));`,
    { eval: true },
  );
  endings.add(() => thread.terminate());
  return {
    async stop(): Promise<number> {
      const answered = once(thread, 'message', { signal: AbortSignal.timeout(5_000) });
      thread.postMessage('stop');
      const [longestMs] = (await answered) as [number];
      return longestMs;
    },
  };
}

function aesAlone(): number {
  const keys = randomBytes(16 * 10_000);
  const block = Buffer.alloc(16);
  const begun = performance.now();
  for (let i = 0; i < CREDENTIALS; i += 1) {
    const at = (i % 10_000) * 16;
    createCipheriv('aes-128-ecb', keys.subarray(at, at + 16), null).update(block);
  }
  return (performance.now() - begun) / 1_000;
}
