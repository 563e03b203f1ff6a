import { describe, expect, test } from 'vitest';
import { decodeAdvert, decodeAdverts, decodeBluezAdverts } from '../../../kernel/adverts/advert.ts';
import { EDDYSTONE_SERVICE_UUID } from '../../../kernel/adverts/eddystone-frame.ts';
import { hex } from '../../support/bytes.ts';

const IBEACON = '0215 426c7565436861726d426561636f6e73 0efe 1355 c5';
const ALTBEACON = '1801 beac 2f234454cf6d4a0fadf2f4911ba9ffa6 0001 0002 c5 09';
const TLM = '2000 0bb8 1980 00000001 0000000a';
const EID = '30 f8 a9b76a71c5f89290';
const CARRIER_UUID = '534f474c-a9b7-6a71-c5f8-929000000001';

describe('an advert as its AD structures', () => {
  test.each([
    ['ibeacon', `020106 1aff4c00 ${IBEACON}`],
    ['eddystone-uid', '020106 0303aafe 1716aafe 00 ee 8b0ca750095477cb3e77 0123456789ab 0000'],
    ['eddystone-uid', '020106 0303aafe 1516aafe 00 ee 8b0ca750095477cb3e77 0123456789ab'],
    ['eddystone-url', '020106 0303aafe 1516aafe 10f603 6d616b65636f6465 00 2361626f7574'],
    ['eddystone-tlm', '020106 0303aafe 1116aafe 2000 0bb8 1980 00000001 0000000a'],
    ['eddystone-etlm', '020106 0303aafe 1516aafe 2001 00112233445566778899aabb beef cafe'],
    ['eddystone-eid', `020106 0303aafe 0d16aafe ${EID}`],
    ['altbeacon', `02011a 1bff ${ALTBEACON} 00`],
    ['altbeacon', `02011a 1bff ${ALTBEACON.replace('1801', '4c00')}`],
    ['carrier', '020106 1107 01000000 9092f8c5716ab7a9 4c474f53'],
    ['carrier', '1106 01000000 9092f8c5716ab7a9 4c474f53'],
  ])('is %s', (kind, payload) => {
    expect(decodeAdvert(hex(payload)).kind).toBe(kind);
  });

  test.each([
    [['eddystone-tlm', 'eddystone-eid'], `020106 1116aafe ${TLM} 0d16aafe ${EID}`],
    [
      ['eddystone-eid', 'ibeacon', 'altbeacon'],
      `0d16aafe ${EID} 1aff4c00 ${IBEACON} 1bff ${ALTBEACON}`,
    ],
    [['eddystone-tlm'], `0416aafe50 1116aafe ${TLM} 0616aafe40aabb`],
    [['eddystone-tlm'], `1116aafe ${TLM} 00 0d16aafe ${EID}`],
    [['eddystone-tlm'], `1116aafe ${TLM} 0e16aafe ${EID}`],
    [
      ['carrier', 'carrier'],
      `2107 01000000 9092f8c5716ab7a9 4c474f53 02000000 9092f8c5716ab7a9 4c474f53`,
    ],
  ])('has every frame in its order: %j', (kinds, payload) => {
    expect(decodeAdverts(hex(payload)).map(({ kind }) => kind)).toEqual(kinds);
    expect(decodeAdvert(hex(payload)).kind).toBe(kinds[0]);
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
      'AltBeacon but for its code',
      `02011a 1bff ${ALTBEACON.replace('beac', 'aabb')} 00`,
      'not-ours',
      0,
    ],
    [
      'AltBeacon cut short',
      '02011a 18ff 1801 beac 2f234454cf6d4a0fadf2f4911ba9ffa6 000100',
      'truncated',
      28,
    ],
    ['AltBeacon and a byte more', `02011a 1cff ${ALTBEACON} 00`, 'too-long', 31],
    ['a token and a byte more', `0e16aafe ${EID} 00`, 'too-long', 14],
    [
      'encrypted telemetry cut short',
      '1416aafe 2001 00112233445566778899aabb beef ca',
      'truncated',
      21,
    ],
    ['a phone of Apple', '020106 07ff4c0010020300', 'not-ours', 0],
    ['a lost-and-found tag', '020106 0303aafe 0616aafe 40aabb', 'not-ours', 0],
    ['a separated tag', '0616aafe 41aabb', 'not-ours', 0],
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
    expect(decodeBluezAdverts({ manufacturerData: { 0x4c: hex(IBEACON) } })).toEqual(
      decodeAdverts(hex(`1aff4c00 ${IBEACON}`)),
    );
    expect(decodeBluezAdverts({ manufacturerData: { 0x118: hex(ALTBEACON).slice(2) } })).toEqual(
      decodeAdverts(hex(`1bff ${ALTBEACON}`)),
    );
    expect(decodeBluezAdverts({ serviceData: { [EDDYSTONE_SERVICE_UUID]: hex(EID) } })).toEqual(
      decodeAdverts(hex(`0d16aafe ${EID}`)),
    );
    expect(decodeBluezAdverts({ uuids: [CARRIER_UUID] })).toEqual(
      decodeAdverts(hex('1107 01000000 9092f8c5716ab7a9 4c474f53')),
    );
  });

  test('is what it has, beside a frame that is broken or not ours', () => {
    const adverts = decodeBluezAdverts({
      serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('40aabb') },
      manufacturerData: { 0x4c: hex('1002'), 0x118: hex(ALTBEACON).slice(2) },
      uuids: ['0000feaa-0000-1000-8000-00805f9b34fb', CARRIER_UUID],
    });
    expect(adverts.map(({ kind }) => kind)).toEqual(['altbeacon', 'carrier']);
  });

  test.each([
    ['nothing', {}, 'not-ours', 0],
    ['another company', { manufacturerData: { 0x4d: hex(IBEACON) } }, 'not-ours', 0],
    ['half an AltBeacon', { manufacturerData: { 0x4d: hex('beac00') } }, 'truncated', 3],
    ['half a token', { serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('30f8a9') } }, 'truncated', 3],
    ['an empty frame', { serviceData: { [EDDYSTONE_SERVICE_UUID]: hex('') } }, 'truncated', 0],
  ])('with %s is rejected', (_, advert, reason, at) => {
    expect(decodeBluezAdverts(advert)).toEqual([{ kind: 'rejected', reason, at }]);
  });
});
