import { applicationIdentifier } from './application-identifiers.ts';
import type { Gs1Element } from './element-value.ts';
import { type Gs1Rejected, gs1Rejected } from './gs1-rejected.ts';

/**
 * Whether identifiers may stand together in one message: none twice with two values, none beside one that it excludes,
 * each with those that it requires. `at` is the index of the element at fault.
 *
 * The dictionary would have requisites judged over all the symbols of a physical item. Who has more than one of them
 * checks their elements together; who has one judges it by itself.
 */
export function checkAssociations(elements: readonly Gs1Element[]): Gs1Rejected | undefined {
  return checkConflicts(elements) ?? checkRequisites(elements);
}

/** Repeated and excluded identifiers alone: they are wrong whatever the other symbols of the item say. */
export function checkConflicts(elements: readonly Gs1Element[]): Gs1Rejected | undefined {
  const values = new Map<string, string>();
  for (const [i, { ai, value }] of elements.entries()) {
    const before = values.get(ai);
    if (before !== undefined && before !== value) return gs1Rejected('repeated-identifier', i, ai);
    values.set(ai, value);
  }
  return firstOfEach(elements, ({ ai }) =>
    applicationIdentifier(ai)?.exclusions.some((pattern) => isPresent(pattern, values, ai))
      ? 'excluded-identifier'
      : undefined,
  );
}

function checkRequisites(elements: readonly Gs1Element[]): Gs1Rejected | undefined {
  const values = new Map(elements.map(({ ai, value }) => [ai, value]));
  const isMet = (alternatives: readonly (readonly string[])[], ai: string) =>
    alternatives.some((patterns) => patterns.every((pattern) => isPresent(pattern, values, ai)));
  return firstOfEach(elements, ({ ai }) =>
    applicationIdentifier(ai)?.requisites.every((alternatives) => isMet(alternatives, ai)) === false
      ? 'missing-requisite'
      : undefined,
  );
}

/** Judges each identifier once, however often it stands there: at most as many as the table has. */
function firstOfEach(
  elements: readonly Gs1Element[],
  judge: (element: Gs1Element) => 'excluded-identifier' | 'missing-requisite' | undefined,
): Gs1Rejected | undefined {
  const seen = new Set<string>();
  for (const [i, element] of elements.entries()) {
    if (seen.has(element.ai)) continue;
    seen.add(element.ai);
    const reason = judge(element);
    if (reason !== undefined) return gs1Rejected(reason, i, element.ai);
  }
  return undefined;
}

/** Whether an identifier of the pattern is there, other than the one that asks. */
function isPresent(pattern: string, values: ReadonlyMap<string, string>, asking: string): boolean {
  const fixed = pattern.replace(/n+$/, '');
  if (fixed === pattern) return values.has(pattern);
  for (const ai of values.keys()) {
    if (ai !== asking && ai.length === pattern.length && ai.startsWith(fixed)) return true;
  }
  return false;
}
