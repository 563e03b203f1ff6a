import type { z } from 'zod';
import { toBase64Url } from '../../kernel/base64url.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { isErrorCode, SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import { TokenAnswerSchema, tokenProof } from '../../kernel/protocol/enrolment.ts';
import { ProblemSchema } from '../../kernel/protocol/reply.ts';
import type { PhoneIdentity, PhonePlatform, PhoneRequest } from './platform.ts';

const DEADLINE_MS = 8_000;
/** Renewed before it ends, since a request under way must not outlive it. */
const RENEW_BEFORE_MS = 60_000;
const AUDIENCE = 'hq';

/** A phone's line to HQ: fetches its 15-minute token by a signature when it needs one. */
export class HqSession {
  readonly #platform: PhonePlatform;
  readonly #identity: PhoneIdentity;
  #token: { readonly token: string; readonly expiresAt: number } | undefined;

  constructor(platform: PhonePlatform, identity: PhoneIdentity) {
    this.#platform = platform;
    this.#identity = identity;
  }

  /** @throws {SogliaError} with HQ's code; 'hq/unreachable' where it does not answer */
  async ask<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const isHeld = this.#token !== undefined;
    try {
      return await this.#askWithToken(schema, method, path, body);
    } catch (error) {
      // HQ keeps tokens in memory: after it restarted, one that was held is good no more.
      if (!isHeld || !(error instanceof SogliaError) || error.code !== 'request/denied')
        throw error;
      this.#token = undefined;
      return this.#askWithToken(schema, method, path, body);
    }
  }

  async #askWithToken<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
  ): Promise<T> {
    const headers = { authorization: `Bearer ${await this.#liveToken()}` };
    return ask(this.#platform, schema, this.#request(method, path, headers, body));
  }

  async #liveToken(): Promise<string> {
    if (
      this.#token !== undefined &&
      this.#token.expiresAt - RENEW_BEFORE_MS > this.#platform.now()
    ) {
      return this.#token.token;
    }
    const { phoneId: deviceId, signingKey } = this.#identity;
    const first = await this.#askForToken({ deviceId });
    if (!('nonce' in first)) throw new SogliaError('request/invalid', 'token: no nonce came');
    const proof = utf8(tokenProof(AUDIENCE, deviceId, first.nonce));
    const signature = toBase64Url(await signingKey.sign(proof));
    const second = await this.#askForToken({ deviceId, nonce: first.nonce, signature });
    if (!('token' in second)) throw new SogliaError('request/invalid', 'token: no token came');
    this.#token = second;
    return second.token;
  }

  #askForToken(body: unknown) {
    return ask(this.#platform, TokenAnswerSchema, this.#request('POST', '/v1/token', {}, body));
  }

  #request(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Omit<PhoneRequest, 'deadlineMs'> {
    const url = `${this.#identity.hqUrl}${path}`;
    if (body === undefined) return { method, url, headers };
    const type = { 'content-type': 'application/json' };
    return { method, url, headers: { ...headers, ...type }, body: JSON.stringify(body) };
  }
}

/** @throws {SogliaError} with the answer's own code; 'hq/unreachable' where nobody answers */
export async function ask<T>(
  platform: PhonePlatform,
  schema: z.ZodType<T>,
  request: Omit<PhoneRequest, 'deadlineMs'>,
): Promise<T> {
  let response;
  try {
    response = await platform.send({ ...request, deadlineMs: DEADLINE_MS });
  } catch (cause) {
    throw new SogliaError('hq/unreachable', 'HQ does not answer', { cause });
  }
  const tree = treeOf(response.text);
  if (response.status < 300) return parse(schema, tree);
  const problem = ProblemSchema.safeParse(tree);
  if (problem.success && isErrorCode(problem.data.code)) {
    throw new SogliaError(problem.data.code, problem.data.message);
  }
  throw new SogliaError('hq/unreachable', `HQ answers with status ${String(response.status)}`);
}

function treeOf(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined; // a proxy's page, not HQ's answer
  }
}
