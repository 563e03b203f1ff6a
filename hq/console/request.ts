import type { z } from 'zod';
import { ProblemSchema } from '../../kernel/protocol/reply.ts';

/** Why head office did not do it. `message` is the server's own sentence where it gave one. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly kind: 'unreachable' | 'signed-out' | 'too-many' | 'not-found' | 'refused';
  readonly code: string;
  constructor(kind: RequestFailed['kind'], code: string, message: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

const DEADLINE_MS = 10_000;

/**
 * One request to the page's own server, under its cookie.
 * @throws {RequestFailed} whatever goes wrong: no answer within 10 s, a refusal, an answer that does not read
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  answer: z.ZodType<T>,
  body?: object,
): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((error: unknown) => {
    throw new RequestFailed('unreachable', 'unreachable', String(error));
  });
  const json: unknown = response.status === 204 ? undefined : await readJson(response);
  if (!response.ok) throw failureOf(response.status, json);
  const read = answer.safeParse(json);
  if (read.success) return read.data;
  throw new RequestFailed('refused', 'unreadable', `unreadable answer of ${method} ${path}`);
}

async function readJson(response: Response): Promise<unknown> {
  return (await response.json().catch(() => undefined)) as unknown;
}

function failureOf(status: number, json: unknown): RequestFailed {
  const problem = ProblemSchema.safeParse(json);
  const code = problem.success ? problem.data.code : String(status);
  const message = problem.success ? problem.data.message : `HTTP ${status}`;
  const kinds: Record<number, RequestFailed['kind']> = {
    401: 'signed-out',
    404: 'not-found',
    429: 'too-many',
    502: 'unreachable',
    503: 'unreachable',
    504: 'unreachable',
  };
  return new RequestFailed(kinds[status] ?? 'refused', code, message);
}
