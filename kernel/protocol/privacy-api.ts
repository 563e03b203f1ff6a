import { z } from 'zod';
import {
  CustomerIdSchema,
  EpochMsSchema,
  hexOf,
  PseudonymSchema,
  StoreIdSchema,
} from '../domain/ids.ts';

/** Whom a request is about goes in the body: addresses end up in logs (threat-18). */
export const SubjectPostSchema = z.object({ customerId: CustomerIdSchema });

/** POST /v1/privacy/find {text}: whose card, phone, code, coupon, pseudonym, id or first name this is, exactly. */
export const FindPostSchema = z.object({ text: z.string().trim().min(1).max(200) });
export const FoundSchema = z.object({
  found: z.array(
    z.object({
      customerId: CustomerIdSchema,
      by: z.enum(['customer', 'card', 'phone', 'code', 'coupon', 'pseudonym', 'first-name']),
    }),
  ),
});
export type Found = z.infer<typeof FoundSchema>;

/** POST /v1/privacy/export {customerId}: everything held on the person (GDPR, article 15). Keys are withheld. */
export const SubjectExportSchema = z.object({
  customerId: CustomerIdSchema,
  madeAt: EpochMsSchema,
  headOffice: z.array(
    z.object({
      table: z.string(),
      purpose: z.string(),
      retention: z.string(),
      rows: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
  /** By store: the row as last sent, which is all that it was ever given. */
  stores: z.array(
    z.object({ storeId: StoreIdSchema, pseudonym: PseudonymSchema, row: z.unknown().optional() }),
  ),
});
export type SubjectExport = z.infer<typeof SubjectExportSchema>;

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

/** POST /v1/privacy/erasures {customerId} is answered with one, the same for the same person. GET /v1/privacy/erasures: newest first. */
export const ErasureReceiptsSchema = z.object({ erasures: z.array(ErasureReceiptSchema) });
