import { parentPort } from 'node:worker_threads';
import type { FromTokenWorker, ToTokenWorker } from './token-builder.ts';
import { TokenKeys } from './token-keys.ts';

/** Keeps everybody's temporary keys and makes the table of a window while the main thread goes on hearing. */
const port = parentPort;
if (port !== null) {
  const keys = new TokenKeys();
  port.on('message', (said: ToTokenWorker) => {
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
      case 'build': {
        const { arrays } = keys.build(said.window);
        const { high, low, slots } = arrays;
        const answer: FromTokenWorker = { id: said.id, arrays };
        port.postMessage(answer, [high.buffer, low.buffer, slots.buffer]);
      }
    }
  });
}
