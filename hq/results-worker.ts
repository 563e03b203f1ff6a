import { parentPort, workerData } from 'node:worker_threads';
import { SogliaError } from '../kernel/errors.ts';
import { workInBackground } from '../node/background-thread.ts';
import { openForReading } from './db/open-database.ts';
import { sqlUnitOfWork } from './db/sql-unit-of-work.ts';
import { createResults } from './results/results.ts';
import type { FromResultsWorker, ResultsAsk } from './results/results-messages.ts';

async function answer({ file, offerId, now }: ResultsAsk): Promise<FromResultsWorker> {
  const opened = openForReading(file);
  try {
    const database = sqlUnitOfWork(opened.db, () => undefined);
    const begun = performance.now();
    const results = await createResults(database, () => now).of(offerId);
    return { results, tookMs: performance.now() - begun };
  } catch (error) {
    if (!(error instanceof SogliaError)) throw error;
    return { failure: { code: error.code, message: error.message } };
  } finally {
    await opened.close();
  }
}

const port = parentPort;
if (port !== null) {
  // A bug ends the thread, and the main thread hears of it.
  void answer(workerData as ResultsAsk).then((said) => port.postMessage(said));
  workInBackground();
}
