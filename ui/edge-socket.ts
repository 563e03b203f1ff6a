import './no-eval.ts';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { answerOf, versioned } from '../kernel/protocol/reply.ts';
import { signal, type ReadonlySignal } from '@preact/signals';
import { newest, type Held } from './newest.ts';

interface EdgeSocketOptions<State> {
  /** Scheme, host and port of the server; '' for the page's own. */
  readonly url: string;
  readonly namespace: string;
  readonly state: z.ZodType<State>;
  /** A token and when to come back with a fresh one; undefined where a cookie says who this is. */
  readonly token?: () => Promise<{ readonly token: string; readonly renewAt: number }>;
  /** The server refused the token. */
  readonly onRefused?: () => void;
  /** State that does not fit the schema: told, never drawn. */
  readonly onUnreadable?: (reason: string) => void;
}

/** The line of a page to its server: newest state in, commands out. */
export interface EdgeSocket<State> {
  /** The newest state heard; it stays when the line is lost, until `forget`. */
  readonly state: ReadonlySignal<State | undefined>;
  readonly connected: ReadonlySignal<boolean>;
  /** Why there is no line yet, in the words of whatever failed. */
  readonly trouble: ReadonlySignal<string | undefined>;
  /**
   * Sends a command until it is answered, each time under the same payload (and so the same `requestId`).
   * @throws {CommandRefused} if the server answers that it will not
   * @throws {CommandUnanswered} if `deadlineMs` is over
   */
  send<T>(event: string, payload: object, outcome: z.ZodType<T>, deadlineMs?: number): Promise<T>;
  /** Drops the state that is held; the next one heard is taken. */
  forget(): void;
  close(): void;
}

export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
export class CommandUnanswered extends Error {
  override readonly name = 'CommandUnanswered';
}

const TRY_MS = 1_500;
const PAUSE_MS = 250;

export function openEdgeSocket<State>(options: EdgeSocketOptions<State>): EdgeSocket<State> {
  const state = signal<State | undefined>(undefined);
  const connected = signal(false);
  const trouble = signal<string | undefined>(undefined);
  const schema = versioned(options.state);
  let held: Held | undefined;
  let renewal: number | undefined;
  let retry: number | undefined;
  let attempt = 0;
  let closed = false;

  const socket: Socket = io(`${options.url}${options.namespace}`, {
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false, // each try needs a live token, so this file tries by itself
    timeout: 4_000,
    withCredentials: options.token === undefined,
  });

  const connect = async () => {
    if (closed) return;
    try {
      const token = await options.token?.();
      if (token !== undefined) {
        socket.auth = { token: token.token };
        window.clearTimeout(renewal);
        renewal = window.setTimeout(comeBack, Math.max(1_000, token.renewAt - Date.now()));
      }
      socket.connect();
    } catch (error) {
      trouble.value = error instanceof Error ? error.message : String(error);
      connectLater();
    }
  };
  /** Soon at first, since a restart of the edge takes a second; at most every 3 s, with jitter against a crowd. */
  const connectLater = () => {
    if (closed) return;
    const base = Math.min(3_000, 250 * 2 ** attempt++);
    window.clearTimeout(retry);
    retry = window.setTimeout(() => void connect(), base / 2 + (Math.random() * base) / 2);
  };
  /** A fresh token first, then the short step down and up again: the screen sees nothing of it. */
  const comeBack = () => {
    const fetched = options.token?.() ?? Promise.reject(new Error('no token'));
    fetched.then(
      () => {
        socket.disconnect();
        void connect();
      },
      () => (renewal = window.setTimeout(comeBack, 10_000)),
    );
  };

  socket.on('connect', () => {
    attempt = 0;
    trouble.value = undefined;
    connected.value = true;
  });
  socket.on('disconnect', (reason) => {
    connected.value = false;
    held = undefined; // the edge tells its whole state on every connection
    if (reason !== 'io client disconnect') connectLater();
  });
  socket.on('connect_error', (error) => {
    connected.value = false;
    trouble.value = error.message;
    if (!socket.active) options.onRefused?.(); // the server itself said no
    connectLater();
  });
  socket.on('state', (message: unknown, drawn: unknown) => {
    const read = schema.safeParse(message);
    if (!read.success) {
      options.onUnreadable?.(z.prettifyError(read.error));
      return;
    }
    const { boot, version } = read.data;
    const next = newest(held, { boot, version });
    if (next !== held) {
      held = next;
      state.value = read.data.state;
    }
    if (typeof drawn === 'function') afterDrawing(drawn as () => void);
  });

  void connect();
  return {
    state,
    connected,
    trouble,
    async send(event, payload, outcome, deadlineMs = 5_000) {
      const answers = answerOf(outcome);
      const until = Date.now() + deadlineMs;
      for (;;) {
        const left = until - Date.now();
        if (left <= 0) throw new CommandUnanswered(`${event}: no answer in ${deadlineMs} ms`);
        const raw = await tryOnce(socket, event, payload, Math.min(TRY_MS, left));
        if (raw === undefined) continue;
        const answer = answers.parse(raw);
        if (answer.ok) return answer.outcome;
        if (!isPassing(answer.code)) throw new CommandRefused(answer.code, answer.message);
        await pause(Math.min(PAUSE_MS, left));
      }
    },
    forget() {
      state.value = undefined;
    },
    close() {
      closed = true;
      window.clearTimeout(renewal);
      window.clearTimeout(retry);
      socket.disconnect();
    },
  };
}

/** Undefined when nobody answered in time or there is no line: to be tried again. */
async function tryOnce(socket: Socket, event: string, payload: object, ms: number) {
  if (!socket.connected) {
    await pause(Math.min(PAUSE_MS, ms));
    return undefined;
  }
  try {
    return (await socket.timeout(ms).emitWithAck(event, payload)) as unknown;
  } catch {
    return undefined;
  }
}

/** Refusals that a moment may cure. */
const isPassing = (code: string) => code === 'store/busy' || code === 'time/out';

const pause = (ms: number) => new Promise((resolve) => window.setTimeout(resolve, ms));

/** Two frames: the first draws, the second proves that it was. A hidden page draws none, so a second ends it. */
function afterDrawing(done: () => void) {
  let told = false;
  const once = () => {
    if (told) return;
    told = true;
    done();
  };
  requestAnimationFrame(() => requestAnimationFrame(once));
  window.setTimeout(once, 1_000);
}
