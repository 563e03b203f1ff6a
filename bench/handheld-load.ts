import { io, type Socket } from 'socket.io-client';
import { uuidv7 } from 'uuidv7';
import { HANDHELD_NAMESPACE, RedemptionAnswerSchema } from '../kernel/protocol/handheld-events.ts';
import { answerOf } from '../kernel/protocol/reply.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import { until } from '../test/support/until.ts';
import { answerQuestions } from './support/processes.ts';

/** Handhelds that redeem by the clock, whether or not the answers to the earlier ones have come. */
export interface StartHandhelds {
  readonly edgeUrl: string;
  readonly folder: string;
  readonly handhelds: readonly { readonly stationId: string; readonly code: string }[];
}
export interface Redeem {
  readonly codes: readonly string[];
  readonly perSecond: number;
}
export interface RedeemReport {
  readonly acknowledged: number;
  /** Refused or not answered in time, with the first reason. */
  readonly failed: number;
  readonly failure: string | undefined;
  /** From the first one sent to the last one answered. */
  readonly seconds: number;
  /** From when it was due to be sent, ms; so that a generator which falls behind hides nothing. */
  readonly latenciesMs: readonly number[];
}

const EVERY_MS = 2;
const ANSWERED_WITHIN_MS = 10_000;
const AnswerSchema = answerOf(RedemptionAnswerSchema);
let sockets: Socket[] = [];

answerQuestions({
  async start({ edgeUrl, folder, handhelds }: StartHandhelds) {
    for (const { stationId, code } of handhelds) {
      const client = await EnrolmentClient.open({
        url: edgeUrl,
        folder: `${folder}/${stationId}`,
        kind: 'handheld',
        now: () => Date.now(),
      });
      await client.enrol(code, stationId);
      const token = await client.token();
      const url = `${edgeUrl}${HANDHELD_NAMESPACE}`;
      sockets.push(io(url, { auth: { token }, transports: ['websocket'], forceNew: true }));
    }
    await until('every handheld at the edge', 20_000, () =>
      sockets.every(({ connected }) => connected),
    );
  },

  /** From here on as many sockets ask a server that answers at once. */
  async turnTo(url: string): Promise<void> {
    const handhelds = sockets;
    for (const socket of handhelds) socket.disconnect();
    sockets = handhelds.map(() => io(url, { transports: ['websocket'], forceNew: true }));
    await until('every socket at the bare server', 20_000, () =>
      sockets.every(({ connected }) => connected),
    );
  },

  async redeem({ codes, perSecond }: Redeem): Promise<RedeemReport> {
    const latenciesMs: number[] = [];
    const answers: unknown[] = [];
    const begun = performance.now();
    let last = begun;
    let sent = 0;
    await new Promise<void>((resolve) => {
      const answered = (dueAt: number, error: Error | null, answer: unknown) => {
        last = performance.now();
        latenciesMs.push(last - dueAt);
        answers.push(error === null ? answer : error.message);
        if (answers.length === codes.length) resolve();
      };
      const send = (code: string, dueAt: number) => {
        const socket = sockets[sent % sockets.length];
        const message = { requestId: uuidv7(), code };
        socket
          ?.timeout(ANSWERED_WITHIN_MS)
          .emit('redeem', message, (error: Error | null, answer: unknown) => {
            answered(dueAt, error, answer);
          });
      };
      const timer = setInterval(() => {
        const now = performance.now();
        for (;;) {
          const dueAt = begun + (sent * 1_000) / perSecond;
          const code = codes[sent];
          if (code === undefined) clearInterval(timer);
          if (code === undefined || dueAt > now) return;
          send(code, dueAt);
          sent += 1;
        }
      }, EVERY_MS);
    });
    // Read afterwards: a check of each answer costs what the edge needs meanwhile.
    let acknowledged = 0;
    let failure: string | undefined;
    for (const answer of answers) {
      const { data } = AnswerSchema.safeParse(answer);
      if (data?.ok === true && data.outcome.kind === 'redeemed') acknowledged += 1;
      else failure ??= JSON.stringify(answer);
    }
    const failed = answers.length - acknowledged;
    return { acknowledged, failed, failure, seconds: (last - begun) / 1_000, latenciesMs };
  },
});
