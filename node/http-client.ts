import type { z } from 'zod';
import { type ErrorCode, isErrorCode, SogliaError } from '../kernel/errors.ts';
import { parse } from '../kernel/parse.ts';
import { ProblemSchema } from '../kernel/protocol/reply.ts';

export interface HttpAsk {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly token?: string | undefined;
  /** Until the whole answer is there, ms. */
  readonly deadlineMs: number;
  /** What it means that nobody answers there. */
  readonly unreachable: ErrorCode;
  readonly signal?: AbortSignal | undefined;
}

/** As `askJson`, by POST. */
export function postJson<T>(url: string, schema: z.ZodType<T>, ask: HttpAsk): Promise<T> {
  return askJson(url, schema, { method: 'POST', ...ask });
}

/**
 * One question over HTTP(S), answered in JSON.
 * @throws {SogliaError} `unreachable` where nobody answers in time or the answer is not ours; else the answer's own code
 */
export async function askJson<T>(url: string, schema: z.ZodType<T>, ask: HttpAsk): Promise<T> {
  const { status, text } = await exchange(url, ask);
  const tree = treeOf(text);
  if (status < 300) {
    try {
      return parse(schema, tree);
    } catch (cause) {
      throw new SogliaError(ask.unreachable, `${originOf(url)} answers strangely`, { cause });
    }
  }
  const problem = ProblemSchema.safeParse(tree);
  if (problem.success && isErrorCode(problem.data.code)) {
    throw new SogliaError(problem.data.code, problem.data.message);
  }
  throw new SogliaError(ask.unreachable, `${originOf(url)} answers with status ${String(status)}`);
}

async function exchange(url: string, ask: HttpAsk): Promise<{ status: number; text: string }> {
  const { method = 'GET', body, token, deadlineMs, unreachable, signal } = ask;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(url, {
      method,
      redirect: 'error',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    const reason = deadline.aborted ? `not within ${String(deadlineMs)} ms` : 'nobody answers';
    throw new SogliaError(unreachable, `${originOf(url)}: ${reason}`, { cause });
  }
}

function treeOf(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Paths may name people. */
function originOf(url: string): string {
  return new URL(url).origin;
}
