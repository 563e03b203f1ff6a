import { uuidv7 } from 'uuidv7';
import { HANDHELD_NAMESPACE } from '../kernel/protocol/handheld-events.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import { within } from '../test/support/until.ts';
import { answerQuestions } from './support/processes.ts';
import { WireSocket } from './support/wire-socket.ts';

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
let sockets: WireSocket[] = [];

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
      sockets.push(await WireSocket.connect(url, { token }));
    }
  },

  /** From here on as many sockets ask a server that answers at once. */
  async turnTo(url: string): Promise<void> {
    const handhelds = sockets;
    for (const socket of handhelds) socket.close();
    sockets = await Promise.all(handhelds.map(() => WireSocket.connect(url, {})));
  },

  async redeem({ codes, perSecond }: Redeem): Promise<RedeemReport> {
    const latenciesMs: number[] = [];
    const asked = codes.map((code) => JSON.stringify({ requestId: uuidv7(), code }));
    let acknowledged = 0;
    let failure: string | undefined;
    const begun = performance.now();
    let last = begun;
    let sent = 0;
    const allAnswered = new Promise<void>((resolve) => {
      const answered = (dueAt: number, answer: string) => {
        last = performance.now();
        latenciesMs.push(last - dueAt);
        if (isRedeemed(answer)) acknowledged += 1;
        else failure ??= answer;
        if (latenciesMs.length === codes.length) resolve();
      };
      const send = (payload: string, dueAt: number) => {
        const socket = sockets[sent % sockets.length];
        socket?.ask('redeem', payload, (answer) => answered(dueAt, answer));
      };
      const timer = setInterval(() => {
        const now = performance.now();
        for (;;) {
          const dueAt = begun + (sent * 1_000) / perSecond;
          const payload = asked[sent];
          if (payload === undefined) clearInterval(timer);
          if (payload === undefined || dueAt > now) return;
          send(payload, dueAt);
          sent += 1;
        }
      }, EVERY_MS);
    });
    const sendingMs = (codes.length * 1_000) / perSecond;
    await within('an answer to each', sendingMs + ANSWERED_WITHIN_MS, allAnswered);
    const failed = latenciesMs.length - acknowledged;
    return { acknowledged, failed, failure, seconds: (last - begun) / 1_000, latenciesMs };
  },
});

/** Looked for and not parsed: what the generator does for an answer keeps a processor from the shop. */
function isRedeemed(answer: string): boolean {
  return answer.startsWith('{"ok":true,') && answer.includes('"kind":"redeemed"');
}
