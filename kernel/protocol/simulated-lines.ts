import { z } from 'zod';
import { hexOf, ReceiverIdSchema, ScannerIdSchema } from '../domain/ids.ts';
import { ToneSchema } from './bridge-events.ts';

/** What the bridge's simulated source reads from its Unix socket: one JSON object a line. */
export const SimulatedLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('advert'),
    receiverId: ReceiverIdSchema,
    /** Raw AD structures, 31 bytes at most, hex. */
    payload: z
      .string()
      .max(62)
      .regex(/^(?:[0-9a-f]{2})*$/, 'not bytes in lower-case hex'),
    rssiDbm: z.int().min(-127).max(-1).optional(),
    /** Who sends it: a beacon's telemetry is tied to its name by nothing else. */
    address: hexOf(6).optional(),
  }),
  z.object({
    kind: z.literal('scan'),
    scannerId: ScannerIdSchema,
    /** Bytes as they leave the scanner, terminator and all, hex. */
    data: z
      .string()
      .max(16_384)
      .regex(/^(?:[0-9a-f]{2})+$/, 'not bytes in lower-case hex'),
  }),
]);
export type SimulatedLine = z.infer<typeof SimulatedLineSchema>;

/** What it writes back. */
export const SimulatedAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tone'), scannerId: ScannerIdSchema, tone: ToneSchema }),
  z.object({ kind: z.literal('refused'), reason: z.string(), line: z.int().positive() }),
]);
export type SimulatedAnswer = z.infer<typeof SimulatedAnswerSchema>;
