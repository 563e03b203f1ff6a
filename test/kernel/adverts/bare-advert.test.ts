import { expect, test } from 'vitest';
import { decodeBareAdverts } from '../../../kernel/adverts/bare-advert.ts';
import { hex } from '../../support/bytes.ts';

test.each([
  ['ibeacon', '4c000215426c7565436861726d426561636f6e730efe1355c5'],
  ['ibeacon', '4c000215fda50693a4e24fb1afcfc6eb07647825000100021a'],
  ['altbeacon', '1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509'],
  ['altbeacon', '1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c5'],
  ['eddystone-etlm', '2001 00112233445566778899aabb beef cafe'],
  ['eddystone-uid', '00 ee 8b0ca750095477cb3e77 0123456789ab 0000'],
  ['eddystone-uid', '00 ee 8b0ca750095477cb3e77 0123456789ab'],
  ['eddystone-url', '10f603 6d616b65636f6465 00 2361626f7574'],
  ['eddystone-tlm', '2000 0bb8 1980 00000001 0000000a'],
  ['eddystone-eid', '30 f8 a9b76a71c5f89290'],
  ['eddystone-eid', '020106 0303aafe 0d16aafe 30 f8 a9b76a71c5f89290'],
])('%s is read from %s', (kind, bytes) => {
  expect(decodeBareAdverts(hex(bytes))[0].kind).toBe(kind);
});

test('what can be AD structures is nothing else', () => {
  const name = '1009 03 6162636465666768696a6b6c6d6e'; // a name of 15 characters; as an Eddystone-URL, 9 dBm and https://
  expect(decodeBareAdverts(hex(name))).toEqual([{ kind: 'rejected', reason: 'not-ours', at: 0 }]);
});

test.each([18, 20, 31])('%i zeros are an empty advert, not a beacon', (count) => {
  expect(decodeBareAdverts(new Uint8Array(count))[0].kind).toBe('rejected');
});

test('a field that is cut short is judged as AD structures', () => {
  const bytes = hex('4c000215426c7565436861726d426561636f6e730efe1355');
  expect(decodeBareAdverts(bytes)).toEqual([{ kind: 'rejected', reason: 'truncated', at: 0 }]);
});
