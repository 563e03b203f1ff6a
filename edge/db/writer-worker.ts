import { parentPort, workerData } from 'node:worker_threads';
import { Committer, MAX_PER_COMMIT } from './commit.ts';
import { openForWriting } from './open-database.ts';
import type { FromWorker, Posted, WriterData } from './writer-messages.ts';

/** How soon the log is tried again that somebody was reading. */
const ERASE_AGAIN_MS = 200;

/** Owns the write connection. Commits whenever it is free, so that a batch is what came in during the last one. */
function run(
  data: WriterData,
  say: (message: FromWorker) => void,
): (batch: Posted[] | 'stop') => void {
  const db = openForWriting(data.file);
  const startedAt = performance.now();
  const committer = new Committer(db, () => ({
    bootId: data.bootId,
    monoMs: Math.round(performance.now() - startedAt),
    wallMs: Date.now(),
  }));
  let waiting: Posted[] = [];
  let isScheduled = false;
  let isBroken = false;
  let again: NodeJS.Timeout | undefined;

  const drain = () => {
    isScheduled = false;
    clearTimeout(again);
    if (isBroken) return;
    const batch = waiting.slice(0, MAX_PER_COMMIT);
    waiting = waiting.slice(MAX_PER_COMMIT);
    try {
      say({ kind: 'done', results: committer.commit(batch) });
    } catch (error) {
      isBroken = true;
      say({ kind: 'fatal', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (waiting.length > 0) schedule();
    else if (committer.isErasing) again = setTimeout(schedule, ERASE_AGAIN_MS);
  };
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(drain);
  };
  say({ kind: 'ready' });

  return (batch) => {
    if (batch === 'stop') {
      while (waiting.length > 0 && !isBroken) drain();
      clearTimeout(again);
      db.close();
      parentPort?.close();
      return;
    }
    waiting.push(...batch);
    schedule();
  };
}

const port = parentPort;
if (port !== null) {
  const say = (message: FromWorker) => {
    port.postMessage(message);
  };
  try {
    port.on('message', run(workerData as WriterData, say));
  } catch (error) {
    say({ kind: 'fatal', message: error instanceof Error ? error.message : String(error) });
    port.close();
  }
}
