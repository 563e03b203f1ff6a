import { describe, expect, test } from 'vitest';
import {
  readCoupon8110,
  readCoupon8112,
} from '../../../../kernel/scans/gs1/north-american-coupon.ts';

/** Company 123456, offer 654321, save 75, for one of family 123. */
const PLAIN = '0' + '123456' + '654321' + '275' + '11' + '0' + '123';

describe('a coupon of (8110)', () => {
  test('is told apart by company, offer and serial', () => {
    expect(readCoupon8110(PLAIN)).toEqual({
      kind: 'coupon',
      companyPrefix: '123456',
      offerCode: '654321',
    });
    expect(readCoupon8110(`${PLAIN}5` + '1' + '1234567')).toMatchObject({ serial: '1234567' });
    expect(readCoupon8110('2' + '12345678' + PLAIN.slice(7))).toMatchObject({
      companyPrefix: '12345678',
    });
  });

  test.each([
    ['a second purchase', '1' + '0' + '11' + '0' + '456' + '9'],
    ['a second purchase of another company', '1' + '3' + '212' + '9' + '456' + '1' + '7654321'],
    ['a third purchase', '2' + '11' + '0' + '456' + '0' + '765432'],
    ['its first and last day', '3' + '261231' + '4' + '260101'],
    ['the retailer', '6' + '1' + '7654321'],
    ['how the value is meant', '9' + '0' + '1' + '0' + '1'],
    ['several of them', '3' + '261231' + '5' + '0' + '123456' + '9' + '6200'],
  ])('may say %s', (_, fields) => {
    expect(readCoupon8110(PLAIN + fields)).toMatchObject({ kind: 'coupon', offerCode: '654321' });
  });

  test.each([
    ['', 'bad-coupon', 0],
    ['7123456', 'bad-coupon', 0],
    ['012345', 'bad-coupon', 6],
    [PLAIN.slice(0, 13), 'bad-coupon', 13],
    [PLAIN.slice(0, 13) + '675', 'bad-coupon', 13],
    [PLAIN.slice(0, 18) + '5123', 'bad-coupon', 18],
    [PLAIN + '7', 'bad-coupon', 22],
    [PLAIN + '14', 'bad-coupon', 23],
    [PLAIN + '3' + '261301', 'bad-date', 23],
    [PLAIN + '3' + '261200', 'bad-date', 23],
    [PLAIN + '3' + '260101' + '4' + '260102', 'bad-coupon', 30],
    [PLAIN + '4' + '260101' + '3' + '260102', 'bad-coupon', 29],
    [PLAIN + '93100', 'bad-coupon', 23],
    [PLAIN + '90102', 'bad-coupon', 26],
  ])('%s does not fit: %s at %i', (value, reason, at) => {
    expect(readCoupon8110(value)).toEqual({ kind: 'rejected', reason, at });
  });
});

test('a coupon of (8112) has company, offer and serial', () => {
  expect(readCoupon8112('1' + '0' + '123456' + '654321' + '2' + '12345678')).toEqual({
    kind: 'coupon',
    companyPrefix: '123456',
    offerCode: '654321',
    serial: '12345678',
  });
  expect(readCoupon8112('1' + '0' + '123456')).toEqual({
    ...{ kind: 'rejected', reason: 'bad-coupon', at: 8 },
  });
});
