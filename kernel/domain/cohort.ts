import { z } from 'zod';
import {
  CouponIdSchema,
  EpochMsSchema,
  hexOf,
  Base64UrlSchema,
  LanguageSchema,
  OfferIdSchema,
  PseudonymSchema,
} from './ids.ts';

/** What a person may agree to, each for itself, none pre-set (duty-1). */
export const PURPOSES = ['recognise', 'personalise', 'market', 'staff', 'show-name'] as const;
export const PurposeSchema = z.enum(PURPOSES);
export type Purpose = z.infer<typeof PurposeSchema>;

/** A live grant as the store holds it; the proof stays at HQ. */
export const GrantSchema = z.object({
  purpose: PurposeSchema,
  grantedAt: EpochMsSchema,
  /** The grant ends by itself: 12 months for `personalise`, 24 for `market` (duty-15). */
  expiresAt: EpochMsSchema,
  textVersion: z.string().min(1).max(64),
});
export type Grant = z.infer<typeof GrantSchema>;

/** A temporary EID key: valid for the 65,536 s that share the high 16 bits of Unix time. */
export const TemporaryKeySchema = z.object({
  /** Unix seconds >> 16, in the beacon's own time. */
  period: z.int().nonnegative().max(0xffff),
  key: hexOf(16),
});
export type TemporaryKey = z.infer<typeof TemporaryKeySchema>;

/** One source of tokens: a phone, or a beacon that keeps its own counter. */
export const TokenSourceSchema = z.object({
  /** Seconds that the source's clock is ahead of Unix time; 0 for phones. */
  clockOffsetS: z.int(),
  temporaryKeys: z.array(TemporaryKeySchema).max(40),
});
export type TokenSource = z.infer<typeof TokenSourceSchema>;

/** A coupon of a person, as a store has it. Unless it says otherwise the right to redeem it sits here until it is released. */
export const HeldCouponSchema = z.object({
  couponId: CouponIdSchema,
  offerId: OfferIdSchema,
  /** What the shopper shows: our own coupon code (kernel/scans/own-code.ts). */
  code: z.string().min(1).max(64),
  /** Keyed hash of the code, for look-up without opening the row. */
  codeHash: hexOf(16),
  /** Number of the move that brought the right to redeem it here (move-2); absent: it never moved. */
  move: z.int().positive().optional(),
  /** The right to redeem it is HQ's, or another store's. */
  isElsewhere: z.literal(true).optional(),
});
export type HeldCoupon = z.infer<typeof HeldCouponSchema>;

/**
 * All that a store holds on one person (duty-11). Sealed at rest, but for the pseudonym and the keyed hashes.
 * Never in it: birthday, e-mail, phone number, card number.
 */
export const CohortRowSchema = z.object({
  pseudonym: PseudonymSchema,
  /** Of somebody who belongs to other stores: leased for the visit, and no longer. Absent: the store is one of theirs. */
  leasedUntil: EpochMsSchema.optional(),
  /** Grows with each change at HQ. */
  rowVersion: z.int().positive(),
  /** A credential of the shop's own, for walks and recordings: never a real person. */
  test: z.boolean(),
  language: LanguageSchema,
  /** Only while `show-name` is granted. */
  firstName: z.string().max(40).optional(),
  segments: z.array(z.string().max(63)).max(100),
  /** Category → 0 (none) to 1 (strong). */
  affinities: z.record(z.string().max(63), z.number().min(0).max(1)),
  points: z.int().nonnegative(),
  /** Bucket per layer of experiments, 0 to 9,999; HQ alone gives them. */
  arms: z.record(z.string().max(63), z.int().min(0).max(9_999)).optional(),
  lastVisitAt: EpochMsSchema.optional(),
  coupons: z.array(HeldCouponSchema).max(50),
  grants: z.array(GrantSchema).max(PURPOSES.length),
  tokenSources: z.array(TokenSourceSchema).max(4),
  /** Key of the rotating code, 32 bytes, and the keyed hash of its code id. */
  rotatingCodes: z.array(z.object({ codeIdHash: hexOf(16), key: hexOf(32) })).max(4),
  /** Uncompressed P-256 points of the person's phones, 65 bytes, base64url. */
  phonePublicKeys: z.array(Base64UrlSchema).max(4),
  /** Keyed hashes of card numbers. */
  cardHashes: z.array(hexOf(16)).max(16),
});
export type CohortRow = z.infer<typeof CohortRowSchema>;
