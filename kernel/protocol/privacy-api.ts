import { z } from 'zod';
import { CustomerIdSchema, EpochMsSchema, hexOf, StoreIdSchema } from '../domain/ids.ts';

/** Whom a request is about goes in the body: addresses end up in logs (threat-18). */
export const SubjectPostSchema = z.object({ customerId: CustomerIdSchema });

/**
 * What a person can be handed, and head office keep: a random number, when, what went, and which stores have confirmed.
 * Nothing in it points at anybody.
 */
export const ErasureReceiptSchema = z.object({
  erasureId: hexOf(16),
  askedAt: EpochMsSchema,
  /** Rows that went at head office, by table. */
  removed: z.record(z.string(), z.int().nonnegative()),
  journal: z.object({
    /** Events that lost their body and salt. */
    erased: z.int().nonnegative(),
    /** The hash chain through them still verifies. */
    chainHolds: z.boolean(),
  }),
  /** Marks of the person still found in head office's database files afterwards; absent: not looked through yet. */
  tracesLeft: z.int().nonnegative().optional(),
  stores: z.array(
    z.object({
      storeId: StoreIdSchema,
      /** `lease-over`: not heard from since, but its lease ended, and without it no row opens there. */
      state: z.enum(['asked', 'confirmed', 'lease-over']),
      confirmedAt: EpochMsSchema.optional(),
    }),
  ),
});
export type ErasureReceipt = z.infer<typeof ErasureReceiptSchema>;

/** POST /v1/privacy/erasures {customerId}: answered with the receipt, the same one for the same person. */
/** GET /v1/privacy/erasures: newest first. */
export const ErasureReceiptsSchema = z.object({ erasures: z.array(ErasureReceiptSchema) });
