import { describe, expect, test } from 'vitest';
import { cardNumberIn } from '../../../kernel/scans/card-number.ts';
import { decodeEnvelope } from '../../../kernel/scans/iso15434.ts';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { utf8 } from '../../support/bytes.ts';

const decode = (text: string) => decodeEnvelope(utf8(text));
const PART = {
  kind: 'iso15434',
  formats: [
    {
      format: '06',
      data: [
        { di: '1P', value: '123' },
        { di: 'S', value: '456' },
      ],
    },
  ],
};

describe('a label in the envelope of ISO/IEC 15434', () => {
  test('gives its data identifiers and what they name', () => {
    expect(decode('[)>\x1e06\x1d1P123\x1dS456\x1e\x04')).toEqual(PART);
  });

  test('is read alike whatever of its end a scanner cut off', () => {
    expect(decode('[)>\x1e06\x1d1P123\x1dS456\x1e')).toEqual(PART);
    expect(decode('[)>\x1e06\x1d1P123\x1dS456')).toEqual(PART);
    expect(decode('[)>\x1e06\x1d1P123\x1dS456\x04')).toEqual(PART);
  });

  test.each([
    ['caret notation', '[)>^^06^]1P123^]S456^^^D'],
    ['names in angle brackets', '[)><RS>06<GS>1P123<GS>S456<RS><EOT>'],
    ['names in braces', '[)>{RS}06{GS}1P123{GS}S456{RS}{EOT}'],
    ['control pictures', '[)>␞06␝1P123␝S456␞␄'],
    ['caret notation without an end', '[)>^^06^]1P123^]S456'],
  ])('is read alike in %s', (_habit, text) => {
    expect(decode(text)).toEqual(PART);
  });

  test('keeps what looks like a stand-in where the control characters themselves came', () => {
    expect(decode('[)>\x1e06\x1d1P1^]2<GS>3')).toMatchObject({
      formats: [{ data: [{ di: '1P', value: '1^]2<GS>3' }] }],
    });
  });

  test('splits an identifier from its value after one letter, with up to three digits before it', () => {
    expect(decode('[)>\x1e06\x1dQ7\x1d17V1\x1d302PX\x1dK\x1d\x1d1TL-8\x1d')).toMatchObject({
      formats: [
        {
          data: [
            { di: 'Q', value: '7' },
            { di: '17V', value: '1' },
            { di: '302P', value: 'X' },
            { di: 'K', value: '' },
            { di: '1T', value: 'L-8' },
          ],
        },
      ],
    });
  });

  test('may carry several formats', () => {
    expect(decode('[)>\x1e01\x1d960123\x1e06\x1dS1\x1e07any text\x1e\x04')).toEqual({
      kind: 'iso15434',
      formats: [
        { format: '01', bytes: utf8('\x1d960123') },
        { format: '06', data: [{ di: 'S', value: '1' }] },
        { format: '07', bytes: utf8('any text') },
      ],
    });
  });

  test('keeps EDI with its declared separators', () => {
    expect(decode('[)>\x1e03004010\x1c\x1d\x1fISA\x1d00\x1c\x1e\x04')).toEqual({
      kind: 'iso15434',
      formats: [{ format: '03', bytes: utf8('004010\x1c\x1d\x1fISA\x1d00\x1c') }],
    });
  });

  test('carries bytes of any value by their number', () => {
    const message = utf8('[)>\x1e09\x1dBMP\x1d0\x1d5\x1d\x1e\x04\x1d00\x1e06\x1dS1\x1e\x04');
    expect(decodeEnvelope(message)).toEqual({
      kind: 'iso15434',
      formats: [
        { format: '09', fileType: 'BMP', compression: '0', bytes: utf8('\x1e\x04\x1d00') },
        { format: '06', data: [{ di: 'S', value: '1' }] },
      ],
    });
  });

  test('reads a GS1 message in format 05, and knows its product', () => {
    expect(decode('[)>\x1e05\x1d010952012345678810ABC\x1d99X\x1e06\x1dS1\x1e\x04')).toEqual({
      kind: 'iso15434',
      formats: [
        {
          format: '05',
          elements: [
            { ai: '01', value: '09520123456788' },
            { ai: '10', value: 'ABC' },
            { ai: '99', value: 'X' },
          ],
        },
        { format: '06', data: [{ di: 'S', value: '1' }] },
      ],
      gtin: '09520123456788',
    });
  });

  test('is refused with the identifier where its GS1 message is not valid', () => {
    const wrong = { kind: 'rejected', reason: 'wrong-check-digit', ai: '01' };
    expect(decode('[)>\x1e05\x1d0109520123456789\x1e\x04')).toEqual({ ...wrong, at: 22 });
    expect(decode('[)>^^05^]0109520123456789^^^D')).toEqual({ ...wrong, at: 24 });
    expect(meaningOfScan(utf8(']d1[)>\x1e05\x1d0109520123456789'))).toEqual({ ...wrong, at: 25 });
  });

  test.each([
    ['4006381333931', 'not-an-envelope', 0],
    ['[)>06\x1dS1', 'no-record-separator', 3],
    ['[)>', 'no-record-separator', 3],
    ['[)>\x1e', 'unknown-format', 4],
    ['[)>\x1e\x04', 'unknown-format', 4],
    ['[)>\x1e10\x1d', 'unknown-format', 4],
    ['[)>\x1e06\x1dS1\x1e5', 'unknown-format', 10],
    ['[)>\x1e06S1', 'no-group-separator', 6],
    ['[)>\x1e12CUP', 'no-group-separator', 6],
    ['[)>\x1e06\x1dS1\x1dab', 'no-data-identifier', 10],
    ['[)>\x1e06\x1d1234P5', 'no-data-identifier', 7],
    ['[)>\x1e06\x1dS1\x1e\x04x', 'after-end', 11],
    ['[)>\x1e09\x1dBMP\x1d0\x1d9\x1dabc', 'wrong-length', 13],
    ['[)>\x1e09\x1dBMP\x1d0\x1d2\x1dabc', 'wrong-length', 13],
    ['[)>\x1e09\x1dBMP\x1d0\x1dx\x1dabc', 'wrong-length', 13],
    ['[)>\x1e09\x1dBMP', 'no-group-separator', 10],
    ['[)><RS>06<GS>S1<GS>ab', 'no-data-identifier', 19],
  ])('%j is refused as %s at %i', (text, reason, at) => {
    expect(decode(text)).toEqual({ kind: 'rejected', reason, at });
  });
});

test('a loyalty card may stand in one', () => {
  const card = meaningOfScan(utf8(']d1[)>\x1e05\x1d8018123456789012345675\x1e\x04'));
  expect(cardNumberIn(card)).toBe('123456789012345675');
  expect(cardNumberIn(meaningOfScan(utf8(']d1[)>\x1e06\x1dS1\x1e\x04')))).toBeUndefined();
});

test('a scanner in the shop may read one, with or without saying what symbol it was', () => {
  expect(meaningOfScan(utf8('[)>\x1e06\x1d1P123\x1dS456\x1e\x04'))).toEqual(PART);
  expect(meaningOfScan(utf8(']d1[)>\x1e06\x1d1P123\x1dS456\x1e\x04'))).toEqual(PART);
  expect(meaningOfScan(utf8(']d1[)>\x1e10'))).toEqual({
    kind: 'rejected',
    reason: 'unknown-format',
    at: 7,
  });
});
