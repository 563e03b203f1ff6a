import { describe, expect, test } from 'vitest';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import { gtinOf } from '../../../kernel/scans/gtin.ts';
import {
  checkRestrictedPattern,
  readRestricted,
  type RestrictedPattern,
} from '../../../kernel/scans/restricted-code.ts';

const PATTERNS: readonly RestrictedPattern[] = [
  { pattern: '21.....{NNDDD}', value: 'weight' },
  { pattern: '23.....{NNNDD}', value: 'price' },
  { pattern: '22{NN}', value: 'discount' },
  { pattern: '042', value: 'member' },
  { pattern: '041', value: 'staff' },
];
const read = (digits: string) => readRestricted(gtinOf(digits) ?? ('' as Gtin), PATTERNS);

describe('a code that the shop prints itself', () => {
  test.each([
    ['2112345012346', 'weight', 1234, '02112345000008'],
    ['2312345012340', 'price', 12_340, '02312345000002'],
    ['2215000000006', 'discount', 15_000, '02200000000002'],
  ])(
    '%s says its %s in thousandths, and which product it is',
    (digits, value, thousandths, gtin) => {
      expect(read(digits)).toEqual({ gtin, value, thousandths });
      expect(gtinOf(gtin.slice(1))).toBe(gtin);
    },
  );

  test('may be the number of a customer or of staff', () => {
    expect(read('0421234567891')).toMatchObject({ value: 'member', gtin: '00421234567891' });
    expect(read('0411234567892')).toMatchObject({ value: 'staff' });
    expect(read('421234567891')).toMatchObject({ value: 'member' });
  });

  test.each(['2412345012347', '4006381333931', '73513537', '12112345012343'])(
    '%s fits no pattern',
    (digits) => {
      expect(gtinOf(digits)).toBeDefined();
      expect(read(digits)).toBeUndefined();
    },
  );
});

describe('a pattern', () => {
  test.each(PATTERNS)('$pattern is one', (pattern) => {
    expect(checkRestrictedPattern(pattern)).toBeUndefined();
  });

  test.each([
    ['21x', 'weight', 'not-a-pattern', 2],
    ['21{NN}{DD}', 'weight', 'not-a-pattern', 6],
    ['21{NDDDD}', 'weight', 'not-a-pattern', 2],
    ['21.....{NNNDDD}', 'weight', 'too-long', 15],
    ['', 'staff', 'too-long', 0],
    ['21', 'weight', 'no-value', 0],
    ['21{}', 'weight', 'no-value', 0],
    ['042{NN}', 'member', 'no-value', 0],
    ['40.....{NNDDD}', 'price', 'not-restricted', 0],
  ] as const)('%s for %s is none: %s at %i', (pattern, value, reason, at) => {
    expect(checkRestrictedPattern({ pattern, value })).toEqual({ kind: 'rejected', reason, at });
  });
});
