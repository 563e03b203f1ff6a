import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { fromBase64Url } from '../kernel/base64url.ts';
import { type Crypto, utf8 } from '../kernel/credentials/crypto.ts';
import type { DeviceId, EpochMs } from '../kernel/domain/ids.ts';
import { SogliaError } from '../kernel/errors.ts';
import {
  type DeviceKind,
  type EnrolRequest,
  rotateProof,
  type RotateRequest,
  type TokenAnswer,
  tokenProof,
  type TokenRequest,
} from '../kernel/protocol/enrolment.ts';
import { toBase32 } from '../kernel/scans/base32.ts';
import { isP256PublicKey } from './crypto.ts';

/** A device that may get tokens. */
export interface DeviceRecord {
  readonly deviceId: DeviceId;
  readonly kind: DeviceKind;
  /** The station or the store that it was enrolled for. */
  readonly name: string | undefined;
  /** Uncompressed P-256 point, base64url. */
  readonly publicKey: string;
  readonly enrolledAt: EpochMs;
}

/** Durable once resolved. A revoked device is found no more. */
export interface DeviceRepository {
  add(device: DeviceRecord): Promise<void>;
  find(deviceId: DeviceId): Promise<DeviceRecord | undefined>;
  rotate(deviceId: DeviceId, publicKey: string): Promise<void>;
  revoke(deviceId: DeviceId): Promise<void>;
}

/** Whose token it is, and until when. */
export interface TokenHolder {
  readonly deviceId: DeviceId;
  readonly kind: DeviceKind;
  readonly name: string | undefined;
  readonly expiresAt: EpochMs;
}

export interface EnrolmentAuthorityOptions {
  /** What devices sign their nonces for: `hq`, or the id of the store. */
  readonly audience: string;
  readonly devices: DeviceRepository;
  readonly crypto: Crypto;
  readonly now: () => EpochMs;
  readonly newDeviceId: () => DeviceId;
  /** A code was burned by wrong tries: somebody guesses. */
  readonly alarm: (kind: DeviceKind) => void;
  /** 15 minutes unless told. */
  readonly tokenLifeMs?: number;
}

const CODE_LIFE_MS = 10 * 60_000;
const CODE_TRIES = 5;
const MOST_CODES = 100;
const NONCE_LIFE_MS = 60_000;
const MOST_NONCES = 10_000;
const TOKEN_LIFE_MS = 15 * 60_000;
const MOST_TOKENS_PER_DEVICE = 16;

interface LiveCode {
  readonly hash: Buffer;
  readonly kind: DeviceKind;
  readonly name: string | undefined;
  readonly expiresAt: EpochMs;
  triesLeft: number;
}

/**
 * Lets devices in (wire-6, wire-7): a one-time code to register a key, a signed nonce to get a token. Codes, nonces and
 * tokens live in memory only, as hashes where they are secrets; after a restart devices sign again and nobody notices.
 */
export class EnrolmentAuthority {
  readonly #options: EnrolmentAuthorityOptions;
  #codes: LiveCode[] = [];
  readonly #nonces = new Map<string, { deviceId: DeviceId; expiresAt: EpochMs }>();
  readonly #tokens = new Map<string, TokenHolder>();
  /** A token may be under way while its device is revoked. */
  readonly #revoked = new Set<DeviceId>();
  readonly #revocationListeners = new Set<(deviceId: DeviceId) => void>();

  constructor(options: EnrolmentAuthorityOptions) {
    this.#options = options;
  }

  /** A code for one device of this kind and name: 50 bits, 10 minutes, once (threat-7). Shown as two groups of five. */
  createCode(kind: DeviceKind, name?: string): { code: string; expiresAt: EpochMs } {
    const code = toBase32(randomBytes(7)).slice(0, 10);
    const expiresAt = this.#options.now() + CODE_LIFE_MS;
    this.#dropStale();
    const live = { hash: hashOf(code), kind, name, expiresAt, triesLeft: CODE_TRIES };
    this.#codes = [...this.#codes, live].slice(-MOST_CODES);
    return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt };
  }

  /**
   * Registers a device's key and spends its code. Every wrong try counts against all live codes of that kind.
   * @throws {SogliaError} 'enrolment/refused', the same for every wrong code; 'request/invalid' for a key that is none
   */
  async enrol({ kind, code, name, publicKey }: EnrolRequest): Promise<DeviceRecord> {
    const point = fromBase64Url(publicKey);
    if (point === undefined || !isP256PublicKey(point)) {
      throw new SogliaError('request/invalid', 'publicKey: not a point of P-256');
    }
    const spent = this.#spend(kind, code, name);
    const { newDeviceId, now, devices } = this.#options;
    const device = {
      deviceId: newDeviceId(),
      kind,
      name: spent.name,
      publicKey,
      enrolledAt: now(),
    };
    await devices.add(device);
    return device;
  }

  /**
   * A nonce to sign, or the token for a signed one.
   * @throws {SogliaError} 'device/unknown' if it is not enrolled, 'device/denied' for a nonce or signature that is not good
   */
  async token({ deviceId, nonce, signature }: TokenRequest): Promise<TokenAnswer> {
    if (nonce === undefined || signature === undefined) {
      await this.#known(deviceId);
      return { nonce: this.#newNonce(deviceId) };
    }
    this.#spendNonce(nonce, deviceId);
    const device = await this.#known(deviceId);
    const proof = tokenProof(this.#options.audience, deviceId, nonce);
    await this.#checkSignature(device, signature, proof);
    if (this.#revoked.has(deviceId)) throw new SogliaError('device/unknown', 'deviceId: revoked');
    return this.#newToken(device);
  }

  /** Replaces a device's key; its tokens end. @throws {SogliaError} as `token` */
  async rotate({ deviceId, publicKey, nonce, signature }: RotateRequest): Promise<void> {
    this.#spendNonce(nonce, deviceId);
    const device = await this.#known(deviceId);
    const point = fromBase64Url(publicKey);
    if (point === undefined || !isP256PublicKey(point)) {
      throw new SogliaError('request/invalid', 'publicKey: not a point of P-256');
    }
    await this.#checkSignature(device, signature, rotateProof(deviceId, publicKey, nonce));
    await this.#options.devices.rotate(deviceId, publicKey);
    this.#endTokens(deviceId);
  }

  async revoke(deviceId: DeviceId): Promise<void> {
    this.#revoked.add(deviceId);
    await this.#options.devices.revoke(deviceId);
    this.#endTokens(deviceId);
    for (const listener of this.#revocationListeners) listener(deviceId);
  }

  /** Sockets of a revoked device are cut by whoever listens here. Returns the way to stop listening. */
  onRevoked(listener: (deviceId: DeviceId) => void): () => void {
    this.#revocationListeners.add(listener);
    return () => this.#revocationListeners.delete(listener);
  }

  /** Whose token this is; undefined for one that is unknown or over. */
  holderOf(token: string | undefined): TokenHolder | undefined {
    if (token === undefined || token.length > 64) return undefined;
    const key = hashOf(token).toString('hex');
    const holder = this.#tokens.get(key);
    if (holder === undefined) return undefined;
    if (this.#options.now() < holder.expiresAt) return holder;
    this.#tokens.delete(key);
    return undefined;
  }

  /** As `holderOf`, from an `Authorization` header. */
  bearerOf(authorization: string | undefined): TokenHolder | undefined {
    return this.holderOf(/^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization ?? '')?.[1]);
  }

  #spend(kind: DeviceKind, code: string, name: string | undefined): LiveCode {
    this.#dropStale();
    const hash = hashOf(code);
    const ofKind = this.#codes.filter((live) => live.kind === kind);
    let found: LiveCode | undefined;
    for (const live of ofKind) {
      const isRight = timingSafeEqual(live.hash, hash); // all of them, whichever it is
      if (isRight && (name === undefined || name === live.name)) found = live;
    }
    if (found !== undefined) {
      this.#codes = this.#codes.filter((live) => live !== found);
      return found;
    }
    for (const live of ofKind) live.triesLeft -= 1;
    const burned = ofKind.some((live) => live.triesLeft <= 0);
    this.#codes = this.#codes.filter((live) => live.triesLeft > 0);
    if (burned) this.#options.alarm(kind);
    throw new SogliaError('enrolment/refused', 'code: wrong, used, or over');
  }

  async #known(deviceId: DeviceId): Promise<DeviceRecord> {
    const device = await this.#options.devices.find(deviceId);
    if (device !== undefined && !this.#revoked.has(deviceId)) return device;
    throw new SogliaError('device/unknown', 'deviceId: not enrolled here');
  }

  #newNonce(deviceId: DeviceId): string {
    this.#dropStale();
    const nonce = randomBytes(24).toString('base64url');
    this.#nonces.set(nonce, { deviceId, expiresAt: this.#options.now() + NONCE_LIFE_MS });
    dropOldest(this.#nonces, MOST_NONCES);
    return nonce;
  }

  #spendNonce(nonce: string, deviceId: DeviceId): void {
    const held = this.#nonces.get(nonce);
    this.#nonces.delete(nonce);
    const isGood = held?.deviceId === deviceId && this.#options.now() < held.expiresAt;
    if (!isGood) throw new SogliaError('device/denied', 'nonce: unknown, used, or over');
  }

  async #checkSignature(device: DeviceRecord, signature: string, proof: string): Promise<void> {
    const key = fromBase64Url(device.publicKey) ?? new Uint8Array();
    const bytes = fromBase64Url(signature) ?? new Uint8Array();
    if (await this.#options.crypto.verify(key, bytes, utf8(proof))) return;
    throw new SogliaError('device/denied', 'signature: not of this device');
  }

  #newToken({ deviceId, kind, name }: DeviceRecord): TokenAnswer {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = this.#options.now() + (this.#options.tokenLifeMs ?? TOKEN_LIFE_MS);
    const ofDevice = [...this.#tokens].filter(([, holder]) => holder.deviceId === deviceId);
    const tooMany = ofDevice.length - MOST_TOKENS_PER_DEVICE + 1;
    for (const [key] of ofDevice.slice(0, Math.max(0, tooMany))) this.#tokens.delete(key);
    this.#tokens.set(hashOf(token).toString('hex'), { deviceId, kind, name, expiresAt });
    return { token, expiresAt };
  }

  #endTokens(deviceId: DeviceId): void {
    for (const [key, holder] of this.#tokens) {
      if (holder.deviceId === deviceId) this.#tokens.delete(key);
    }
  }

  #dropStale(): void {
    const now = this.#options.now();
    this.#codes = this.#codes.filter((live) => now < live.expiresAt);
    for (const [nonce, { expiresAt }] of this.#nonces) {
      if (now >= expiresAt) this.#nonces.delete(nonce);
    }
    for (const [key, { expiresAt }] of this.#tokens) {
      if (now >= expiresAt) this.#tokens.delete(key);
    }
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
