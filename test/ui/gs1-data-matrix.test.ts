import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import { codeSymbol } from '../../node/code-symbol.ts';
import { gs1DataMatrix } from '../../ui/gs1-data-matrix.ts';
import { gs1CheckDigit } from '../../kernel/scans/check-digit.ts';
import { readDataMatrix } from '../support/data-matrix-text.ts';
import { runs } from '../support/runs.ts';

const digits = (length: number) =>
  fc.array(fc.nat({ max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));
/** A coupon's reference with its check digit, and a serial number of 0 to 12 digits. */
const numbers = fc
  .tuple(digits(12), fc.nat({ max: 12 }).chain(digits))
  .map(([reference, serial]) => `${reference}${gs1CheckDigit(reference)}${serial}`);

test('[code-1] a coupon number is drawn module for module as BWIPP draws it', () => {
  const property = fc.property(numbers, (number) => {
    const symbol = codeSymbol('gs1datamatrix', `(255)${number}`);
    expect(symbol).toEqual({ kind: 'modules', rows: gs1DataMatrix(`255${number}`) });
  });
  fc.assert(property, { numRuns: runs(60) });
});

test('[code-1] what is drawn is read back as the coupon that it was', () => {
  const property = fc.property(numbers, (number) => {
    const read = readDataMatrix(gs1DataMatrix(`255${number}`) ?? []);
    expect(couponCodeIn(meaningOfScan(new TextEncoder().encode(read)))).toBe(number);
  });
  fc.assert(property, { numRuns: runs(200) });
});

test('what is no number, or too long for a coupon, is not drawn', () => {
  expect(gs1DataMatrix('255A')).toBeUndefined();
  expect(gs1DataMatrix('')).toBeUndefined();
  expect(gs1DataMatrix('1'.repeat(34))).toHaveLength(18);
  expect(gs1DataMatrix('1'.repeat(35))).toBeUndefined();
});
