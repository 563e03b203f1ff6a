import { expect, test } from 'vitest';
import { decodeAltBeacon, encodeAltBeacon } from '../../../kernel/adverts/altbeacon.ts';
import { decodeAdvert } from '../../../kernel/adverts/advert.ts';
import { hex } from '../../support/bytes.ts';

const BODY = 'beac 2f234454cf6d4a0fadf2f4911ba9ffa6 0001 0002 c5';
const ALTBEACON = {
  kind: 'altbeacon',
  companyId: 0x0118,
  id1: '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6',
  id2: 1,
  id3: 2,
  referenceRssiDbm: -59,
  mfgReserved: 9,
} as const;

test('the published advert is read to the last byte', () => {
  const payload = hex('02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c50900');
  expect(decodeAdvert(payload)).toEqual(ALTBEACON);
});

test('a beacon that leaves out the maker’s byte says 0 there', () => {
  const payload = hex('02011a1aff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c5');
  expect(decodeAdvert(payload)).toEqual({ ...ALTBEACON, mfgReserved: 0 });
});

test('another beacon code is no AltBeacon, whatever follows', () => {
  const payload = hex('02011a1bff1801aabb2f234454cf6d4a0fadf2f4911ba9ffa600010002c50900');
  expect(decodeAdvert(payload)).toEqual({ kind: 'rejected', reason: 'not-ours', at: 0 });
});

test.each([0x0000, 0x004c, 0xffff])('any company may send it: %i', (companyId) => {
  expect(decodeAltBeacon(companyId, hex(`${BODY} 09`))).toEqual({ ...ALTBEACON, companyId });
});

test('a positive reference is no strength at 1 m', () => {
  const advert = decodeAltBeacon(0x0118, hex(BODY.replace('c5', '3b')));
  expect(advert).toMatchObject({ kind: 'altbeacon', referenceRssiDbm: undefined });
});

test.each([
  ['', 'not-ours', 0],
  ['be', 'not-ours', 0],
  ['acbe', 'not-ours', 0],
  [`00 ${BODY}`, 'not-ours', 0],
  ['beac', 'truncated', 2],
  [BODY.slice(0, -3), 'truncated', 22],
  [`${BODY} 09 00`, 'too-long', 24],
])('%s is rejected as %s at %i', (data, reason, at) => {
  expect(decodeAltBeacon(0x0118, hex(data))).toEqual({ kind: 'rejected', reason, at });
});

test('a beacon is sent with manufacturer data of 0x1B bytes', () => {
  expect(encodeAltBeacon(ALTBEACON)).toEqual(hex(`020106 1bff 1801 ${BODY} 09`));
});

test.each([
  { companyId: 0x10000 },
  { id1: '2f234454' },
  { id2: -1 },
  { id3: 0.5 },
  { referenceRssiDbm: 1 },
  { mfgReserved: 256 },
])('a beacon with %o is not sent', (part) => {
  expect(() => encodeAltBeacon({ ...ALTBEACON, ...part })).toThrow(RangeError);
});
