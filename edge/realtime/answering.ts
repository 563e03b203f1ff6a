import type { z } from 'zod';
import { codeOf, SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import type { Reply } from '../../kernel/protocol/reply.ts';

export type Report = (error: unknown) => void;

/** A listener that parses, answers and never throws: one throw in a listener ends the process. */
export function answering<T, R>(
  schema: z.ZodType<T>,
  handle: (payload: T) => R | Promise<R>,
  report: Report,
): (payload: unknown, reply: unknown) => Promise<void> {
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

/** Answers an event that no table names; without this its sender would wait for its deadline. */
export function refuseUnknown(
  known: readonly string[],
): (event: unknown, ...rest: unknown[]) => void {
  return (event, ...rest) => {
    if (known.includes(String(event))) return;
    const reply = rest.at(-1);
    const respond = typeof reply === 'function' ? (reply as Reply<never>) : ignore;
    respond({ ok: false, code: 'request/not-found', message: 'there is no such event' });
  };
}

const ignore = () => undefined;
