import { describe, expect, test } from 'vitest';
import {
  OwnCardNumberSchema,
  OwnCouponCodeSchema,
  decodeOwnCode,
  encodeOwnCard,
  encodeOwnCoupon,
  encodeRotatingCode,
} from '../../../kernel/scans/own-code.ts';
import { hex } from '../../support/bytes.ts';

// These stand on printed cards and in databases: they never change.
const CARD = 'SGC041061050R3GN';
const COUPON = 'SGK041061050R3GG28GM';
const ROTATING = encodeRotatingCode({
  codeId: hex('0102030405060708'),
  minute: 29_000_000,
  mac: hex('a1a2a3a4a5a6a7a8'),
});

test('a card has 60 bits, a coupon 80', () => {
  expect(encodeOwnCard(hex('0102030405060708'))).toBe(CARD);
  expect(encodeOwnCard(hex('0102030405060700'))).toBe(CARD);
  expect(encodeOwnCard(hex('0102030405060718'))).not.toBe(CARD);
  expect(encodeOwnCoupon(hex('01020304050607080910'))).toBe(COUPON);
});

test('what was printed is read', () => {
  expect(decodeOwnCode(CARD)).toEqual({ kind: 'own-card', number: CARD });
  expect(decodeOwnCode(COUPON)).toEqual({ kind: 'own-coupon', code: COUPON });
});

test('a rotating code carries id, minute and MAC in 36 characters', () => {
  expect(ROTATING).toMatch(/^SGR[0-9A-Z]{33}$/);
  expect(decodeOwnCode(ROTATING)).toEqual({
    kind: 'rotating-code',
    codeId: hex('0102030405060708'),
    minute: 29_000_000,
    mac: hex('a1a2a3a4a5a6a7a8'),
  });
});

test('the last minute of 32 bits is one too, the next is not', () => {
  const code = { codeId: new Uint8Array(8), mac: new Uint8Array(8) };
  const last = encodeRotatingCode({ ...code, minute: 0xffff_ffff });
  expect(decodeOwnCode(last)).toMatchObject({ minute: 0xffff_ffff });
  expect(() => encodeRotatingCode({ ...code, minute: 0x1_0000_0000 })).toThrow(RangeError);
  expect(() => encodeRotatingCode({ ...code, minute: -1 })).toThrow(RangeError);
});

test('a hand may type lower case, I or L for 1 and O for 0', () => {
  for (const typed of ['sgc041061050r3gn', 'SGCO4IO6LO5OR3GN', 'sgco4lo6io5or3gn']) {
    expect(decodeOwnCode(typed)).toEqual({ kind: 'own-card', number: CARD });
  }
});

describe('a code that cannot be is rejected, with the place', () => {
  test.each([
    ['', 'not-ours', 0],
    ['SGC', 'not-ours', 0],
    [CARD.slice(0, -1), 'not-ours', 0],
    [`${CARD}0`, 'not-ours', 0],
    [`SGX${CARD.slice(3)}`, 'not-ours', 0],
    ['SGC04106105UR3GN', 'bad-character', 11],
    ['SGC-41061050R3GN', 'bad-character', 3],
    ['SGC041061050R3GM', 'wrong-check-digit', 15],
    ['SGC041061050R3HN', 'wrong-check-digit', 15],
    ['SGC140161050R3GN', 'wrong-check-digit', 15],
  ])('%s', (text, reason, at) => {
    expect(decodeOwnCode(text)).toEqual({ kind: 'rejected', reason, at });
  });
});

test('a card does not pass as a coupon by its prefix alone', () => {
  expect(decodeOwnCode(`SGK${CARD.slice(3)}`).kind).toBe('rejected');
});

test('random bytes of another count are refused', () => {
  expect(() => encodeOwnCard(new Uint8Array(7))).toThrow(/8 bytes/);
  expect(() => encodeOwnCoupon(new Uint8Array(8))).toThrow(/10 bytes/);
});

test('stored and sent are codes in their one form only', () => {
  expect(OwnCardNumberSchema.safeParse(CARD).success).toBe(true);
  expect(OwnCardNumberSchema.safeParse(CARD.toLowerCase()).success).toBe(false);
  expect(OwnCardNumberSchema.safeParse(COUPON).success).toBe(false);
  expect(OwnCouponCodeSchema.safeParse(COUPON).success).toBe(true);
  expect(OwnCouponCodeSchema.safeParse('SGK041061050R3GG28GN').success).toBe(false);
});
