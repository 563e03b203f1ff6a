import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { openHqLine } from '../../../edge/realtime/hq-line.ts';
import {
  CREDENTIAL_DEADLINE_MS,
  type CredentialAsk,
  STORE_NAMESPACE,
} from '../../../kernel/protocol/relay.ts';
import { listen } from '../../../node/listening.ts';
import { until } from '../../support/until.ts';

const CARD: CredentialAsk = { kind: 'card', number: '4006381333931' };

/** A line to a head office that answers what is asked as the test says. */
async function aLine(answer: (reply: (said: unknown) => void) => void) {
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'] });
  io.of(STORE_NAMESPACE).on('connection', (socket) => {
    socket.on('credential', (_asked, reply: (said: unknown) => void) => {
      answer(reply);
    });
  });
  let isOpen = false;
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
  const line = openHqLine({
    url,
    client: { token: () => Promise.resolve('token'), dropToken: () => undefined },
    hinted: () => (isOpen = true), // the line's own end knows it last
    confirm: () => Promise.reject(new Error('not asked')),
    report: () => Promise.reject(new Error('not asked')),
    release: () => Promise.reject(new Error('not asked')),
    random: () => 0,
    failed: () => undefined,
  });
  onTestFinished(async () => {
    line.close();
    await io.close();
  });
  await until('the line', 5_000, () => isOpen);
  return line;
}

test('a head office that hears and says nothing is not waited for: nobody can say whose card it is', async () => {
  const line = await aLine(() => undefined);
  const begun = performance.now();
  expect(await line.ask(CARD)).toBeUndefined();
  const waitedMs = performance.now() - begun;
  expect(waitedMs).toBeGreaterThan(CREDENTIAL_DEADLINE_MS - 20);
  expect(waitedMs).toBeLessThan(CREDENTIAL_DEADLINE_MS + 1_000);
});

test('an answer after the deadline is nobody’s, and does not answer the next question', async () => {
  let isFirst = true;
  const line = await aLine((reply) => {
    const isLate = isFirst;
    isFirst = false;
    setTimeout(
      () => {
        reply({ ok: true, outcome: { kind: 'unknown' } });
      },
      isLate ? CREDENTIAL_DEADLINE_MS + 200 : 0,
    );
  });
  expect(await line.ask(CARD)).toBeUndefined();
  expect(await line.ask(CARD)).toEqual({ kind: 'unknown' });
});

test('what is no answer, and a refusal, say nothing of the card', async () => {
  const answers = [
    { ok: true, outcome: { kind: 'row' } },
    { ok: false, code: 'request/denied' },
    7,
  ];
  const line = await aLine((reply) => {
    reply(answers.shift());
  });
  for (let i = 0; i < 3; i += 1) expect(await line.ask(CARD)).toBeUndefined();
});
