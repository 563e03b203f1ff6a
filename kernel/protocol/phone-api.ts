import { z } from 'zod';
import { PurposeSchema } from '../domain/cohort.ts';
import {
  Base64UrlSchema,
  CouponIdSchema,
  DeviceIdSchema,
  EpochMsSchema,
  hexOf,
  LanguageSchema,
  OfferIdSchema,
  StationIdSchema,
  StoreIdSchema,
} from '../domain/ids.ts';
import { OfferTextSchema } from '../domain/offer.ts';
import { PublicKeySchema, SignatureSchema } from './enrolment.ts';
import { ChallengeSchema } from './kiosk-events.ts';

/** The text that a person saw, word for word, when saying yes or no (duty-2). */
export const ConsentTextSchema = z.object({
  purpose: PurposeSchema,
  version: z.string().min(1).max(64),
  language: LanguageSchema,
  title: z.string(),
  body: z.string(),
  /** SHA-256 of `${purpose}\n${version}\n${language}\n${title}\n${body}`, UTF-8. */
  sha256: hexOf(32),
});
export type ConsentText = z.infer<typeof ConsentTextSchema>;

/** One yes or no, signed by the phone's key over `consentProof`. */
export const ConsentActSchema = z.object({
  purpose: PurposeSchema,
  given: z.boolean(),
  textVersion: z.string().min(1).max(64),
  textSha256: hexOf(32),
  language: LanguageSchema,
  at: EpochMsSchema,
  signature: SignatureSchema,
});
export type ConsentAct = z.infer<typeof ConsentActSchema>;
export const consentProof = (act: Omit<ConsentAct, 'signature'>) =>
  `soglia-consent-v1\n${act.purpose}\n${act.given ? 'given' : 'withdrawn'}\n${act.textVersion}\n${act.textSha256}\n${act.language}\n${String(act.at)}`;

/** GET /v1/phone/texts?language=it: no credential needed. */
export const ConsentTextsSchema = z.object({ texts: z.array(ConsentTextSchema) });

/** POST /v1/phone/join: spends the one-time token of a joining QR. Consents are asked for on the next page, none pre-set. */
export const JoinRequestSchema = z.object({
  joinToken: Base64UrlSchema.min(22).max(64),
  /** P-256: signs tokens, consents and confirmations. */
  signingKey: PublicKeySchema,
  /** X25519, 32 bytes: agrees the identity key of the rotating token (Eddystone-EID, registration). */
  agreementKey: Base64UrlSchema.length(43),
  language: LanguageSchema,
  firstName: z.string().trim().min(1).max(40).optional(),
});
export type JoinRequest = z.infer<typeof JoinRequestSchema>;
export const JoinedSchema = z.object({
  phoneId: DeviceIdSchema,
  /** X25519 public key of the resolver, HQ. */
  resolverKey: Base64UrlSchema.length(43),
  /** Rotation exponent K: the token changes every 2^K s. */
  rotationExponent: z.int().min(0).max(15),
  cardNumber: z.string().min(1).max(64),
  codeId: hexOf(8),
  /** HMAC key of the rotating code, 32 bytes. */
  codeKey: Base64UrlSchema.length(43),
});
export type Joined = z.infer<typeof JoinedSchema>;

/** GET /v1/phone/me, as the phone (15-minute token). */
export const PhoneViewSchema = z.object({
  firstName: z.string().optional(),
  language: LanguageSchema,
  cardNumber: z.string(),
  points: z.int().nonnegative(),
  consents: z.array(
    z.object({
      purpose: PurposeSchema,
      given: z.boolean(),
      since: EpochMsSchema.optional(),
      expiresAt: EpochMsSchema.optional(),
    }),
  ),
  coupons: z.array(
    z.object({
      couponId: CouponIdSchema,
      offerId: OfferIdSchema,
      code: z.string(),
      text: z.record(LanguageSchema, OfferTextSchema),
      validUntil: EpochMsSchema,
      redeemedAt: EpochMsSchema.optional(),
    }),
  ),
});
export type PhoneView = z.infer<typeof PhoneViewSchema>;

/** POST /v1/phone/consents: answered with the PhoneView as it is now. */
export const ConsentActsSchema = z.object({ acts: z.array(ConsentActSchema).min(1).max(10) });

/** POST /v1/phone/confirm: answered with a ConfirmationOutcome (relay.ts). */
export const ConfirmRequestSchema = z.object({
  storeId: StoreIdSchema,
  stationId: StationIdSchema,
  nonce: ChallengeSchema.shape.nonce,
  signature: SignatureSchema,
});
export type ConfirmRequest = z.infer<typeof ConfirmRequestSchema>;

/** Fragment of the phone page's address: never sent to a server, so never in a log. */
export const joinFragment = (joinToken: string) => `join=${joinToken}`;
export const confirmFragment = (
  storeId: string,
  stationId: string,
  nonce: string,
  matchCode: string,
) => `confirm=${storeId}.${stationId}.${nonce}.${matchCode}`;
