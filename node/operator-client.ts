import { request } from 'node:http';
import type { z } from 'zod';
import { SogliaError } from '../kernel/errors.ts';
import { parse } from '../kernel/parse.ts';
import { ProblemSchema } from '../kernel/protocol/reply.ts';

export interface OperatorRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Until the whole answer is there, ms. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;
const LONGEST_ANSWER = 16 * 1024 * 1024;

/**
 * Asks a process of this machine over its operator socket; whoever may open the file may ask.
 * @throws {SogliaError} with the answer's own code and message, or 'request/denied' where nobody answers in time
 */
export async function askOperator<T>(
  socketPath: string,
  schema: z.ZodType<T>,
  { method, path, body, deadlineMs = DEADLINE_MS }: OperatorRequest,
): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await exchange(socketPath, method, path, text, deadlineMs);
  const tree: unknown = answer.text === '' ? null : JSON.parse(answer.text);
  if (answer.status < 300) return parse(schema, tree);
  const problem = ProblemSchema.safeParse(tree);
  const reason = problem.success ? problem.data.message : `status ${String(answer.status)}`;
  throw new SogliaError('request/invalid', `${method} ${path}: ${reason}`);
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
  body: string | undefined,
  deadlineMs: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const words = `nobody answers at ${socketPath}: ${cause.message}`;
      reject(new SogliaError('request/denied', words, { cause }));
    };
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(deadlineMs);
    const sent = request({ socketPath, method, path, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > LONGEST_ANSWER) response.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on('error', fail);
    sent.end(body);
  });
}
