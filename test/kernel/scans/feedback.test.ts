import { expect, test } from 'vitest';
import { escapeFeedback } from '../../../kernel/scans/feedback.ts';
import { textOf } from '../../../kernel/scans/text.ts';

test.each([
  ['esc-honeywell', 'good', '\x1b7'],
  ['esc-honeywell', 'ask', '\x1b5\x1b5'],
  ['esc-honeywell', 'bad', '\x1b8'],
  ['esc-datalogic', 'good', '\x1b[6q\x1b[3q\x1b[7q'],
  ['esc-datalogic', 'ask', '\x1b[0q\x1b[5q\x1b[1q'],
  ['esc-datalogic', 'bad', '\x1b[4q'],
] as const)('%s, %s: %j', (profile, meaning, expected) => {
  expect(textOf(escapeFeedback(profile, meaning))).toBe(expected);
});
