import type { Server as HttpServer } from 'node:http';
import { type Namespace, Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { type EpochMs, type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { ConsoleNews, HqToConsole } from '../../kernel/protocol/console-api.ts';
import { CONSOLE_NAMESPACE } from '../../kernel/protocol/console-api.ts';
import type { Stream } from '../../kernel/protocol/hq-sync.ts';
import {
  type Confirmation,
  type ConfirmationOutcome,
  ConfirmationOutcomeSchema,
  type CouponAnswer,
  type CouponAsk,
  CouponAskSchema,
  type CredentialAnswer,
  type CredentialAsk,
  CredentialAskSchema,
  type HqToStore,
  type PhoneReport,
  RELEASE_DEADLINE_MS,
  type ReleaseAsk,
  type ReleaseOutcome,
  ReleaseOutcomeSchema,
  type ReportOutcome,
  ReportOutcomeSchema,
  STORE_NAMESPACE,
  type StoreToHq,
} from '../../kernel/protocol/relay.ts';
import { answerOf } from '../../kernel/protocol/reply.ts';
import { answering, type Listener, serveEvents } from '../../node/answering.ts';
import type { TokenHolder } from '../../node/enrolment-authority.ts';
import { UpgradedSockets } from '../../node/upgraded-sockets.ts';
import type { Clock } from '../clock.ts';

const LARGEST_MESSAGE_BYTES = 64_000;
/** A confirmation is worth nothing once the shopper has turned away. */
const RELAY_DEADLINE_MS = 2_000;
/** Timers beyond this count overflow. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Nothing = Record<string, never>;
type StoreSocket = Socket<Nothing, HqToStore>;

export interface GatewayParts {
  readonly clock: Clock;
  readonly holderOf: (token: string | undefined) => TokenHolder | undefined;
  /** Until when the session in this `Cookie` header is good. */
  readonly sessionUntil: (cookie: string | undefined) => Promise<EpochMs | undefined>;
  /** Origins whose pages may open the console's socket, beside the server's own. */
  readonly allowedOrigins: () => readonly string[];
  /** Whose a card or code is that a store does not know. */
  readonly find: (storeId: StoreId, ask: CredentialAsk) => Promise<CredentialAnswer>;
  /** Gives a store the right to redeem a coupon that is shown there. */
  readonly moveCoupon: (storeId: StoreId, ask: CouponAsk) => Promise<CouponAnswer>;
  readonly failed: (error: unknown) => void;
}

export interface Gateways {
  hint(storeId: StoreId, streams: readonly Stream[]): void;
  news(news: ConsoleNews): void;
  isOnline(storeId: StoreId): boolean;
  /** 'store-away' where no edge of the store answers within 2 s. */
  confirm(storeId: StoreId, confirmation: Confirmation): Promise<ConfirmationOutcome>;
  /** As `confirm`. */
  report(storeId: StoreId, report: PhoneReport): Promise<ReportOutcome>;
  /** Asks a store for the right to a coupon; 'store-away' where it does not answer in time to give it to another. */
  release(storeId: StoreId, ask: ReleaseAsk): Promise<ReleaseOutcome>;
  /** Cuts the sockets of a device that lost its right. */
  cut(deviceId: string): void;
  close(): Promise<void>;
}

/** The sockets of head office: `/store` for edges, `/console` for its own pages, and nothing else. */
export function serveSockets(http: HttpServer, parts: GatewayParts): Gateways {
  const sockets = new UpgradedSockets(http);
  const io = new Server(http, {
    transports: ['websocket'],
    maxHttpBufferSize: LARGEST_MESSAGE_BYTES,
    perMessageDeflate: false,
    serveClient: false,
    allowRequest: ({ headers }, decide) => {
      decide(null, isOurs(headers.origin, headers.host, parts.allowedOrigins()));
    },
  });
  io.use((_socket, next) => {
    next(new Error('nothing is served here'));
  });
  const stores = serveStores(io.of(STORE_NAMESPACE), parts);
  const consoles = serveConsoles(io.of(CONSOLE_NAMESPACE), parts);
  let onlineBefore = '';

  // A store that comes or goes changes what the console shows.
  const tellOnline = () => {
    const online = [...stores.adapter.rooms.keys()].sort().join();
    if (online !== onlineBefore) consoles.emit('news', { what: 'stores' });
    onlineBefore = online;
  };
  stores.on('connection', (socket) => {
    tellOnline();
    socket.once('disconnect', tellOnline);
  });

  return {
    hint: (storeId, streams) => stores.to(roomOf(storeId)).emit('hint', { streams: [...streams] }),
    news: (news) => consoles.emit('news', news),
    isOnline: (storeId) => socketsOf(stores, storeId).length > 0,
    confirm: (storeId, confirmation) =>
      relayTo(
        socketsOf(stores, storeId).at(-1),
        'confirmation',
        confirmation,
        ConfirmationOutcomeSchema,
      ),
    report: (storeId, report) =>
      relayTo(socketsOf(stores, storeId).at(-1), 'report', report, ReportOutcomeSchema),
    release: (storeId, ask) =>
      relayTo(
        socketsOf(stores, storeId).at(-1),
        'release',
        ask,
        ReleaseOutcomeSchema,
        RELEASE_DEADLINE_MS,
      ),
    cut(deviceId) {
      stores.in(`device:${deviceId}`).disconnectSockets(true);
    },
    async close() {
      io.disconnectSockets(true);
      await sockets.cutIfSilent(io.close());
    },
  };
}

const roomOf = (storeId: string) => `store:${storeId}`;

function serveStores(namespace: Namespace<Nothing, HqToStore>, parts: GatewayParts) {
  namespace.use((socket, next) => {
    const holder = parts.holderOf(tokenIn(socket.handshake.auth));
    const storeId = StoreIdSchema.safeParse(holder?.name);
    if (holder?.kind !== 'store' || !storeId.success) {
      next(new Error('request/denied'));
      return;
    }
    endAt(socket, holder.expiresAt, parts.clock());
    void socket.join([roomOf(storeId.data), `device:${holder.deviceId}`]);
    const { find, moveCoupon, failed } = parts;
    serveEvents(socket, {
      credential: answering(CredentialAskSchema, (ask) => find(storeId.data, ask), failed),
      coupon: answering(CouponAskSchema, (ask) => moveCoupon(storeId.data, ask), failed),
    } satisfies Record<keyof StoreToHq, Listener>);
    next();
  });
  return namespace;
}

function serveConsoles(namespace: Namespace<Nothing, HqToConsole>, parts: GatewayParts) {
  namespace.use((socket, next) => {
    parts.sessionUntil(socket.handshake.headers.cookie).then(
      (until) => {
        if (until === undefined) {
          next(new Error('request/denied'));
          return;
        }
        endAt(socket, until, parts.clock());
        next();
      },
      () => {
        next(new Error('internal'));
      },
    );
  });
  return namespace;
}

/** A socket does not outlive the credential that opened it. */
function endAt(
  socket: Pick<Socket, 'disconnect' | 'once'>,
  expiresAt: EpochMs,
  now: EpochMs,
): void {
  const leftMs = Math.min(Math.max(0, expiresAt - now), LONGEST_TIMER_MS);
  const timer = setTimeout(() => socket.disconnect(true), leftMs);
  timer.unref();
  socket.once('disconnect', () => {
    clearTimeout(timer);
  });
}

function tokenIn(auth: Record<string, unknown>): string | undefined {
  const token = auth['token'];
  return typeof token === 'string' ? token : undefined;
}

function socketsOf(namespace: Namespace<Nothing, HqToStore>, storeId: string): StoreSocket[] {
  const ids = [...(namespace.adapter.rooms.get(roomOf(storeId)) ?? [])];
  return ids.flatMap((id) => namespace.sockets.get(id) ?? []);
}

const AWAY = { kind: 'refused', reason: 'store-away' } as const;

async function relayTo<Event extends 'confirmation' | 'report' | 'release', T>(
  socket: StoreSocket | undefined,
  event: Event,
  payload: Parameters<HqToStore[Event]>[0],
  outcome: z.ZodType<T>,
  deadlineMs = RELAY_DEADLINE_MS,
): Promise<T | typeof AWAY> {
  if (socket === undefined) return AWAY;
  try {
    const waiting = socket.timeout(deadlineMs) as unknown as {
      emitWithAck(event: string, payload: unknown): Promise<unknown>;
    };
    const parsed = answerOf(outcome).safeParse(await waiting.emitWithAck(event, payload));
    return parsed.success && parsed.data.ok ? parsed.data.outcome : AWAY;
  } catch {
    return AWAY; // no answer in time: the relay promises nothing
  }
}

function isOurs(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true; // edges are no browsers
  return URL.canParse(origin) && new URL(origin).host === host;
}
