import { z } from 'zod';
import {
  Base64UrlSchema,
  DeviceIdSchema,
  EpochMsSchema,
  EpochSchema,
  StationIdSchema,
  StoreIdSchema,
} from '../domain/ids.ts';

/** Who may enrol, each kind with its own scope. `store` and `phone` enrol at HQ, the others at the edge. */
export const DEVICE_KINDS = ['store', 'phone', 'bridge', 'kiosk', 'handheld', 'till'] as const;
export const DeviceKindSchema = z.enum(DEVICE_KINDS);
export type DeviceKind = z.infer<typeof DeviceKindSchema>;

/** 50 bits in Crockford's base32, shown as two groups of five; life 10 minutes, 5 tries, single use (threat-7). */
export const EnrolmentCodeSchema = z
  .string()
  .transform((code) => code.toUpperCase().replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{10}$/, 'not a code of 10 characters'));

/** An uncompressed P-256 point: 65 bytes, base64url. */
export const PublicKeySchema = Base64UrlSchema.length(87, 'not a P-256 public key of 65 bytes');
/** ECDSA P-256 with SHA-256 in the 64-byte form of IEEE P1363, base64url. */
export const SignatureSchema = Base64UrlSchema.length(86, 'not a signature of 64 bytes');

/** POST /v1/enrol */
export const EnrolRequestSchema = z.object({
  kind: DeviceKindSchema.exclude(['phone']),
  code: EnrolmentCodeSchema,
  /** The station a kiosk, handheld or till serves; the store an edge stands in; none for a bridge. */
  name: z.string().max(63).optional(),
  publicKey: PublicKeySchema,
});
export type EnrolRequest = z.infer<typeof EnrolRequestSchema>;

export const EnrolledSchema = z.object({
  deviceId: DeviceIdSchema,
  /** What tokens and signatures are made for: `hq`, or the id of the store. */
  audience: z.string().min(1).max(63),
  stationId: StationIdSchema.optional(),
  /** For an edge only. */
  store: z
    .object({
      storeId: StoreIdSchema,
      hqEpoch: EpochSchema,
      /** Ed25519 public keys (32 bytes, base64url) that may sign bundles. */
      bundleKeys: z.array(Base64UrlSchema).min(1),
    })
    .optional(),
});
export type Enrolled = z.infer<typeof EnrolledSchema>;

/** POST /v1/token: first without, then with nonce and signature. */
export const TokenRequestSchema = z.object({
  deviceId: DeviceIdSchema,
  nonce: Base64UrlSchema.max(64).optional(),
  signature: SignatureSchema.optional(),
});
export type TokenRequest = z.infer<typeof TokenRequestSchema>;
export const TokenAnswerSchema = z.union([
  z.object({ nonce: Base64UrlSchema }),
  z.object({ token: Base64UrlSchema, expiresAt: EpochMsSchema }),
]);
export type TokenAnswer = z.infer<typeof TokenAnswerSchema>;

/** The bytes (UTF-8) that a device signs to get a token of 15 minutes. */
export const tokenProof = (audience: string, deviceId: string, nonce: string) =>
  `soglia-token-v1\n${audience}\n${deviceId}\n${nonce}`;

/** POST /v1/rotate: a device replaces its key; signed with the old one. */
export const RotateRequestSchema = z.object({
  deviceId: DeviceIdSchema,
  publicKey: PublicKeySchema,
  nonce: Base64UrlSchema.max(64),
  signature: SignatureSchema,
});
export type RotateRequest = z.infer<typeof RotateRequestSchema>;
export const rotateProof = (deviceId: string, publicKey: string, nonce: string) =>
  `soglia-rotate-v1\n${deviceId}\n${publicKey}\n${nonce}`;
