import { z } from 'zod';

/**
 * How sure we are of who is there.
 * 0: nobody known. 1: somebody enrolled is near, ambiguous or weak. 2: one credential near, no act yet.
 * 3: an act of the person here. 4: checked by staff, or a signed purchase.
 */
export const StrengthSchema = z.literal([0, 1, 2, 3, 4]);
export type Strength = z.infer<typeof StrengthSchema>;

/** What the recognition rests on; a card may be a photo of one, hence the difference. */
export const EVIDENCE = ['token', 'report', 'card', 'code', 'phone', 'staff'] as const;
export const EvidenceSchema = z.enum(EVIDENCE);
export type Evidence = z.infer<typeof EvidenceSchema>;
/** A radio heard the person, or their phone heard us: no act of theirs. */
export type NearEvidence = Extract<Evidence, 'token' | 'report'>;
/** An act of the person here, or of staff who looked. */
export type ActEvidence = Exclude<Evidence, NearEvidence>;
