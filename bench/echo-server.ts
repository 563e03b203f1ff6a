import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { listen } from '../node/listening.ts';
import { answerQuestions } from './support/processes.ts';
import { wallClock } from './support/wall-clock.ts';

/** The floor below screens and handhelds: a bare socket.io server, a page that draws the number it is sent, and an answer. */
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
io.on('connection', (socket) => {
  socket.on('redeem', (_message, reply: (answer: unknown) => void) => {
    const ids = { couponId: randomUUID(), offerId: 'pane-e-latte' };
    const outcome = { kind: 'redeemed', ...ids, redeemedAt: Date.now() };
    reply({ ok: true, outcome });
  });
});

answerQuestions({
  async start(): Promise<string> {
    return (await listen(server, { host: '127.0.0.1', port: 0 })).url;
  },
  /** @returns when it was sent, on the wall clock */
  show(shown: number): number {
    const sentAt = now();
    io.emit('shown', shown);
    return sentAt;
  },
});
