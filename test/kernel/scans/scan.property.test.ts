import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { cardNumberIn, normaliseCardNumber } from '../../../kernel/scans/card-number.ts';
import { gs1CheckDigit, hasGs1CheckDigit } from '../../../kernel/scans/check-digit.ts';
import {
  decodeOwnCode,
  encodeOwnCard,
  encodeOwnCoupon,
  encodeRotatingCode,
} from '../../../kernel/scans/own-code.ts';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { utf8 } from '../../support/bytes.ts';
import { runs } from '../../support/runs.ts';

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const ownCode = fc.oneof(
  bytes(8).map(encodeOwnCard),
  bytes(10).map(encodeOwnCoupon),
  fc
    .record({ codeId: bytes(8), minute: fc.integer({ min: 0, max: 0xffff_ffff }), mac: bytes(8) })
    .map(encodeRotatingCode),
);
const digits = fc.stringMatching(/^[0-9]{5,18}$/);
const identifier = fc.constantFrom('', ']E0', ']E3', ']E4', ']C0', ']C1', ']Q1', ']I1', ']', ']X');
const anyFrame = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.tuple(identifier, fc.oneof(digits, ownCode, fc.string())).map(([id, text]) => utf8(id + text)),
);

test.prop([anyFrame], { numRuns: runs(5000) })(
  'any frame has a meaning, or a place where it lost it',
  (frame) => {
    const scan = meaningOfScan(frame);
    if (scan.kind === 'rejected') {
      expect(scan.at).toBeGreaterThanOrEqual(0);
      expect(scan.at).toBeLessThanOrEqual(frame.length);
    }
    if (scan.kind === 'gtin')
      expect(hasGs1CheckDigit(scan.gtin) && scan.gtin.length === 14).toBe(true);
  },
);

test.prop([ownCode], { numRuns: runs(1000) })(
  'a code of ours is read as it was made, in any case',
  (text) => {
    const scan = meaningOfScan(utf8(text));
    expect(['own-card', 'own-coupon', 'rotating-code']).toContain(scan.kind);
    expect(decodeOwnCode(text.toLowerCase())).toEqual(scan);
    if (scan.kind === 'own-card') expect(scan.number).toBe(text);
    if (scan.kind === 'own-coupon') expect(scan.code).toBe(text);
    if (scan.kind === 'rotating-code') expect(encodeRotatingCode(scan)).toBe(text);
  },
);

const SYMBOLS = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
test.prop([ownCode, fc.nat(), fc.constantFrom(...SYMBOLS)], { numRuns: runs(2000) })(
  'one wrong character is always found',
  (text, where, symbol) => {
    const at = 3 + (where % (text.length - 3));
    fc.pre(text[at] !== symbol);
    const wrong = text.slice(0, at) + symbol + text.slice(at + 1);
    expect(decodeOwnCode(wrong)).toMatchObject({ kind: 'rejected' });
  },
);

test.prop([digits, fc.nat(), fc.integer({ min: 1, max: 9 })], { numRuns: runs(1000) })(
  'a check digit finds one wrong digit',
  (body, where, by) => {
    const number = body + gs1CheckDigit(body);
    const at = where % number.length;
    const wrong =
      number.slice(0, at) + String((Number(number[at]) + by) % 10) + number.slice(at + 1);
    expect(hasGs1CheckDigit(number)).toBe(true);
    expect(hasGs1CheckDigit(wrong)).toBe(false);
  },
);

test.prop([anyFrame], { numRuns: runs(2000) })('a card number has one form', (frame) => {
  const number = cardNumberIn(meaningOfScan(frame));
  if (number !== undefined) expect(normaliseCardNumber(number)).toBe(number);
});
