import type { z } from 'zod';
import { codeOf, SogliaError } from '../kernel/errors.ts';
import { parse } from '../kernel/parse.ts';
import type { Reply } from '../kernel/protocol/reply.ts';

export type Report = (error: unknown) => void;
export type Listener = (payload: unknown, reply: unknown) => Promise<void>;

/** A listener that parses, answers and never throws: one throw in a listener ends the process. */
export function answering<T, R>(
  schema: z.ZodType<T>,
  handle: (payload: T) => R | Promise<R>,
  report: Report,
): Listener {
  return async (payload, reply) => {
    const respond = typeof reply === 'function' ? (reply as Reply<R>) : ignore;
    try {
      respond({ ok: true, outcome: await handle(parse(schema, payload)) });
    } catch (error) {
      const code = codeOf(error);
      if (code === 'internal' || code === 'storage/failed') report(error);
      const message = error instanceof SogliaError ? error.message : 'it has been noted';
      respond({ ok: false, code, message });
    }
  };
}

/** What of a socket is needed to listen on it; a client's and a server's have it. */
interface Listening {
  on(event: string, listener: (payload: unknown, reply: unknown) => void): unknown;
  onAny(listener: (event: unknown, ...rest: unknown[]) => void): unknown;
}

/** Takes these events of the other side, and refuses any other: its sender would wait for its deadline. */
export function serveEvents(socket: Listening, events: Readonly<Record<string, Listener>>): void {
  for (const [event, listener] of Object.entries(events))
    socket.on(event, (payload, reply) => void listener(payload, reply));
  socket.onAny((event, ...rest) => {
    if (Object.hasOwn(events, String(event))) return;
    const reply = rest.at(-1);
    const respond = typeof reply === 'function' ? (reply as Reply<never>) : ignore;
    respond({ ok: false, code: 'request/not-found', message: 'there is no such event' });
  });
}

const ignore = () => undefined;
