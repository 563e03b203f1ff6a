import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import { Server } from 'socket.io';
import { listen } from '../node/listening.ts';
import { answerQuestions } from './support/processes.ts';
import { wallClock } from './support/wall-clock.ts';

/**
 * The floor below screens and handhelds: a bare socket.io server, a page that draws the number it is sent, and an answer, at
 * once or when one row of it is on disk.
 */
const PAGE = `<!doctype html><title>echo</title><p id="shown">0</p>
<script src="/socket.io/socket.io.js"></script>
<script>
  io({ transports: ['websocket'] }).on('shown', (shown) => {
    const element = document.getElementById('shown');
    element.textContent = shown;
    element.dataset.shown = shown;
  });
</script>`;

const now = wallClock();
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(PAGE);
});
const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false });
let keep = (_text: string, kept: () => void) => kept();
io.on('connection', (socket) => {
  socket.on('redeem', (message, reply: (answer: unknown) => void) => {
    const ids = { couponId: randomUUID(), offerId: 'pane-e-latte' };
    const outcome = { kind: 'redeemed', ...ids, redeemedAt: Date.now() };
    keep(JSON.stringify(message), () => reply({ ok: true, outcome }));
  });
});

/** Hands over what came in one turn of the loop, as the edge does. */
function keepingIn(file: string): typeof keep {
  const worker = new Worker(new URL('./echo-writer.mjs', import.meta.url), {
    workerData: file,
    execArgv: [],
  });
  const waiting: (() => void)[] = [];
  let texts: string[] = [];
  worker.on('message', (count: number) => {
    for (const kept of waiting.splice(0, count)) kept();
  });
  return (text, kept) => {
    waiting.push(kept);
    if (texts.push(text) > 1) return;
    setImmediate(() => {
      worker.postMessage(texts);
      texts = [];
    });
  };
}

answerQuestions({
  /** @param file - a database that is made; null: nothing is kept */
  async start(file: string | null): Promise<string> {
    if (file !== null) keep = keepingIn(file);
    return (await listen(server, { host: '127.0.0.1', port: 0 })).url;
  },
  /** @returns when it was sent, on the wall clock */
  show(shown: number): number {
    const sentAt = now();
    io.emit('shown', shown);
    return sentAt;
  },
});
