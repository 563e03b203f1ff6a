import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { FloorPlan } from '../../kernel/domain/zone-map.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { explainIssues } from '../../kernel/parse.ts';

const MetresSchema = z.number().min(-10_000).max(10_000);
const SpanSchema = z
  .tuple([MetresSchema, MetresSchema])
  .refine(([from, to]) => from < to, 'from is not below to');
const LayoutSchema = z.object({
  zones: z
    .record(z.string().min(1).max(63), z.object({ x: SpanSchema, y: SpanSchema }))
    .refine((zones) => Object.keys(zones).length > 0, 'none'),
  receivers: z
    .record(
      z.string().min(1).max(63),
      z.object({
        x: MetresSchema,
        y: MetresSchema,
        z: MetresSchema.optional(),
        offsetDb: z.number().min(-40).max(40).optional(),
      }),
    )
    .refine((receivers) => Object.keys(receivers).length > 0, 'none'),
});

/**
 * A floor plan in YAML: `zones` (name → `x`, `y` as [from, to]) and `receivers` (id → `x`, `y`, `z`?, `offsetDb`?), in metres.
 * @throws {SogliaError} 'config/invalid', naming the field and the reason
 */
export function parseLayout(text: string, source: string): FloorPlan {
  let tree: unknown;
  try {
    tree = parseYaml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not YAML';
    throw new SogliaError('config/invalid', `${source}: ${reason}`, { cause });
  }
  const result = LayoutSchema.safeParse(tree);
  if (!result.success)
    throw new SogliaError('config/invalid', `${source}: ${explainIssues(result.error)}`);
  const { zones, receivers } = result.data;
  return {
    zones: Object.entries(zones).map(([zoneId, area]) => ({ zoneId, ...area })),
    receivers: Object.entries(receivers).map(([receiverId, place]) => ({ receiverId, ...place })),
  };
}
