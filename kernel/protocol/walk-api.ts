import { z } from 'zod';
import { EpochMsSchema, hexOf, ReceiverIdSchema } from '../domain/ids.ts';

/*
 * Guided walks with a credential of the shop's own, over the operator socket: for no other is a strength ever told
 * (walk-1 in SPEC.md).
 */

/** POST /v1/walks: by a token that the store resolves now, or by the person's card. */
export const WalkPostSchema = z.union([
  z.strictObject({ token: hexOf(8) }),
  z.strictObject({ card: z.string().min(1).max(64) }),
]);
export const WalkBegunSchema = z.object({ walkId: z.uuid() });

/** POST /v1/walks/:walkId/hearings: what was heard since the last time, and is told once. */
export const WalkHearingsSchema = z.object({
  now: EpochMsSchema,
  hearings: z.array(
    z.object({ receiverId: ReceiverIdSchema, rssiDbm: z.number(), at: EpochMsSchema }),
  ),
});
export type WalkHearings = z.infer<typeof WalkHearingsSchema>;
