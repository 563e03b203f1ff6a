import { expect, test } from 'vitest';
import { type Condition, ConditionSchema } from '../../../kernel/domain/condition.ts';
import { holds } from '../../../kernel/domain/condition-facts.ts';
import { sentenceOf, sentenceOfNeed } from '../../../kernel/domain/condition-sentence.ts';
import { explainIssues } from '../../../kernel/parse.ts';

const AUDIENCE: Condition = {
  all: [
    { fact: 'segment', is: 'coffee' },
    { any: [{ fact: 'points', atLeast: 100 }, { not: { fact: 'zone', is: 'till' as never } }] },
  ],
};

function complaint(tree: unknown): string {
  const result = ConditionSchema.safeParse(tree);
  return result.success ? '' : explainIssues(result.error);
}

test('a marketer reads a condition as a sentence', () => {
  expect(sentenceOf(AUDIENCE, 'en')).toBe(
    'in the segment coffee and (points at least 100 or not in the zone till)',
  );
  expect(sentenceOf(AUDIENCE, 'it', { segment: () => 'Caffè' })).toBe(
    'nel segmento Caffè e (con punti almeno 100 o non nella zona till)',
  );
});

test('what is missing is said as a clause of its own', () => {
  const leaf = { fact: 'points', atLeast: 100 } as const;
  expect(sentenceOfNeed({ leaf, wanted: true }, 'en')).toBe('points at least 100');
  expect(sentenceOfNeed({ leaf, wanted: false }, 'it')).toBe('non con punti almeno 100');
});

test('what a tree does not know is refused with its place', () => {
  expect(
    complaint({
      all: [
        { fact: 'segment', is: 'a' },
        { fact: 'shoe-size', is: 42 },
      ],
    }),
  ).toMatch(/ all\.1: fact: .*'segment'/);
  expect(complaint({ any: [{ xor: [] }] })).toMatch(/ any\.0: /);
  expect(complaint({ all: [], any: [] })).not.toBe('');
  expect(complaint({ not: { all: [] } })).toMatch(/not.*all: /);
  expect(complaint({ fact: 'points' })).toBe('(whole): needs atLeast or atMost');
  expect(complaint({ not: { fact: 'points', atLeast: 9, atMost: 3 } })).toMatch(
    /not.*atLeast: is above atMost/,
  );
  expect(complaint('vip')).toMatch(/neither all, any, not nor a question/);
});

test('a tree that is too large, too deep, or holds itself is refused', () => {
  const leaf = { fact: 'segment', is: 'a' };
  const nested = (depth: number): unknown => (depth === 0 ? leaf : { not: nested(depth - 1) });
  expect(complaint(nested(7))).toBe('');
  expect(complaint(nested(8))).toMatch(/deeper than 8 levels/);
  expect(complaint(nested(5_000))).toMatch(/deeper than 8 levels/);
  const many = { any: Array.from({ length: 30 }, () => leaf) };
  expect(complaint({ all: [many, many] })).toBe('');
  expect(complaint({ all: [many, many, many] })).toMatch(/more than 64 questions/);
  const loop: { not?: unknown } = {};
  loop.not = loop;
  expect(complaint(loop)).toMatch(/a loop/);
});

test('a time of day may go over midnight', () => {
  const night: Condition = { fact: 'time-of-day', from: 22 * 60, until: 6 * 60 };
  expect(
    [21 * 60 + 59, 22 * 60, 0, 6 * 60 - 1, 6 * 60].map((minuteOfDay) =>
      holds(night, { minuteOfDay }),
    ),
  ).toEqual([false, true, true, true, false]);
});
