import { expect, test } from 'vitest';
import { carriedToken } from '../../../kernel/adverts/carried-token.ts';
import { hex } from '../../support/bytes.ts';

const EID = hex('30 f8 a9b76a71c5f89290');
const UUID = '534f474c-a9b7-6a71-c5f8-929000000001';
const TOKEN = hex('a9b76a71c5f89290');

test('a token comes by service data, or by service UUID', () => {
  expect(carriedToken(EID, undefined)).toEqual({ carrier: 'eid', token: TOKEN });
  expect(carriedToken(undefined, ['0000180d-0000-1000-8000-00805f9b34fb', UUID])).toEqual({
    carrier: 'uuid128',
    token: TOKEN,
  });
});

test('a stranger has none', () => {
  expect(carriedToken(undefined, undefined)).toBeUndefined();
  expect(carriedToken(hex(''), [])).toBeUndefined();
  expect(
    carriedToken(hex('40 f8 a9b76a71c5f89290'), ['0000feaa-0000-1000-8000-00805f9b34fb']),
  ).toBeUndefined();
  expect(carriedToken(EID.subarray(0, 9), undefined)).toBeUndefined();
});

test('a beacon id beside our service UUID does not hide the token', () => {
  const uid = hex('00 ee 8b0ca750095477cb3e77 0123456789ab 0000');
  expect(carriedToken(uid, [UUID])).toEqual({ carrier: 'uuid128', token: TOKEN });
});
