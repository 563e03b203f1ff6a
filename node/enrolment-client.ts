import { join } from 'node:path';
import { z } from 'zod';
import { toBase64Url } from '../kernel/base64url.ts';
import { type SigningKey, utf8 } from '../kernel/credentials/crypto.ts';
import type { EpochMs } from '../kernel/domain/ids.ts';
import { type ErrorCode, SogliaError } from '../kernel/errors.ts';
import { parse } from '../kernel/parse.ts';
import {
  type DeviceKind,
  type Enrolled,
  EnrolledSchema,
  type EnrolRequest,
  TokenAnswerSchema,
  tokenProof,
  type TokenRequest,
} from '../kernel/protocol/enrolment.ts';
import { makePrivateFolder, readIfPresent, removeDurably, writeAtomically } from './atomic-file.ts';
import { newSigningKey, signingKeyOf } from './crypto.ts';
import { postJson } from './http-client.ts';
import { openKeyFile } from './key-file.ts';

export interface EnrolmentClientOptions {
  /** Where to enrol: `http://127.0.0.1:4200` */
  readonly url: string;
  /** Holds `device-key.pem` and `device.json`, both 0600. */
  readonly folder: string;
  readonly kind: Exclude<DeviceKind, 'phone'>;
  readonly now: () => EpochMs;
  /** Until the whole answer of one request is there; 5 s unless told. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;
const LONGEST_LIFE_MS = 15 * 60_000;
const SHORTEST_LIFE_MS = 1_000;

interface HeldToken {
  readonly token: string;
  readonly refreshAt: EpochMs;
}

/** A device's own side of enrolment: its key in a file, its registration, and a token that is always fresh. */
export class EnrolmentClient {
  readonly #options: EnrolmentClientOptions;
  readonly #key: SigningKey;
  #enrolled: Enrolled | undefined;
  #held: HeldToken | undefined;
  #underWay: Promise<HeldToken> | undefined;

  private constructor(
    options: EnrolmentClientOptions,
    key: SigningKey,
    enrolled: Enrolled | undefined,
  ) {
    this.#options = options;
    this.#key = key;
    this.#enrolled = enrolled;
  }

  /** @throws {SogliaError} 'config/invalid' for a key file that others may read, or a registration that is none */
  static async open(options: EnrolmentClientOptions): Promise<EnrolmentClient> {
    await makePrivateFolder(options.folder);
    const key = await openKeyFile(join(options.folder, 'device-key.pem'), newSigningKey);
    const enrolled = await readEnrolled(options.folder);
    return new EnrolmentClient(options, signingKeyOf(key), enrolled);
  }

  /** The registration; undefined until `enrol` has succeeded once. */
  get enrolled(): Enrolled | undefined {
    return this.#enrolled;
  }

  /**
   * Spends a one-time code; the registration is on disk once this resolves.
   * @throws {SogliaError} 'enrolment/refused' for a wrong code; 'edge/unreachable' or 'hq/unreachable' where nobody answers
   */
  async enrol(code: string, name?: string, signal?: AbortSignal): Promise<Enrolled> {
    const request: EnrolRequest = {
      kind: this.#options.kind,
      code,
      publicKey: toBase64Url(this.#key.publicKey),
      ...(name === undefined ? {} : { name }),
    };
    const enrolled = await this.#post('/v1/enrol', request, EnrolledSchema, signal);
    await writeAtomically(registrationFile(this.#options.folder), JSON.stringify(enrolled));
    this.#enrolled = enrolled;
    this.#held = undefined;
    return enrolled;
  }

  /**
   * A token with at least a third of its life left. Callers at the same time share one request.
   * @throws {SogliaError} 'device/unknown' if not enrolled, or no longer; 'edge/unreachable' or 'hq/unreachable'
   */
  async token(signal?: AbortSignal): Promise<string> {
    if (this.#held !== undefined && this.#options.now() < this.#held.refreshAt) {
      return this.#held.token;
    }
    this.#underWay ??= this.#fetchToken().finally(() => (this.#underWay = undefined));
    const held = await abortable(this.#underWay, signal);
    return held.token;
  }

  /** The server refused the token that it gave: the next `token` asks for another. */
  dropToken(): void {
    this.#held = undefined;
  }

  /** Forgets the registration, as after 'device/unknown'; the key stays. */
  async forget(): Promise<void> {
    this.#enrolled = undefined;
    this.#held = undefined;
    await removeDurably(registrationFile(this.#options.folder));
  }

  async #fetchToken(): Promise<HeldToken> {
    if (this.#enrolled === undefined) {
      throw new SogliaError('device/unknown', `this ${this.#options.kind} is not enrolled yet`);
    }
    const { deviceId, audience } = this.#enrolled;
    const ask: TokenRequest = { deviceId };
    const first = await this.#post('/v1/token', ask, TokenAnswerSchema);
    if (!('nonce' in first)) throw new SogliaError('device/denied', 'nonce: not given');
    const proof = utf8(tokenProof(audience, deviceId, first.nonce));
    const signature = toBase64Url(await this.#key.sign(proof));
    const prove: TokenRequest = { deviceId, nonce: first.nonce, signature };
    const second = await this.#post('/v1/token', prove, TokenAnswerSchema);
    if (!('token' in second)) throw new SogliaError('device/denied', 'token: not given');
    const now = this.#options.now();
    // The server's clock and ours may differ: a life that cannot be is not believed.
    const lifeMs = Math.min(Math.max(second.expiresAt - now, SHORTEST_LIFE_MS), LONGEST_LIFE_MS);
    this.#held = { token: second.token, refreshAt: now + (lifeMs * 2) / 3 };
    return this.#held;
  }

  #post<T>(path: string, body: unknown, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    const { url, kind, deadlineMs = DEADLINE_MS } = this.#options;
    const unreachable: ErrorCode = kind === 'store' ? 'hq/unreachable' : 'edge/unreachable';
    return postJson(`${url}${path}`, schema, { body, deadlineMs, unreachable, signal });
  }
}

const registrationFile = (folder: string) => join(folder, 'device.json');

/**
 * The registration in a device's folder, of which nothing is written; undefined where it is not enrolled.
 * @throws {SogliaError} 'config/invalid' where the file is none
 */
export async function readEnrolled(folder: string): Promise<Enrolled | undefined> {
  const file = registrationFile(folder);
  const text = await readIfPresent(file);
  if (text === undefined) return undefined;
  try {
    return parse(EnrolledSchema, JSON.parse(text));
  } catch (cause) {
    throw new SogliaError('config/invalid', `${file}: no registration of a device`, { cause });
  }
}

/** `work` goes on for the others who wait for it; this caller alone gives up. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(new SogliaError('time/out', 'given up by the caller'));
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
