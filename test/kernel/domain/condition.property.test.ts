import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { type Condition, ConditionSchema, leavesOf } from '../../../kernel/domain/condition.ts';
import { compile, holds, neededSegments } from '../../../kernel/domain/condition-facts.ts';
import { whyNot } from '../../../kernel/domain/condition-needs.ts';
import { sentenceOf } from '../../../kernel/domain/condition-sentence.ts';
import { conditions, situations } from '../../doubles/conditions.ts';
import { runs } from '../../support/runs.ts';

const numRuns = runs(2_000);

test('a compiled condition says what the tree says, whatever is missing', () => {
  const property = fc.property(conditions, situations, (condition, facts) => {
    expect(compile(condition)(facts)).toBe(holds(condition, facts));
  });
  fc.assert(property, { numRuns });
});

test('with no fact at all every question is answered no, and not turns it round', () => {
  const property = fc.property(conditions, (condition) => {
    const [leaf] = leavesOf(condition);
    expect(holds(leaf!, {})).toBe(false);
    expect(holds({ not: leaf! }, {})).toBe(true);
  });
  fc.assert(property, { numRuns: runs(200) });
});

test('nobody for whom a condition holds lacks all the segments that the index looks for', () => {
  const property = fc.property(conditions, situations, (condition, facts) => {
    const needed = neededSegments(condition);
    if (needed === undefined || !holds(condition, facts)) return;
    expect([...needed].some((segment) => facts.segments?.has(segment))).toBe(true);
  });
  fc.assert(property, { numRuns });
});

test('supplying what an explanation says is missing makes the condition hold', () => {
  let flipped = 0;
  const property = fc.property(conditions, situations, (condition, facts) => {
    const why = whyNot(condition, facts);
    if (why.kind === 'holds') expect(holds(condition, facts)).toBe(true);
    if (why.kind !== 'missing') return;
    flipped += 1;
    expect(why.needs.length).toBeGreaterThan(0);
    for (const { leaf, wanted } of why.needs) {
      expect(holds(leaf, facts)).toBe(!wanted);
      expect(holds(leaf, why.facts)).toBe(wanted);
    }
    expect(holds(condition, why.facts)).toBe(true);
  });
  fc.assert(property, { numRuns });
  expect(flipped).toBeGreaterThan(numRuns / 5);
});

test('what is never to be supplied contradicts itself', () => {
  const never: Condition = {
    all: [
      { fact: 'points', atLeast: 10 },
      { fact: 'points', atMost: 5 },
    ],
  };
  expect(whyNot(never, { points: 7 })).toEqual({ kind: 'never' });
  expect(
    whyNot({ all: [{ fact: 'segment', is: 'a' }, { not: { fact: 'segment', is: 'a' } }] }, {}),
  ).toEqual({ kind: 'never' });
});

test('every condition can be said in both languages, and said again from its JSON', () => {
  const property = fc.property(conditions, (condition) => {
    const again = ConditionSchema.parse(JSON.parse(JSON.stringify(condition)));
    for (const language of ['it', 'en'] as const) {
      const sentence = sentenceOf(condition, language);
      expect(sentence).not.toMatch(/undefined|NaN|\[object/);
      expect(sentenceOf(again, language)).toBe(sentence);
    }
  });
  fc.assert(property, { numRuns: runs(300) });
});
