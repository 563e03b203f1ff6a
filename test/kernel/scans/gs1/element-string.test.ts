import { describe, expect, test } from 'vitest';
import {
  decodeBracketed,
  decodeElementString,
  encodeBracketed,
  encodeElementString,
} from '../../../../kernel/scans/gs1/element-string.ts';

const GS = '\u001d';
/** `(01)… (10)…` of a message, or its rejection. */
const read = (text: string, strictness?: 'lenient') => {
  const message = decodeElementString(text.replaceAll('^', GS), strictness);
  return message.kind === 'rejected'
    ? message
    : message.elements.map(({ ai, value }) => `(${ai})${value}`).join(' ');
};

test.each([
  ['011231231231233310ABC123^99TESTING', '(01)12312312312333 (10)ABC123 (99)TESTING'],
  ['012401234567890599COMPOSITE^98XYZ', '(01)24012345678905 (99)COMPOSITE (98)XYZ'],
  ['00006141411234567890', '(00)006141411234567890'],
  ['8018123456789012345675^80195', '(8018)123456789012345675 (8019)5'],
  ['2554006381333931123^3942' + '0500', '(255)4006381333931123 (3942)0500'],
])('%s is read as %s', (text, elements) => {
  expect(read(text)).toBe(elements);
});

test('a GS too many is tolerated in front, at the end and after a predefined length', () => {
  const elements = '(01)12312312312333 (10)ABC';
  expect(read('^011231231231233310ABC')).toBe(elements);
  expect(read('011231231231233310ABC^')).toBe(elements);
  expect(read('0112312312312333^10ABC')).toBe(elements);
});

describe('what does not fit is rejected with its identifier and its place', () => {
  test.each([
    ['', 'empty', 0, ''],
    ['^', 'empty', 1, ''],
    ['0412', 'unknown-identifier', 0, '0412'],
    ['0112312312312333890', 'unknown-identifier', 16, '890'],
    ['3106123456', 'unknown-identifier', 0, '3106'],
    ['0112312312312334', 'wrong-check-digit', 15, '01'],
    ['01123123', 'too-short', 8, '01'],
    ['01123123^10ABC', 'too-short', 8, '01'],
    ['0112312312312333' + '10' + 'A'.repeat(21), 'too-long', 38, '10'],
    ['0112312312312333' + '10A B', 'bad-character', 19, '10'],
    ['011231231231233310', 'too-short', 18, '10'],
    ['011231231231233310^', 'too-short', 18, '10'],
    ['011231231231233310A^^21B', 'unknown-identifier', 20, ''],
    ['011231231231233310A^10B', 'repeated-identifier', 20, '10'],
    ['0112312312312333' + '37' + '5', 'excluded-identifier', 0, '01'],
    ['10ABC', 'missing-requisite', 0, '10'],
    ['0212312312312333', 'missing-requisite', 0, '02'],
    ['0112312312312333' + '171302' + '30', 'bad-date', 18, '17'],
  ])('%s', (text, reason, at, ai) => {
    expect(read(text)).toEqual({ kind: 'rejected', reason, at, ai });
  });
});

describe('leniently', () => {
  test.each([
    ['10ABC', '(10)ABC'],
    ['0112312312312333' + '715ABC^719XYZ', '(01)12312312312333 (715)ABC (719)XYZ'],
    ['26ABC^10X', '(26)ABC (10)X'],
    ['19123456' + '10X', '(19)123456 (10)X'],
    ['3106123456' + '10X', '(3106)123456 (10)X'],
  ])('%s is kept', (text, elements) => {
    expect(read(text, 'lenient')).toBe(elements);
  });

  test.each([
    ['26A B', 'bad-character', 3, '26'],
    ['26', 'too-short', 2, '26'],
    ['26' + 'A'.repeat(91), 'too-long', 92, '26'],
    ['ABC', 'unknown-identifier', 0, ''],
    ['10A^10B', 'repeated-identifier', 4, '10'],
    ['010012312312312310', 'wrong-check-digit', 15, '01'],
  ])('%s is rejected all the same', (text, reason, at, ai) => {
    expect(read(text, 'lenient')).toEqual({ kind: 'rejected', reason, at, ai });
  });
});

describe('as printed', () => {
  test('brackets hold the identifiers', () => {
    expect(decodeBracketed('(01)12312312312333(10)AB(C(2)\\(99)X(99)Y')).toEqual({
      kind: 'elements',
      elements: [
        { ai: '01', value: '12312312312333' },
        { ai: '10', value: 'AB(C(2)(99)X' },
        { ai: '99', value: 'Y' },
      ],
    });
  });

  test.each([
    ['', 'empty', 0, ''],
    ['01)1', 'unknown-identifier', 0, ''],
    ['(01)12312312312334', 'wrong-check-digit', 17, '01'],
    ['(01)12312312312333(89)1', 'unknown-identifier', 19, '89'],
    ['(01)12312312312333(10)\\(1 2', 'bad-character', 25, '10'],
    ['(01)12312312312333(10)A\\B', 'bad-character', 23, '10'],
    ['(10)A', 'missing-requisite', 1, '10'],
  ])('%s is rejected', (text, reason, at, ai) => {
    expect(decodeBracketed(text)).toEqual({ kind: 'rejected', reason, at, ai });
  });
});

test('a message is written with a GS only where one is needed', () => {
  const elements = [
    { ai: '10', value: 'A(1)' },
    { ai: '01', value: '12312312312333' },
    { ai: '99', value: 'X' },
  ];
  expect(encodeElementString(elements)).toBe(`10A(1)${GS}0112312312312333` + '99X');
  expect(encodeBracketed(elements)).toBe('(10)A\\(1)(01)12312312312333(99)X');
});

test('what would not be read is not written', () => {
  expect(encodeElementString([])).toMatchObject({ reason: 'empty' });
  expect(encodeBracketed([{ ai: '10', value: 'X' }])).toMatchObject({
    reason: 'missing-requisite',
  });
  expect(
    encodeElementString([
      { ai: '99', value: 'X' },
      { ai: '01', value: '12312312312334' },
    ]),
  ).toEqual({ kind: 'rejected', reason: 'wrong-check-digit', at: 1, ai: '01' });
});
