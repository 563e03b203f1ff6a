import { z } from 'zod';
import { CohortRowSchema, PurposeSchema } from '../domain/cohort.ts';
import { SLICE_UNITS } from '../domain/escrow.ts';
import {
  Base64UrlSchema,
  EpochMsSchema,
  EpochSchema,
  EventIdSchema,
  hexOf,
  LeaseIdSchema,
  OfferIdSchema,
  PseudonymSchema,
} from '../domain/ids.ts';
import { LaneSchema } from './journal-events.ts';

/** The first event of a lane in an epoch follows this hash. */
export const CHAIN_START = '0'.repeat(64);

/**
 * One journal row on the wire. `body` is the JSON text as hashed, never parsed and printed again.
 * rowHash = SHA-256(previous rowHash ‖ lane ‖ 0x00 ‖ seq u64 BE ‖ type ‖ 0x00 ‖ SHA-256(salt ‖ body)),
 * hashes as 32 bytes, text as UTF-8. An erased row has neither body nor salt, only their hash: the chain still verifies.
 */
export const PushedEventSchema = z.object({
  seq: z.int().positive(),
  eventId: EventIdSchema,
  type: z.string().min(1).max(40),
  v: z.int().positive(),
  contentHash: hexOf(32),
  salt: hexOf(16).optional(),
  body: z.string().max(65_536).optional(),
  bootId: hexOf(16),
  monoMs: z.int().nonnegative(),
  wallMs: EpochMsSchema,
});
export type PushedEvent = z.infer<typeof PushedEventSchema>;

/** POST /v1/push: a contiguous range of one lane; 500 events or 256 kB at most. The store comes from the credential. */
export const PushRequestSchema = z.object({
  epoch: EpochSchema,
  lane: LaneSchema,
  /** rowHash of the event before the first one here. */
  previousHash: hexOf(32),
  events: z.array(PushedEventSchema).min(1).max(500),
});
export type PushRequest = z.infer<typeof PushRequestSchema>;
export const PushAnswerSchema = z.object({
  hqEpoch: EpochSchema,
  /** Everything up to here is committed at HQ. Lower than what the edge sent: send again from here. */
  lastSeq: z.int().nonnegative(),
  serverTime: EpochMsSchema,
  /** Events per second that HQ is ready to take from this store. */
  maxRate: z.number().positive(),
});
export type PushAnswer = z.infer<typeof PushAnswerSchema>;

/** Down streams, in the order they are applied. */
export const STREAMS = ['erase', 'keys', 'catalogue', 'cohort', 'config'] as const;
export const StreamSchema = z.enum(STREAMS);
export type Stream = z.infer<typeof StreamSchema>;

export const ChangeSchema = z.discriminatedUnion('kind', [
  /** erase: the person is gone; row, keys and coupons go with them. */
  z.object({ kind: z.literal('erased'), pseudonym: PseudonymSchema }),
  /** erase: wins over any row in flight. */
  z.object({
    kind: z.literal('withdrawn'),
    pseudonym: PseudonymSchema,
    purpose: PurposeSchema,
    at: EpochMsSchema,
  }),
  /**
   * keys: the lease under which cohort rows are sealed. The same `leaseId` again renews it.
   * A new `leaseId` means that every row comes anew.
   */
  z.object({
    kind: z.literal('lease'),
    leaseId: LeaseIdSchema,
    /** AES-256 key, 32 bytes, base64url: held in a 0600 file, never in the database. */
    sealingKey: Base64UrlSchema.length(43),
    /** HMAC-SHA-256 key of the look-up hashes, 32 bytes, base64url: held likewise. */
    indexKey: Base64UrlSchema.length(43),
    notAfter: EpochMsSchema,
  }),
  /** catalogue: a signed version; its bytes are fetched from /v1/snapshot/{sha256}. */
  z.object({
    kind: z.literal('bundle'),
    /** JSON text of a BundleManifest, the bytes that are signed. */
    manifest: z.string().max(4_096),
    /** Ed25519 over the UTF-8 bytes of `manifest`, base64url. */
    signature: Base64UrlSchema.length(86),
    /** First 8 bytes of SHA-256 of the public key, hex: which pinned key signed. */
    keyId: hexOf(8),
  }),
  z.object({ kind: z.literal('row'), row: CohortRowSchema }),
  z.object({ kind: z.literal('row-removed'), pseudonym: PseudonymSchema }),
  /**
   * cohort: the store's part of an offer's total or budget, counted from the beginning (kernel/domain/escrow.ts). What it
   * has left above `keep` goes back.
   */
  z.object({
    kind: z.literal('slice'),
    offerId: OfferIdSchema,
    /** Absent: `use`. */
    unit: z.enum(SLICE_UNITS).optional(),
    granted: z.int().nonnegative(),
    /** As HQ knows them. */
    returned: z.int().nonnegative(),
    spent: z.int().nonnegative(),
    /** Absent: 0. */
    givenBack: z.int().nonnegative().optional(),
    keep: z.int().nonnegative().optional(),
  }),
]);
export type Change = z.infer<typeof ChangeSchema>;

export const BundleManifestSchema = z.object({
  stream: z.literal('catalogue'),
  storeId: z.string().min(1).max(63),
  version: z.int().positive(),
  sha256: hexOf(32),
  bytes: z.int().positive(),
  notBefore: EpochMsSchema,
  expires: EpochMsSchema,
});
export type BundleManifest = z.infer<typeof BundleManifestSchema>;

/**
 * GET /v1/pull?stream=S&hqEpoch=E&rev=N&limit=L (L ≤ 500). With an `hqEpoch` that HQ does not know, it answers from 0 and
 * `reset` is true: the edge clears the stream in the transaction that applies the batch.
 */
export const PullQuerySchema = z.object({
  stream: StreamSchema,
  hqEpoch: EpochSchema.optional(),
  rev: z.coerce.number().int().nonnegative(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type PullQuery = z.infer<typeof PullQuerySchema>;
export const PullAnswerSchema = z.object({
  hqEpoch: EpochSchema,
  /** cohort: under whose index key the rows' hashes were made. A store that holds another lease takes none of them. */
  leaseId: LeaseIdSchema.optional(),
  reset: z.boolean(),
  changes: z.array(z.object({ rev: z.int().positive(), change: ChangeSchema })),
  /** True: ask again at once. */
  more: z.boolean(),
  serverTime: EpochMsSchema,
});
export type PullAnswer = z.infer<typeof PullAnswerSchema>;
