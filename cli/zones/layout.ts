import { parse as parseYaml } from 'yaml';
import type { FloorPlan } from '../../kernel/domain/zone-map.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { explainIssues } from '../../kernel/parse.ts';
import { FloorPlanSchema } from '../../node/floor-plan.ts';

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
  const result = FloorPlanSchema.safeParse(tree);
  if (result.success) return result.data;
  throw new SogliaError('config/invalid', `${source}: ${explainIssues(result.error)}`);
}
