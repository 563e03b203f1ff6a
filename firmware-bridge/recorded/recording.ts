import { z } from 'zod';
import { ReceiverIdSchema, ScannerIdSchema, hexOf } from '../../kernel/domain/ids.ts';

/** Since the start of the recording, ms; never less than in the line before. */
const AtMsSchema = z.number().nonnegative();

/** One line of a recording: what a source put out, JSON. */
export const RecordedLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sighting'),
    atMs: AtMsSchema,
    receiverId: ReceiverIdSchema,
    carrier: z.enum(['eid', 'uuid128']),
    token: hexOf(8),
    rssiDbm: z.int().min(-127).max(-1).optional(),
  }),
  z.object({
    kind: z.literal('scan'),
    atMs: AtMsSchema,
    scannerId: ScannerIdSchema,
    /** Without its terminator, hex. */
    frame: z
      .string()
      .max(2 * 4_296)
      .regex(/^(?:[0-9a-f]{2})+$/, 'not bytes in lower-case hex'),
  }),
]);
export type RecordedLine = z.infer<typeof RecordedLineSchema>;
