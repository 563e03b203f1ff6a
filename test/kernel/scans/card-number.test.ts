import { expect, test } from 'vitest';
import { cardNumberIn, normaliseCardNumber } from '../../../kernel/scans/card-number.ts';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { utf8 } from '../../support/bytes.ts';

test.each([
  [' ab 12-34 ', 'AB12-34'],
  [']C0ab1234', 'AB1234'],
  [']C0 ]C0ab1234', 'AB1234'],
  ['sgco4io6lo5or3gn', 'SGC041061050R3GN'],
  ['0416000336108', '00416000336108'],
  ['416000336108', '00416000336108'],
  ['2112345678901', '2112345678901'],
  [' ]E0 ', ''],
  ['(8018) 123456789012345675', '123456789012345675'],
  [']C18018123456789012345675', '123456789012345675'],
])('%j is looked up as %j', (text, number) => {
  expect(normaliseCardNumber(text)).toBe(number);
});

test('a card is the same, typed at the counter or scanned by any scanner', () => {
  for (const frame of ['2112345678900', ']E02112345678900', ']C02112345678900']) {
    expect(cardNumberIn(meaningOfScan(utf8(frame)))).toBe(normaliseCardNumber('2112345678900'));
  }
  for (const frame of ['fid-0042', ']A0FID-0042', ']Q1Fid-0042 ']) {
    expect(cardNumberIn(meaningOfScan(utf8(frame)))).toBe(normaliseCardNumber('FID-0042'));
  }
  expect(cardNumberIn(meaningOfScan(utf8(']C0SGC041061050R3GN')))).toBe('SGC041061050R3GN');
});

test('coupons, rejections and blanks are no card', () => {
  for (const frame of ['SGK041061050R3GG28GM', ']E02112345678901', '', '  ']) {
    expect(cardNumberIn(meaningOfScan(utf8(frame)))).toBeUndefined();
  }
});

test('a service relation is a card by its recipient, never by its provider', () => {
  const recipient = ']C18018123456789012345675\u001d80195';
  expect(cardNumberIn(meaningOfScan(utf8(recipient)))).toBe('123456789012345675');
  expect(cardNumberIn(meaningOfScan(utf8(']C18017123456789012345675')))).toBeUndefined();
  expect(cardNumberIn(meaningOfScan(utf8(']C1990042')))).toBeUndefined();
});
