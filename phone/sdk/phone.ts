import { encodeCarrier } from '../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../kernel/adverts/eddystone-eid.ts';
import { fromBase64Url, toBase64Url } from '../../kernel/base64url.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { macOf, minuteOf } from '../../kernel/credentials/rotating-code.ts';
import { identityKeyOf, temporaryKeyOf, tokenOf } from '../../kernel/credentials/token.ts';
import type { Purpose } from '../../kernel/domain/cohort.ts';
import type { Language, StationId, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex } from '../../kernel/hex.ts';
import {
  consentProof,
  ConsentTextsSchema,
  JoinedSchema,
  PhoneViewSchema,
  reportProof,
  type ConsentText,
  type HeardBeacon,
  type PhoneView,
} from '../../kernel/protocol/phone-api.ts';
import {
  confirmationProof,
  ConfirmationOutcomeSchema,
  ReportOutcomeSchema,
  type ConfirmationOutcome,
  type ReportOutcome,
} from '../../kernel/protocol/relay.ts';
import { encodeRotatingCode } from '../../kernel/scans/own-code.ts';
import { ask, HqSession } from './hq-session.ts';
import type { PhoneIdentity, PhonePlatform } from './platform.ts';

/** At 0 m, dBm, as Eddystone states it; the same for every phone, so that it tells none from another (threat-4). */
const TX_POWER_DBM = -18;
const CARRIER_FLAGS = new Uint8Array(4);

export interface Joining {
  readonly hqUrl: string;
  /** From the fragment of a joining QR. */
  readonly joinToken: string;
  readonly language: Language;
  readonly firstName?: string;
}

/** The texts that HQ asks consent with, word for word. No credential needed. */
export async function consentTexts(
  platform: PhonePlatform,
  hqUrl: string,
  language: Language,
): Promise<readonly ConsentText[]> {
  const url = `${hqUrl}/v1/phone/texts?language=${language}`;
  return (await ask(platform, ConsentTextsSchema, { method: 'GET', url, headers: {} })).texts;
}

/**
 * Spends a joining token: makes this phone's keys, agrees the identity key with HQ, and stores all of it. Consents are asked
 * for afterwards, none is given by joining.
 * @throws {SogliaError} with HQ's code, such as 'enrolment/refused' for a token used before
 */
export async function join(platform: PhonePlatform, joining: Joining): Promise<Phone> {
  const { crypto } = platform;
  const signingKey = await crypto.createSigningKey();
  const agreementKey = await crypto.createAgreementKey();
  const { hqUrl, joinToken, language, firstName } = joining;
  const joined = await ask(platform, JoinedSchema, {
    method: 'POST',
    url: `${hqUrl}/v1/phone/join`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      joinToken,
      signingKey: toBase64Url(signingKey.publicKey),
      agreementKey: toBase64Url(agreementKey.publicKey),
      language,
      firstName,
    }),
  });
  const resolverKey = bytesOf(joined.resolverKey);
  const secret = await agreementKey.agree(resolverKey);
  const identity: PhoneIdentity = {
    hqUrl,
    phoneId: joined.phoneId,
    language,
    signingKey,
    identityKey: await identityKeyOf(crypto, secret, resolverKey, agreementKey.publicKey),
    rotationExponent: joined.rotationExponent,
    cardNumber: joined.cardNumber,
    codeId: fromHex(joined.codeId) ?? new Uint8Array(),
    codeKey: bytesOf(joined.codeKey),
  };
  await platform.storage.save(identity);
  return new Phone(platform, identity);
}

/** The phone that joined before; undefined where none has. */
export async function openPhone(platform: PhonePlatform): Promise<Phone | undefined> {
  const identity = await platform.storage.load();
  return identity === undefined ? undefined : new Phone(platform, identity);
}

/** A member's phone. Card, code and token work without a line; the rest asks HQ. */
export class Phone {
  readonly #platform: PhonePlatform;
  readonly #identity: PhoneIdentity;
  readonly #session: HqSession;

  constructor(platform: PhonePlatform, identity: PhoneIdentity) {
    this.#platform = platform;
    this.#identity = identity;
    this.#session = new HqSession(platform, identity);
  }

  get cardNumber(): string {
    return this.#identity.cardNumber;
  }

  get language(): Language {
    return this.#identity.language;
  }

  me(): Promise<PhoneView> {
    return this.#session.ask(PhoneViewSchema, 'GET', '/v1/phone/me');
  }

  /** A yes or a no to one text, signed by this phone. A no is one step, like a yes. */
  async consent(text: ConsentText, given: boolean): Promise<PhoneView> {
    const act = {
      purpose: text.purpose,
      given,
      textVersion: text.version,
      textSha256: text.sha256,
      language: text.language,
      at: this.#platform.now(),
    };
    const signature = await this.#sign(consentProof(act));
    const body = { acts: [{ ...act, signature }] };
    return this.#session.ask(PhoneViewSchema, 'POST', '/v1/phone/consents', body);
  }

  /** Takes the session of the kiosk that shows this challenge, by HQ's relay. */
  async confirm(challenge: {
    readonly storeId: StoreId;
    readonly stationId: StationId;
    readonly nonce: string;
  }): Promise<ConfirmationOutcome> {
    const { storeId, stationId, nonce } = challenge;
    const signature = await this.#sign(confirmationProof(storeId, stationId, nonce));
    const body = { storeId, stationId, nonce, signature };
    return this.#session.ask(ConfirmationOutcomeSchema, 'POST', '/v1/phone/confirm', body);
  }

  /**
   * Says that this phone hears a beacon of a store: what a phone does that cannot advertise, such as one with iOS in the
   * background. Worth something for 30 s, so it is not kept for later.
   */
  async reportBeacon(heard: {
    readonly storeId: StoreId;
    readonly beacon: HeardBeacon;
  }): Promise<ReportOutcome> {
    const { storeId, beacon } = heard;
    const at = this.#platform.now();
    const signature = await this.#sign(reportProof(storeId, beacon, at));
    const body = { storeId, beacon, at, signature };
    return this.#session.ask(ReportOutcomeSchema, 'POST', '/v1/phone/reports', body);
  }

  /** What the phone says of itself now: 8 bytes, another every 2^K s. */
  async currentToken(): Promise<Uint8Array<ArrayBuffer>> {
    const { crypto } = this.#platform;
    const { identityKey, rotationExponent } = this.#identity;
    const seconds = Math.floor(this.#platform.now() / 1_000);
    const temporaryKey = await temporaryKeyOf(crypto, identityKey, seconds);
    return tokenOf(crypto, temporaryKey, rotationExponent, seconds);
  }

  /** Raw AD structures: service data 0xFEAA on Android, a 128-bit service UUID on iOS in the foreground. */
  async advert(carrier: 'android' | 'ios'): Promise<Uint8Array<ArrayBuffer>> {
    const token = await this.currentToken();
    return carrier === 'android'
      ? encodeEddystoneEid({ txPowerDbm: TX_POWER_DBM, eid: token })
      : encodeCarrier({ token, flags: CARRIER_FLAGS });
  }

  /** The code to show now: a QR of this text; another every minute, and each is taken once. */
  async rotatingCode(): Promise<string> {
    const { codeId, codeKey } = this.#identity;
    const minute = minuteOf(this.#platform.now());
    const mac = await macOf(this.#platform.crypto, codeKey, codeId, minute);
    return encodeRotatingCode({ codeId, minute, mac });
  }

  /** Consents said so far that are yes. */
  async given(): Promise<readonly Purpose[]> {
    const { consents } = await this.me();
    return consents.filter(({ given }) => given).map(({ purpose }) => purpose);
  }

  async #sign(proof: string): Promise<string> {
    return toBase64Url(await this.#identity.signingKey.sign(utf8(proof)));
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new SogliaError('request/invalid', 'HQ sent a key that is none');
  return bytes;
}
