import { z } from 'zod';
import { EpochMsSchema } from '../domain/ids.ts';

/** Why a store knows nobody: it never could, HQ has not renewed its lease, or its clock says so and may be wrong. */
const WhyOffSchema = z.enum(['no-lease', 'not-renewed', 'clock']);

/** Whether a store may know people now (lease-1). Coupons are redeemed either way. */
export const PersonalFeaturesSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('on'), leaseNotAfter: EpochMsSchema }),
  z.object({ kind: z.literal('off'), why: WhyOffSchema, since: EpochMsSchema.optional() }),
]);
export type PersonalFeatures = z.infer<typeof PersonalFeaturesSchema>;
