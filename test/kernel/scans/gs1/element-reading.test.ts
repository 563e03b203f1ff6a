import { expect, test } from 'vitest';
import { readElement } from '../../../../kernel/scans/gs1/element-reading.ts';

const read = (ai: string, value: string, thisYear = 2026) => readElement({ ai, value }, thisYear);

test.each([
  ['17', '180426', 2026, '2018-04-26'],
  ['17', '760101', 2026, '2076-01-01'],
  ['17', '770101', 2026, '1977-01-01'],
  ['17', '100101', 2060, '2110-01-01'],
  ['17', '110101', 2060, '2011-01-01'],
  ['17', '990101', 2048, '1999-01-01'],
  ['15', '240200', 2026, '2024-02-29'],
  ['15', '250200', 2026, '2025-02-28'],
  ['11', '261100', 2026, '2026-11-30'],
  ['4326', '261231', 2026, '2026-12-31'],
  ['7250', '19000228', 2026, '1900-02-28'],
])('the date (%s)%s in %i is %s', (ai, value, thisYear, date) => {
  expect(read(ai, value, thisYear)).toEqual({ kind: 'date', date });
});

test.each([
  ['7003', '2611300905', '2026-11-30T09:05'],
  ['8008', '26113009', '2026-11-30T09'],
  ['8008', '261130090507', '2026-11-30T09:05:07'],
  ['7011', '2611300905', '2026-11-30T09:05'],
  ['4324', '2611302359', '2026-11-30T23:59'],
  ['7251', '202611302359', '2026-11-30T23:59'],
])('the instant (%s)%s is %s', (ai, value, dateTime) => {
  expect(read(ai, value)).toEqual({ kind: 'date-time', dateTime });
});

test('a harvest has a first and perhaps a last day', () => {
  expect(read('7007', '260901')).toEqual({ kind: 'date', date: '2026-09-01' });
  expect(read('7007', '260901260930')).toEqual({
    kind: 'date-range',
    from: '2026-09-01',
    to: '2026-09-30',
  });
});

test.each([
  ['3103', '000189', { kind: 'measure', amount: '0.189', unit: 'kg' }],
  ['3100', '000189', { kind: 'measure', amount: '189', unit: 'kg' }],
  ['3105', '123456', { kind: 'measure', amount: '1.23456', unit: 'kg' }],
  ['3372', '000150', { kind: 'measure', amount: '1.50', unit: 'kg/m²' }],
  ['3631', '000015', { kind: 'measure', amount: '1.5', unit: 'gal (US)' }],
  ['3922', '2172', { kind: 'money', amount: '21.72' }],
  ['3922', '5', { kind: 'money', amount: '0.05' }],
  ['3909', '1', { kind: 'money', amount: '0.000000001' }],
  ['3932', '9782172', { kind: 'money', amount: '21.72', currency: '978' }],
  ['3952', '001250', { kind: 'money', amount: '12.50' }],
  ['3942', '0500', { kind: 'percent', amount: '5.00' }],
  ['37', '00012', { kind: 'count', count: 12 }],
])('(%s)%s is read', (ai, value, reading) => {
  expect(read(ai, value)).toEqual(reading);
});

test('what only names something is not read', () => {
  expect(read('10', '180426')).toBeUndefined();
  expect(read('01', '12312312312333')).toBeUndefined();
});
