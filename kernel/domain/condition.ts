import { z } from 'zod';
import { GtinSchema, ZoneIdSchema } from './ids.ts';

/** Minutes from midnight in the store's own time; 1,440 ends the day. */
const MinuteSchema = z.int().min(0).max(1_440);
/** ISO 8601: 1 is Monday, 7 Sunday. */
export const WeekdaySchema = z.int().min(1).max(7);
const CategorySchema = z.string().min(1).max(63);

/**
 * What can be asked, each of one fact. Numbers are asked with a bound below, above or both; `atMost` and `atLeast` count
 * the bound in.
 */
export const LeafSchema = z.discriminatedUnion('fact', [
  z.strictObject({ fact: z.literal('segment'), is: CategorySchema }),
  /** How much somebody is drawn to a category, 0 to 1. */
  bounded({
    fact: z.literal('affinity'),
    category: CategorySchema,
    atLeast: z.number().min(0).max(1).optional(),
    atMost: z.number().min(0).max(1).optional(),
  }),
  bounded({ fact: z.literal('points'), ...wholeBounds() }),
  /** Whole days of 24 hours since the last visit that HQ knows of. */
  bounded({ fact: z.literal('days-since-visit'), ...wholeBounds() }),
  z.strictObject({ fact: z.literal('zone'), is: ZoneIdSchema }),
  bounded({ fact: z.literal('dwell-seconds'), ...wholeBounds() }),
  z.strictObject({ fact: z.literal('scanned-product'), is: GtinSchema }),
  z.strictObject({ fact: z.literal('scanned-category'), is: CategorySchema }),
  z.strictObject({ fact: z.literal('cart-product'), is: GtinSchema }),
  z.strictObject({ fact: z.literal('cart-category'), is: CategorySchema }),
  /** In the currency's smallest unit, tax included. */
  bounded({ fact: z.literal('cart-minor'), ...wholeBounds() }),
  /** From `from` on, before `until`; over midnight where `until` is not above `from`. */
  z.strictObject({
    fact: z.literal('time-of-day'),
    from: MinuteSchema.max(1_439),
    until: MinuteSchema.min(1),
  }),
  z.strictObject({ fact: z.literal('weekday'), in: z.array(WeekdaySchema).min(1).max(7) }),
  /** Pieces in this store. */
  bounded({ fact: z.literal('stock'), gtin: GtinSchema, ...wholeBounds() }),
]);
export type Leaf = z.infer<typeof LeafSchema>;

/** A tree of facts, e.g. `{all: [{fact: 'segment', is: 'coffee'}, {not: {fact: 'zone', is: 'till'}}]}`. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Readonly<Leaf>;

const MOST_BRANCHES = 32;
/** Deeper or larger than this nobody can read, and a person's turn at the kiosk must stay short. */
export const DEEPEST = 8;
export const MOST_LEAVES = 64;

const KINDS = ['all', 'any', 'not'] as const;
/** The shape alone; what comes from outside goes through `ConditionSchema`, which bounds it first. */
export const ConditionTreeSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ all: z.array(ConditionTreeSchema).min(1).max(MOST_BRANCHES) }),
      z.strictObject({ any: z.array(ConditionTreeSchema).min(1).max(MOST_BRANCHES) }),
      z.strictObject({ not: ConditionTreeSchema }),
      LeafSchema,
    ],
    { error: ({ input, errors }) => reasonOf(input, errors) },
  ),
);

/**
 * As it comes from outside: an unknown fact or operator, bounds that cannot hold, or too large a tree is refused whole.
 * Its size is looked at first, since a YAML file can hold a tree that contains itself.
 */
export const ConditionSchema = z
  .unknown()
  .superRefine((tree, context) => {
    const size = sizeOf(tree);
    if (size.depth > DEEPEST)
      context.addIssue({
        code: 'custom',
        message: `deeper than ${String(DEEPEST)} levels, or a loop`,
      });
    else if (size.leaves > MOST_LEAVES)
      context.addIssue({ code: 'custom', message: `more than ${String(MOST_LEAVES)} questions` });
  })
  .pipe(ConditionTreeSchema);

/** The questions of a tree, in reading order. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

/** Bounded in depth and breadth, whatever is given; what is no branch counts as a leaf. */
function sizeOf(tree: unknown, depth = 1): { readonly leaves: number; readonly depth: number } {
  const branches = branchesOf(tree);
  if (branches === undefined || depth > DEEPEST) return { leaves: 1, depth };
  let leaves = 0;
  let deepest = depth;
  for (const branch of branches) {
    const size = sizeOf(branch, depth + 1);
    leaves += size.leaves;
    deepest = Math.max(deepest, size.depth);
    if (leaves > MOST_LEAVES || deepest > DEEPEST) break;
  }
  return { leaves, depth: deepest };
}

function branchesOf(tree: unknown): readonly unknown[] | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  if ('not' in tree) return [tree.not];
  const branches = 'all' in tree ? tree.all : 'any' in tree ? tree.any : undefined;
  return Array.isArray(branches) ? branches : undefined;
}

type Issues = readonly { readonly path: PropertyKey[]; readonly message: string }[];

/** What is wrong with the branch that was meant, not with the three that were not. */
function reasonOf(input: unknown, errors: readonly Issues[] | undefined): string {
  if (typeof input !== 'object' || input === null) return 'neither all, any, not nor a question';
  const kind = KINDS.findIndex((key) => key in input);
  const issues = errors?.[kind < 0 ? KINDS.length : kind] ?? [];
  return issues
    .slice(0, 5)
    .map(({ path, message }) =>
      path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message,
    )
    .join('; ');
}

function wholeBounds() {
  const bound = z.int().min(0).max(1_000_000_000).optional();
  return { atLeast: bound, atMost: bound };
}

/** A question about a number: at least one bound, and the lower one not above the upper. */
function bounded<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).superRefine((leaf, context) => {
    const { atLeast, atMost } = leaf as { readonly atLeast?: number; readonly atMost?: number };
    if (atLeast === undefined && atMost === undefined)
      context.addIssue({ code: 'custom', message: 'needs atLeast or atMost' });
    if (atLeast !== undefined && atMost !== undefined && atLeast > atMost)
      context.addIssue({ code: 'custom', path: ['atLeast'], message: 'is above atMost' });
  });
}
