import { io } from 'socket.io-client';
import {
  type Confirmation,
  type ConfirmationOutcome,
  ConfirmationSchema,
  CREDENTIAL_DEADLINE_MS,
  type CouponAnswer,
  CouponAnswerSchema,
  type CouponAsk,
  type CredentialAnswer,
  CredentialAnswerSchema,
  type CredentialAsk,
  HintSchema,
  type HqToStore,
  type PhoneReport,
  PhoneReportSchema,
  type ReleaseAsk,
  ReleaseAskSchema,
  type ReleaseOutcome,
  type ReportOutcome,
  STORE_NAMESPACE,
  type StoreToHq,
} from '../../kernel/protocol/relay.ts';
import { answerOf } from '../../kernel/protocol/reply.ts';
import { answering, type Listener, type Report, serveEvents } from '../../node/answering.ts';
import type { EnrolmentClient } from '../../node/enrolment-client.ts';
import { BackOff } from '../sync/back-off.ts';

export interface HqLineOptions {
  readonly url: string;
  readonly client: Pick<EnrolmentClient, 'token' | 'dropToken'>;
  readonly hinted: () => void;
  readonly confirm: (confirmation: Confirmation) => Promise<ConfirmationOutcome>;
  readonly report: (phoneReport: PhoneReport) => Promise<ReportOutcome>;
  readonly release: (ask: ReleaseAsk) => Promise<ReleaseOutcome>;
  readonly random: () => number;
  readonly failed: Report;
}
export interface HqLine {
  /** Undefined without a line, or without an answer within 800 ms. */
  ask(credential: CredentialAsk): Promise<CredentialAnswer | undefined>;
  /** As `ask`. */
  askForCoupon(ask: CouponAsk): Promise<CouponAnswer | undefined>;
  close(): void;
}

const ANSWERS = {
  credential: answerOf(CredentialAnswerSchema),
  coupon: answerOf(CouponAnswerSchema),
} satisfies Record<keyof StoreToHq, unknown>;

/** The line on which HQ hints and relays. In memory; its loss costs time, never data. */
export function openHqLine(options: HqLineOptions): HqLine {
  const { client, failed } = options;
  const backOff = new BackOff(options.random);
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const socket = io(`${options.url}${STORE_NAMESPACE}`, {
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false, // each try needs a live token, so this file tries by itself
    timeout: 5_000,
  });
  const connect = async () => {
    try {
      socket.auth = { token: await client.token() };
      socket.connect();
    } catch {
      later(); // HQ is away; sync says so
    }
  };
  const later = () => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), Math.max(250, Math.min(backOff.nextMs(), 15_000)));
  };
  socket.on('connect', () => {
    backOff.reset();
    options.hinted();
  });
  socket.on('disconnect', later);
  socket.on('connect_error', () => {
    if (!socket.active) client.dropToken(); // HQ itself said no
    later();
  });
  serveEvents(socket, {
    hint: answering(HintSchema, options.hinted, failed),
    confirmation: answering(ConfirmationSchema, options.confirm, failed),
    report: answering(PhoneReportSchema, options.report, failed),
    release: answering(ReleaseAskSchema, options.release, failed),
  } satisfies Record<keyof HqToStore, Listener>);
  const answerTo = async (event: keyof StoreToHq, ask: unknown): Promise<unknown> => {
    if (!socket.connected) return undefined;
    try {
      return await socket.timeout(CREDENTIAL_DEADLINE_MS).emitWithAck(event, ask);
    } catch {
      return undefined; // no answer in time
    }
  };
  void connect();
  return {
    async ask(credential) {
      const read = ANSWERS.credential.safeParse(await answerTo('credential', credential));
      return read.success && read.data.ok ? read.data.outcome : undefined;
    },
    async askForCoupon(ask) {
      const read = ANSWERS.coupon.safeParse(await answerTo('coupon', ask));
      return read.success && read.data.ok ? read.data.outcome : undefined;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}
