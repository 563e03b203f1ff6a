import { z } from 'zod';
import { identityText } from '../adverts/beacon-identity.ts';
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

const number16 = z.int().min(0).max(0xffff);
/** What a fixed beacon calls itself, as a phone hears it. */
export const HeardBeaconSchema = z.union([
  z.object({
    ibeacon: z.object({
      uuid: z
        .string()
        .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'not a UUID in lower case'),
      major: number16,
      minor: number16,
    }),
  }),
  z.object({ eddystoneUid: z.object({ namespace: hexOf(10), instance: hexOf(6) }) }),
  z.object({ altbeacon: z.object({ id: hexOf(20) }) }),
]);
export type HeardBeacon = z.infer<typeof HeardBeaconSchema>;

/** POST /v1/phone/reports: the phone heard a beacon of a store. Answered with a ReportOutcome (relay.ts). */
export const ReportRequestSchema = z.object({
  storeId: StoreIdSchema,
  beacon: HeardBeaconSchema,
  /** When it heard the beacon, by the phone's clock. */
  at: EpochMsSchema,
  signature: SignatureSchema,
});
export type ReportRequest = z.infer<typeof ReportRequestSchema>;
/** The bytes (UTF-8) that a phone signs; the beacon as `ibeacon UUID MAJOR MINOR`, `eddystone-uid NAMESPACE INSTANCE` or `altbeacon ID`. */
export const reportProof = (storeId: string, beacon: HeardBeacon, at: number) =>
  `soglia-report-v1\n${storeId}\n${identityText(beacon)}\n${String(at)}`;

/** Fragment of the phone page's address: never sent to a server, so never in a log. */
export const joinFragment = (joinToken: string) => `join=${joinToken}`;
export const confirmFragment = (
  storeId: string,
  stationId: string,
  nonce: string,
  matchCode: string,
) => `confirm=${storeId}.${stationId}.${nonce}.${matchCode}`;
