import { z } from 'zod';
import { CohortRowSchema, HeldCouponSchema } from '../domain/cohort.ts';
import { COUPON_REFUSALS } from '../domain/coupon.ts';
import {
  CouponIdSchema,
  EpochMsSchema,
  hexOf,
  LeaseIdSchema,
  OfferIdSchema,
  PseudonymSchema,
  StationIdSchema,
} from '../domain/ids.ts';
import { SignatureSchema } from './enrolment.ts';
import { StreamSchema } from './hq-sync.ts';
import { ChallengeSchema } from './kiosk-events.ts';
import { ReportRequestSchema } from './phone-api.ts';
import type { Reply } from './reply.ts';

/** Socket.io namespace at HQ where edges listen: hints and the relay. In memory; its loss is harmless. */
export const STORE_NAMESPACE = '/store';

/** "There is news": carries no data, only where to pull. */
export const HintSchema = z.object({ streams: z.array(StreamSchema).max(5) });
export type Hint = z.infer<typeof HintSchema>;

/** A phone's answer to a kiosk's challenge. HQ names the pseudonym; the edge verifies the signature itself. */
export const ConfirmationSchema = z.object({
  stationId: StationIdSchema,
  nonce: ChallengeSchema.shape.nonce,
  pseudonym: PseudonymSchema,
  signature: SignatureSchema,
});
export type Confirmation = z.infer<typeof ConfirmationSchema>;

/** The bytes (UTF-8) that a phone signs to take the session of a kiosk. */
export const confirmationProof = (storeId: string, stationId: string, nonce: string) =>
  `soglia-confirm-v1\n${storeId}\n${stationId}\n${nonce}`;

export const CONFIRMATION_REFUSALS = [
  'no-such-challenge',
  'not-known-here',
  'bad-signature',
  'store-away',
] as const;
export const ConfirmationOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened') }),
  z.object({ kind: z.literal('refused'), reason: z.enum(CONFIRMATION_REFUSALS) }),
]);
export type ConfirmationOutcome = z.infer<typeof ConfirmationOutcomeSchema>;

/** A phone says that it heard a beacon of the store. HQ names the pseudonym; the edge verifies the signature itself. */
export const PhoneReportSchema = ReportRequestSchema.omit({ storeId: true }).extend({
  pseudonym: PseudonymSchema,
});
export type PhoneReport = z.infer<typeof PhoneReportSchema>;
export const REPORT_REFUSALS = [
  'store-away',
  'not-known-here',
  /** No live `recognise`. */
  'no-consent',
  'no-such-beacon',
  'bad-signature',
  /** Not within 30 s of the store's clock. */
  'other-time',
  /** No later than one that was taken before. */
  'replayed',
] as const;
export const ReportOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('heard') }),
  z.object({ kind: z.literal('refused'), reason: z.enum(REPORT_REFUSALS) }),
]);
export type ReportOutcome = z.infer<typeof ReportOutcomeSchema>;

/**
 * A card or code that the store does not know: the one thing that a store asks HQ while somebody waits. In memory at both
 * ends, and in no log.
 */
export const CredentialAskSchema = z.discriminatedUnion('kind', [
  /** In its one true form (kernel/scans/card-number.ts). */
  z.object({ kind: z.literal('card'), number: z.string().min(4).max(64) }),
  z.object({ kind: z.literal('code'), codeId: hexOf(8) }),
]);
export type CredentialAsk = z.infer<typeof CredentialAskSchema>;
export const CredentialAnswerSchema = z.discriminatedUnion('kind', [
  /** Under the lease that HQ holds the store to have. */
  z.object({ kind: z.literal('known'), leaseId: LeaseIdSchema, row: CohortRowSchema }),
  z.object({ kind: z.literal('unknown') }),
]);
export type CredentialAnswer = z.infer<typeof CredentialAnswerSchema>;
/** What is not answered by then is of no use to whoever stands there. */
export const CREDENTIAL_DEADLINE_MS = 800;

/** A coupon that is shown in a store which has not the right to redeem it (move-1). In memory at both ends, and in no log. */
export const CouponAskSchema = z.object({ code: z.string().min(1).max(64) });
export type CouponAsk = z.infer<typeof CouponAskSchema>;
export const CouponAnswerSchema = z.discriminatedUnion('kind', [
  /** The right is the store's from now on. */
  z.object({
    kind: z.literal('given'),
    pseudonym: PseudonymSchema,
    coupon: HeldCouponSchema.omit({ codeHash: true, isElsewhere: true }),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(COUPON_REFUSALS),
    offerId: OfferIdSchema.optional(),
    /** With `already-used`. */
    redeemedAt: EpochMsSchema.optional(),
  }),
]);
export type CouponAnswer = z.infer<typeof CouponAnswerSchema>;

/** The store is to give up the right that came to it by this move (0: none has), or an earlier one (move-3). */
export const ReleaseAskSchema = z.object({
  couponId: CouponIdSchema,
  move: z.int().nonnegative(),
  /** Whose it is, by the store's name for them. */
  pseudonym: PseudonymSchema,
});
export type ReleaseAsk = z.infer<typeof ReleaseAskSchema>;
export const ReleaseOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('released') }),
  z.object({ kind: z.literal('used'), redeemedAt: EpochMsSchema }),
  z.object({ kind: z.literal('refused'), reason: z.literal('store-away') }),
]);
export type ReleaseOutcome = z.infer<typeof ReleaseOutcomeSchema>;
/** Of the 800 ms that the other store waits in all. */
export const RELEASE_DEADLINE_MS = 500;

export interface StoreToHq {
  credential: (ask: CredentialAsk, reply: Reply<CredentialAnswer>) => void;
  coupon: (ask: CouponAsk, reply: Reply<CouponAnswer>) => void;
}
export interface HqToStore {
  hint: (hint: Hint) => void;
  confirmation: (confirmation: Confirmation, reply: Reply<ConfirmationOutcome>) => void;
  report: (report: PhoneReport, reply: Reply<ReportOutcome>) => void;
  release: (ask: ReleaseAsk, reply: Reply<ReleaseOutcome>) => void;
}
