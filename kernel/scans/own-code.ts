import { z } from 'zod';
import { type Rejected, rejected } from '../rejected.ts';
import { asTyped, firstNonSymbol, fromBase32, toBase32 } from './base32.ts';
import { mod3736CheckCharacter } from './check-digit.ts';

/*
 * Our own codes are text for Code 128 and for QR's alphanumeric mode: a prefix, base 32 (Crockford), and a check
 * character over all of it.
 *
 *   SGC  12 symbols = 60 random bits                                    card
 *   SGK  16 symbols = 80 random bits                                    coupon
 *   SGR  32 symbols = code id (8 bytes), minute (4), MAC (8)            rotating code of the phone
 */
const CARD = { prefix: 'SGC', symbols: 12 } as const;
const COUPON = { prefix: 'SGK', symbols: 16 } as const;
const ROTATING = { prefix: 'SGR', symbols: 32 } as const;

export interface OwnCard {
  readonly kind: 'own-card';
  /** The whole code, upper case: `SGC`, 12 symbols, check. */
  readonly number: string;
}
export interface OwnCoupon {
  readonly kind: 'own-coupon';
  /** The whole code, upper case: `SGK`, 16 symbols, check. */
  readonly code: string;
}
export interface RotatingCode {
  readonly kind: 'rotating-code';
  /** 8 bytes. */
  readonly codeId: Uint8Array;
  /** Minutes since 1970 by the phone's clock, 32 bits. */
  readonly minute: number;
  /** First 8 bytes of the HMAC-SHA-256. */
  readonly mac: Uint8Array;
}
export type OwnCode = OwnCard | OwnCoupon | RotatingCode;
export type OwnCodeRejection =
  /** None of our prefixes, or not the length that goes with it. */
  | 'not-ours'
  /** A character that base 32 does not have. */
  | 'bad-character'
  | 'wrong-check-digit';

/** Reads a code of ours, scanned or typed: lower case counts as upper, I and L as 1, O as 0 (not in the check). */
export function decodeOwnCode(text: string): OwnCode | Rejected<OwnCodeRejection> {
  const form = [CARD, COUPON, ROTATING].find(
    ({ prefix, symbols }) =>
      text.length === prefix.length + symbols + 1 &&
      text.slice(0, prefix.length).toUpperCase() === prefix,
  );
  if (form === undefined) return rejected('not-ours', 0);
  const checkAt = text.length - 1;
  const payload = asTyped(text.slice(form.prefix.length, checkAt));
  const stranger = firstNonSymbol(payload);
  if (stranger >= 0) return rejected('bad-character', form.prefix.length + stranger);
  const code = withCheck(form.prefix + payload);
  if (code.at(-1) !== text.slice(checkAt).toUpperCase())
    return rejected('wrong-check-digit', checkAt);
  switch (form) {
    case CARD:
      return { kind: 'own-card', number: code };
    case COUPON:
      return { kind: 'own-coupon', code };
    default:
      return rotatingCodeFrom(payload);
  }
}

/** A card number. @param random - 8 bytes; the last 4 bits are left out. @throws {RangeError} on another count */
export function encodeOwnCard(random: Uint8Array): string {
  return encode(CARD, random, 8);
}

/** A coupon code. @param random - 10 bytes. @throws {RangeError} on another count */
export function encodeOwnCoupon(random: Uint8Array): string {
  return encode(COUPON, random, 10);
}

/** @throws {RangeError} if a part has not its size */
export function encodeRotatingCode(code: Omit<RotatingCode, 'kind'>): string {
  if (code.codeId.length !== 8 || code.mac.length !== 8 || code.minute >>> 0 !== code.minute) {
    throw new RangeError('a rotating code is 8 bytes of id, 32 bits of minute, 8 bytes of MAC');
  }
  const bytes = new Uint8Array(20);
  bytes.set(code.codeId);
  new DataView(bytes.buffer).setUint32(8, code.minute);
  bytes.set(code.mac, 12);
  return encode(ROTATING, bytes, 20);
}

/** A card number in its one true form. */
export const OwnCardNumberSchema = z
  .string()
  .refine((text) => isCanonical(text, 'own-card'), 'not a card number of ours');
/** A coupon code in its one true form. */
export const OwnCouponCodeSchema = z
  .string()
  .refine((text) => isCanonical(text, 'own-coupon'), 'not a coupon code of ours');

function isCanonical(text: string, kind: 'own-card' | 'own-coupon'): boolean {
  const code = decodeOwnCode(text);
  if (code.kind !== kind) return false;
  return (code.kind === 'own-card' ? code.number : code.code) === text;
}

function encode(
  form: { prefix: string; symbols: number },
  bytes: Uint8Array,
  count: number,
): string {
  if (bytes.length !== count) {
    throw new RangeError(
      `${form.prefix} takes ${String(count)} bytes, not ${String(bytes.length)}`,
    );
  }
  return withCheck(form.prefix + toBase32(bytes).slice(0, form.symbols));
}

function withCheck(text: string): string {
  return text + mod3736CheckCharacter(text);
}

function rotatingCodeFrom(payload: string): RotatingCode | Rejected<'bad-character'> {
  const bytes = fromBase32(payload);
  if (bytes?.length !== 20) return rejected('bad-character', ROTATING.prefix.length);
  return {
    kind: 'rotating-code',
    codeId: bytes.slice(0, 8),
    minute: new DataView(bytes.buffer).getUint32(8),
    mac: bytes.slice(12),
  };
}
