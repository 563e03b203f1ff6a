import { expect, test } from 'vitest';
import { codeOf, emptyWedge, typed } from '../../handheld/wedge.ts';

const type = (text: string, gapMs: number) =>
  Array.from(text).reduce((state, character, i) => typed(state, character, i * gapMs), emptyWedge);

test('what comes faster than any hand is a code', () => {
  expect(codeOf(type('8001234567893', 8))).toBe('8001234567893');
  expect(codeOf(type('SGK7H2K9QRM4TB6WXE3Z', 45))).toBe('SGK7H2K9QRM4TB6WXE3Z');
});

test('what a person types is none', () => {
  expect(codeOf(type('8001234567893', 90))).toBeUndefined();
});

test('two keys hit at once are none', () => {
  expect(codeOf(type('we', 5))).toBeUndefined();
});

test('a burst after a lone key is read without it', () => {
  let state = typed(emptyWedge, 'x', 0);
  for (const [i, digit] of Array.from('12345670').entries()) {
    state = typed(state, digit, 500 + i * 10);
  }
  expect(codeOf(state)).toBe('12345670');
});
