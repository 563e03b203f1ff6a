import './no-eval.ts';
import {
  EnrolledSchema,
  TokenAnswerSchema,
  tokenProof,
  type DeviceKind,
} from '../kernel/protocol/enrolment.ts';
import { ProblemSchema } from '../kernel/protocol/reply.ts';
import type { DeviceStore, StoredDevice } from './device-store.ts';

interface BrowserDeviceOptions {
  /** Where `/v1/enrol` and `/v1/token` are, without a slash at the end; '' for the page's own server. */
  readonly baseUrl: string;
  readonly kind: Exclude<DeviceKind, 'phone'>;
  /** The station that a kiosk or handheld serves. */
  readonly name?: string;
  readonly store: DeviceStore;
  /** A one-time code; undefined when there is none to be had now. */
  readonly code: () => Promise<string | undefined>;
}

export interface Token {
  readonly token: string;
  /** By this machine's clock: when two thirds of its life are over. */
  readonly renewAt: number;
}

/** Nobody has given this browser a code yet, or the one given was refused. */
export class NotEnrolled extends Error {
  override readonly name = 'NotEnrolled';
}

const DEADLINE_MS = 5_000;

/**
 * A browser as an enrolled device (wire-6 to wire-8): its P-256 key is made here and never leaves, a one-time code
 * makes it known, its signature over a nonce gets it a token of 15 minutes.
 */
export class BrowserDevice {
  readonly #options: BrowserDeviceOptions;
  #token: Token | undefined;
  #underWay: Promise<Token> | undefined;

  constructor(options: BrowserDeviceOptions) {
    this.#options = options;
  }

  /**
   * A live token: the one at hand until two thirds of its life are over, then another.
   * @throws {NotEnrolled} if there is no key known to the server and no code that it takes
   * @throws {Error} if the server cannot be reached within 5 s a request
   */
  async token(): Promise<Token> {
    if (this.#token !== undefined && Date.now() < this.#token.renewAt) return this.#token;
    this.#underWay ??= this.#fetchToken().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /** The server refused the token: the next call of `token` gets another. */
  forgetToken(): void {
    this.#token = undefined;
  }

  async #fetchToken(): Promise<Token> {
    const stored = await this.#options.store.read();
    if (stored !== undefined) {
      const token = await this.#sign(stored);
      if (token !== undefined) return (this.#token = token);
      await this.#options.store.clear(); // revoked, or another edge: a new code makes it known again
    }
    const token = await this.#sign(await this.#enrol());
    if (token === undefined) throw new NotEnrolled('the new key was refused');
    return (this.#token = token);
  }

  async #enrol(): Promise<StoredDevice> {
    const { kind, name, store } = this.#options;
    const code = await this.#options.code();
    if (code === undefined) throw new NotEnrolled('no enrolment code');
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    const publicKey = base64Url(await crypto.subtle.exportKey('raw', keys.publicKey));
    const answer = await this.#post('/v1/enrol', { kind, code, name, publicKey });
    if (!answer.ok) throw new NotEnrolled(`enrolment refused: ${problemOf(answer.body)}`);
    const { deviceId, audience } = EnrolledSchema.parse(answer.body);
    const device = { deviceId, audience, keys };
    await store.write(device);
    return device;
  }

  /** Undefined when the server does not know this key (any more). */
  async #sign({ deviceId, audience, keys }: StoredDevice): Promise<Token | undefined> {
    const asked = await this.#post('/v1/token', { deviceId });
    if (isRefusal(asked.status)) return undefined;
    const first = TokenAnswerSchema.parse(asked.body);
    if (!('nonce' in first)) throw new Error('token: expected a nonce');
    const proof = new TextEncoder().encode(tokenProof(audience, deviceId, first.nonce));
    const bytes = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      keys.privateKey,
      proof,
    );
    const signature = base64Url(bytes);
    const answer = await this.#post('/v1/token', { deviceId, nonce: first.nonce, signature });
    if (isRefusal(answer.status)) return undefined;
    const second = TokenAnswerSchema.parse(answer.body);
    if (!('token' in second)) throw new Error('token: expected a token');
    const lifeMs = Math.max(0, second.expiresAt - Date.now());
    return { token: second.token, renewAt: Date.now() + (lifeMs * 2) / 3 };
  }

  async #post(path: string, body: object) {
    const response = await fetch(`${this.#options.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const json = (await response.json().catch(() => undefined)) as unknown;
    return { ok: response.ok, status: response.status, body: json };
  }
}

/**
 * The one-time code in the page's address, `#enrol=CODE`. It is taken out of the address at once, so that neither
 * history nor a photo of the screen holds it.
 */
export function codeFromAddress(): string | undefined {
  const found = /^#enrol=([0-9A-Za-z-]{10,12})$/.exec(location.hash)?.[1];
  if (location.hash.startsWith('#enrol=')) history.replaceState(null, '', location.pathname);
  return found;
}

const isRefusal = (status: number) => [400, 401, 403, 404, 410].includes(status);

function problemOf(body: unknown): string {
  const problem = ProblemSchema.safeParse(body);
  return problem.success ? problem.data.message : 'no reason given';
}

function base64Url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
