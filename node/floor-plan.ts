import { z } from 'zod';

const MetresSchema = z.number().min(-10_000).max(10_000);
const SpanSchema = z
  .tuple([MetresSchema, MetresSchema])
  .refine(([from, to]) => from < to, { error: 'from is not below to', abort: true });
const NameSchema = z.string().min(1).max(63);
const hasAny = (record: object) => Object.keys(record).length > 0;

/** Zones and receivers by name, in metres from a corner of the floor. */
export const FloorPlanSchema = z
  .strictObject({
    /** Rectangles: from, to. Where two overlap, the first counts. */
    zones: z
      .record(NameSchema, z.strictObject({ x: SpanSchema, y: SpanSchema }))
      .refine(hasAny, { error: 'none', abort: true }),
    receivers: z
      .record(
        NameSchema,
        z.strictObject({
          x: MetresSchema,
          y: MetresSchema,
          /** Height above the floor; 2 m unless told. */
          z: MetresSchema.optional(),
          /** How much more this one hears than others, dB. */
          offsetDb: z.number().min(-40).max(40).optional(),
        }),
      )
      .refine(hasAny, { error: 'none', abort: true }),
  })
  .transform(({ zones, receivers }) => ({
    zones: Object.entries(zones).map(([zoneId, area]) => ({ zoneId, ...area })),
    receivers: Object.entries(receivers).map(([receiverId, place]) => ({ receiverId, ...place })),
  }));
