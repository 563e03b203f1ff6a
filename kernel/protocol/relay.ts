import { z } from 'zod';
import { PseudonymSchema, StationIdSchema } from '../domain/ids.ts';
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

export interface HqToStore {
  hint: (hint: Hint) => void;
  confirmation: (confirmation: Confirmation, reply: Reply<ConfirmationOutcome>) => void;
  report: (report: PhoneReport, reply: Reply<ReportOutcome>) => void;
}
