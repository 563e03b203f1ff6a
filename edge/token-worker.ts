import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../node/background-thread.ts';
import { openForReading, READ_ONCE_KB } from './db/open-database.ts';
import { StoreReader } from './db/store-reader.ts';
import { loadPage } from './recognition/page-loading.ts';
import type {
  CohortPage,
  FromTokenWorker,
  PageQuery,
  TokenWorkerData,
  ToTokenWorker,
} from './recognition/token-builder.ts';
import { TokenKeys } from './recognition/token-keys.ts';

/**
 * Keeps everybody's temporary keys, reads them from the rows itself, and makes the table of a window, all while the main
 * thread goes on hearing.
 */
function run(
  { file }: TokenWorkerData,
  say: (message: FromTokenWorker, handedOver: readonly ArrayBuffer[]) => void,
): (said: ToTokenWorker) => void {
  const keys = new TokenKeys();
  let reads: StoreReader | undefined;
  const load = (query: PageQuery): CohortPage => {
    try {
      return loadPage((reads ??= new StoreReader(openForReading(file, READ_ONCE_KB))), keys, query);
    } finally {
      query.key.sealingKey.fill(0); // a copy of this message's own
    }
  };
  return (said) => {
    switch (said.kind) {
      case 'add':
        keys.add(said.words);
        said.words.fill(0);
        return;
      case 'forget':
        keys.forget(said.slots);
        return;
      case 'clear':
        keys.clear();
        return;
      case 'load': {
        const { id } = said;
        try {
          const page = load(said.query);
          say({ kind: 'loaded', id, page }, [page.pseudonyms.buffer, page.untils.buffer]);
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          say({ kind: 'failed', id, message }, []);
        }
        return;
      }
      case 'build': {
        const { arrays } = keys.build(said.window);
        const { high, low, slots } = arrays;
        say({ kind: 'built', id: said.id, arrays }, [high.buffer, low.buffer, slots.buffer]);
      }
    }
  };
}

const port = parentPort;
if (port !== null) {
  workInBackground();
  const say = (message: FromTokenWorker, handedOver: readonly ArrayBuffer[]) => {
    port.postMessage(message, handedOver);
  };
  port.on('message', run(workerData as TokenWorkerData, say));
}
