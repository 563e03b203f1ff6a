import type { Condition, Leaf } from '../../kernel/domain/condition.ts';
import { PROFILE_FACTS } from '../../kernel/domain/condition-facts.ts';

/** `$1` or `?`; the text is otherwise the same for both. */
export type SqlDialect = 'sqlite' | 'postgresql';

export interface ConditionSql {
  /** A boolean expression over the row `p` of the profiles, never NULL. */
  readonly text: string;
  readonly parameters: readonly (string | number)[];
}

/**
 * A condition as SQL over profiles: rows `p (customer_id, points, last_visit_at)` with the tables
 * `profile_segment (customer_id, segment)` and `profile_affinity (customer_id, category, value)`.
 *
 * What a moment in a shop will say, no profile knows. Its questions count as yes where a yes helps the condition, and as
 * no where it harms: the rows found are an upper bound of those who could ever be reached.
 * @param now - epoch ms, for the days since the last visit
 * @param firstParameter - number of the first placeholder in PostgreSQL's way
 */
export function conditionSql(
  condition: Condition,
  dialect: SqlDialect,
  now: number,
  firstParameter = 1,
): ConditionSql {
  const parameters: (string | number)[] = [];
  const place = (value: string | number) => {
    parameters.push(value);
    return dialect === 'sqlite' ? '?' : `$${String(firstParameter + parameters.length - 1)}`;
  };
  const text = expression(condition, true, { place, now });
  return { text, parameters };
}

interface Making {
  readonly place: (value: string | number) => string;
  readonly now: number;
}

function expression(condition: Condition, isPositive: boolean, making: Making): string {
  if ('not' in condition) return `NOT (${expression(condition.not, !isPositive, making)})`;
  if ('fact' in condition) {
    if (!PROFILE_FACTS.has(condition.fact)) return isPositive ? '(1 = 1)' : '(1 = 0)';
    return leafExpression(condition, making);
  }
  const isAll = 'all' in condition;
  const branches = isAll ? condition.all : condition.any;
  const parts = branches.map((branch) => expression(branch, isPositive, making));
  return `(${parts.join(isAll ? ' AND ' : ' OR ')})`;
}

const DAY_MS = 86_400_000;

function leafExpression(leaf: Leaf, { place, now }: Making): string {
  switch (leaf.fact) {
    case 'segment':
      return `EXISTS (SELECT 1 FROM profile_segment s WHERE s.customer_id = p.customer_id AND s.segment = ${place(leaf.is)})`;
    case 'affinity': {
      const category = place(leaf.category);
      return `EXISTS (SELECT 1 FROM profile_affinity a WHERE a.customer_id = p.customer_id AND a.category = ${category} AND ${between('a.value', leaf, place)})`;
    }
    case 'points':
      return between('p.points', leaf, place);
    case 'days-since-visit': {
      // Whole days: so many or more lie behind an instant that is that many days ago or earlier.
      const { atLeast, atMost } = leaf;
      const latest = atLeast === undefined ? undefined : now - atLeast * DAY_MS;
      const after = atMost === undefined ? undefined : now - (atMost + 1) * DAY_MS;
      const bounds = [
        ...(latest === undefined ? [] : [`p.last_visit_at <= ${place(latest)}`]),
        ...(after === undefined ? [] : [`p.last_visit_at > ${place(after)}`]),
      ];
      return `COALESCE(${bounds.join(' AND ')}, 1 = 0)`;
    }
    default:
      throw new Error(`${leaf.fact} is no fact of a profile`);
  }
}

function between(
  column: string,
  {
    atLeast,
    atMost,
  }: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined },
  place: Making['place'],
): string {
  const bounds = [
    ...(atLeast === undefined ? [] : [`${column} >= ${place(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${column} <= ${place(atMost)}`]),
  ];
  return `COALESCE(${bounds.join(' AND ')}, 1 = 0)`;
}
