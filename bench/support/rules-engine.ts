import { Engine, type TopLevelCondition } from 'json-rules-engine';
import type { Condition, Leaf } from '../../kernel/domain/condition.ts';
import type { Offer } from '../../kernel/domain/offer.ts';

/** The same rules in json-rules-engine's own words: one rule an offer, each fact of ours a fact of its. */
export function engineOf(offers: readonly Offer[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const offer of offers)
    engine.addRule({ conditions: ruleOf(offer), event: { type: offer.offerId } });
  return engine;
}

type Part = Record<string, unknown>;

function ruleOf(offer: Offer): TopLevelCondition {
  const { moments, surfaces, zones, segments, audience, validFrom, validUntil, minStrength } =
    offer;
  const all: Part[] = [
    { fact: 'moment', operator: 'in', value: moments },
    { fact: 'surface', operator: 'in', value: surfaces },
    { fact: 'now', operator: 'greaterThanInclusive', value: validFrom },
    { fact: 'now', operator: 'lessThan', value: validUntil },
    { fact: 'strength', operator: 'greaterThanInclusive', value: minStrength },
    ...(zones === undefined ? [] : [{ fact: 'zone', operator: 'in', value: zones }]),
    ...(segments.length === 0
      ? []
      : [{ any: segments.map((is) => ({ fact: 'segments', operator: 'contains', value: is })) }]),
    ...(audience === undefined ? [] : [partOf(audience)]),
  ];
  return { all } as TopLevelCondition; // its types do not know conditions built piece by piece
}

function partOf(condition: Condition): Part {
  if ('all' in condition) return { all: condition.all.map(partOf) };
  if ('any' in condition) return { any: condition.any.map(partOf) };
  if ('not' in condition) return { not: partOf(condition.not) };
  return leafOf(condition);
}

function leafOf(leaf: Leaf): Part {
  switch (leaf.fact) {
    case 'segment':
      return { fact: 'segments', operator: 'contains', value: leaf.is };
    case 'affinity':
      return boundsOf('affinities', leaf, `$.${leaf.category}`);
    case 'points':
      return boundsOf('points', leaf);
    case 'days-since-visit':
      return boundsOf('daysSinceVisit', leaf);
    default:
      throw new Error(`the benchmark asks nothing about ${leaf.fact}`);
  }
}

function boundsOf(
  fact: string,
  {
    atLeast,
    atMost,
  }: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined },
  path?: string,
): Part {
  const of = path === undefined ? { fact } : { fact, path };
  return {
    all: [
      ...(atLeast === undefined
        ? []
        : [{ ...of, operator: 'greaterThanInclusive', value: atLeast }]),
      ...(atMost === undefined ? [] : [{ ...of, operator: 'lessThanInclusive', value: atMost }]),
    ],
  };
}
