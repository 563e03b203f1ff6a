import { describe, expect, test } from 'vitest';
import type { Tally } from '../../scripts/tally-reporter.ts';
import { countsLine, saidIn, verdictOf } from '../../scripts/verdict.ts';

const skipped = (file: string, reason?: string) => ({ file, name: 'a test', reason });
const tallies: Tally[] = [
  { passed: 3, failed: 1, failures: [], skips: [skipped('test/system/radio.test.ts', 'no radio')] },
  { passed: 2, failed: 0, failures: [], skips: [skipped('test/system/electron-shell.test.ts')] },
];

describe('the verdict on all tests', () => {
  test('adds up, and a skip is only a skip on a machine of one’s own', () => {
    expect(verdictOf(tallies, false)).toEqual({
      passed: 5,
      failed: 1,
      skipped: 2,
      skipLines: [
        'skipped: test/system/radio.test.ts (1): no radio',
        'skipped: test/system/electron-shell.test.ts (1)',
      ],
    });
  });

  test('counts a skip as a failure in CI, unless it needs the binary of Electron', () => {
    const verdict = verdictOf(tallies, true);
    expect(verdict).toMatchObject({ passed: 5, failed: 2, skipped: 1 });
    expect(verdict.skipLines[0]).toBe(
      'skipped, refused in CI: test/system/radio.test.ts (1): no radio',
    );
  });

  test('ends in one line', () => {
    expect(countsLine(5, 1, 2)).toBe('5 passed, 1 failed, 2 skipped');
  });
});

test('a proof repeats what its tests printed', () => {
  const log = [
    ' RUN  v4',
    '',
    '\u001b[90mstdout\u001b[2m | test/a.test.ts\u001b[2m > \u001b[22mfirst',
    '\u001b[22m\u001b[39m5 cuts, none lost',
    'at 2,000 a second',
    '',
    ' ✓  crash  test/a.test.ts (1 test) 20ms',
    'stdout | test/a.test.ts > second',
    'and 3 kills',
    '',
  ].join('\n');
  expect(saidIn(log)).toEqual(['5 cuts, none lost', 'at 2,000 a second', 'and 3 kills']);
});
