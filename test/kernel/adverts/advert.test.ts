import { describe, expect, test } from 'vitest';
import { decodeAdvert, decodeBluezAdvert } from '../../../kernel/adverts/advert.ts';
import { EDDYSTONE_SERVICE_UUID } from '../../../kernel/adverts/eddystone-frame.ts';
import { hex } from '../../support/bytes.ts';

const IBEACON = '0215 426c7565436861726d426561636f6e73 0efe 1355 c5';
const EID = '30 f8 a9b76a71c5f89290';
const CARRIER_UUID = '534f474c-a9b7-6a71-c5f8-929000000001';

describe('an advert as its AD structures', () => {
  test.each([
    ['ibeacon', `020106 1aff4c00 ${IBEACON}`],
    ['eddystone-uid', '020106 0303aafe 1716aafe 00 ee 8b0ca750095477cb3e77 0123456789ab 0000'],
    ['eddystone-uid', '020106 0303aafe 1516aafe 00 ee 8b0ca750095477cb3e77 0123456789ab'],
    ['eddystone-url', '020106 0303aafe 1516aafe 10f603 6d616b65636f6465 00 2361626f7574'],
    ['eddystone-tlm', '020106 0303aafe 1116aafe 2000 0bb8 1980 00000001 0000000a'],
    ['eddystone-eid', `020106 0303aafe 0d16aafe ${EID}`],
    ['carrier', '020106 1107 01000000 9092f8c5716ab7a9 4c474f53'],
    ['carrier', '1106 01000000 9092f8c5716ab7a9 4c474f53'],
  ])('is %s', (kind, payload) => {
    expect(decodeAdvert(hex(payload)).kind).toBe(kind);
  });

  test('of two formats is the first', () => {
    const both = `0d16aafe ${EID} 1aff4c00 ${IBEACON}`;
    expect(decodeAdvert(hex(both)).kind).toBe('eddystone-eid');
  });

  test('keeps what came whole before a length past the end', () => {
    expect(decodeAdvert(hex(`0d16aafe ${EID} 1aff4c00`)).kind).toBe('eddystone-eid');
  });

  test.each([
    ['nothing', '', 'empty', 0],
    ['zeros alone', '00000000', 'not-ours', 0],
    ['somebody else', '020106 0302 0d18', 'not-ours', 0],
    ['another company', `1aff4d00 ${IBEACON}`, 'not-ours', 0],
    ['another service', `0d160d18 ${EID}`, 'not-ours', 0],
    [
      'AltBeacon',
      '02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c50900',
      'not-ours',
      0,
    ],
    ['a phone of Apple', '020106 07ff4c0010020300', 'not-ours', 7],
    ['a lost-and-found tag', '020106 0303aafe 0616aafe 40aabb', 'not-ours', 11],
    ['a separated tag', '0616aafe 41aabb', 'not-ours', 4],
    ['an unknown frame', '0416aafe 50', 'wrong-frame', 4],
    ['a service without its frame', '0316aafe', 'truncated', 4],
    ['half a token', '020106 0916aafe 30f8a9b76a71', 'truncated', 13],
    ['half an iBeacon', '06ff4c000215aa', 'truncated', 7],
    ['a length past the end', '020106 1aff4c00', 'truncated', 3],
    ['a structure too short for its id', '02ff4c 0216aa', 'not-ours', 0],
  ])('that is %s is rejected', (_, payload, reason, at) => {
    expect(decodeAdvert(hex(payload))).toEqual({ kind: 'rejected', reason, at });
  });

  test('broken first and whole second is the second', () => {
    expect(decodeAdvert(hex(`0416aafe50 0d16aafe ${EID}`)).kind).toBe('eddystone-eid');
  });
});

describe('an advert as BlueZ splits it', () => {
  test('carries what the bytes carry', () => {
    expect(decodeBluezAdvert({ manufacturerData: { 0x4c: hex(IBEACON) } })).toEqual(
      decodeAdvert(hex(`1aff4c00 ${IBEACON}`)),
    );
    expect(decodeBluezAdvert({ serviceData: { [EDDYSTONE_SERVICE_UUID]: hex(EID) } })).toEqual(
      decodeAdvert(hex(`0d16aafe ${EID}`)),
    );
    expect(decodeBluezAdvert({ uuids: [CARRIER_UUID] })).toEqual(
      decodeAdvert(hex('1107 01000000 9092f8c5716ab7a9 4c474f53')),
    );
  });

  test('is what it has, beside a frame that is broken or not ours', () => {
    expect(
      decodeBluezAdvert({
        serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('40aabb') },
        manufacturerData: { 0x4c: hex('1002') },
        uuids: ['0000feaa-0000-1000-8000-00805f9b34fb', CARRIER_UUID],
      }).kind,
    ).toBe('carrier');
  });

  test.each([
    ['nothing', {}, 'not-ours', 0],
    ['another company', { manufacturerData: { 0x4d: hex(IBEACON) } }, 'not-ours', 0],
    ['half a token', { serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('30f8a9') } }, 'truncated', 3],
    ['an empty frame', { serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('') } }, 'truncated', 0],
  ])('with %s is rejected', (_, advert, reason, at) => {
    expect(decodeBluezAdvert(advert)).toEqual({ kind: 'rejected', reason, at });
  });
});
