import type { Crypto, SigningKey } from '../../kernel/credentials/crypto.ts';
import type { DeviceId, EpochMs, Language } from '../../kernel/domain/ids.ts';

/** What the SDK needs of a phone, a browser or a test. */
export interface PhonePlatform {
  readonly crypto: Crypto;
  readonly now: () => EpochMs;
  /** Rejects when HQ cannot be reached within the deadline. */
  readonly send: (request: PhoneRequest) => Promise<PhoneResponse>;
  readonly storage: PhoneStorage;
}

export interface PhoneRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs: number;
}

export interface PhoneResponse {
  readonly status: number;
  readonly text: string;
}

/** One identity a phone. What is stored has to outlive the app, and the signing key should not leave the platform's keeping. */
export interface PhoneStorage {
  load(): Promise<PhoneIdentity | undefined>;
  save(identity: PhoneIdentity): Promise<void>;
}

/** All that a phone keeps of its membership; enough for card, code and token without a line. */
export interface PhoneIdentity {
  /** HQ's address, without a slash at its end. */
  readonly hqUrl: string;
  readonly phoneId: DeviceId;
  readonly language: Language;
  readonly signingKey: SigningKey;
  /** EID identity key, 16 bytes: shared with HQ alone. */
  readonly identityKey: Uint8Array;
  /** K: the token changes every 2^K s. */
  readonly rotationExponent: number;
  readonly cardNumber: string;
  /** 8 bytes. */
  readonly codeId: Uint8Array;
  /** HMAC key of the rotating code, 32 bytes. */
  readonly codeKey: Uint8Array;
}
