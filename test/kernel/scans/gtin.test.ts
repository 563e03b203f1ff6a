import { expect, test } from 'vitest';
import { gtinOf } from '../../../kernel/scans/gtin.ts';

test.each([
  ['EAN-13', '4006381333931', '04006381333931'],
  ['EAN-8', '73513537', '00000073513537'],
  ['UPC-A', '416000336108', '00416000336108'],
  ['GTIN-14', '24012345678905', '24012345678905'],
])('%s is 14 digits', (_, digits, gtin) => {
  expect(gtinOf(digits)).toBe(gtin);
});

test.each(['2112345678901', '006141411234567890', '0735135370', '', '400638133393X'])(
  '%j is no GTIN',
  (digits) => {
    expect(gtinOf(digits)).toBeUndefined();
  },
);
