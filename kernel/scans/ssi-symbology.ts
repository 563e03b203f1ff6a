import type { Rejected } from '../rejected.ts';
import { type CodeIdRejection, eanInAimForm, withAim } from './code-id.ts';

/**
 * SSI's bar code type → AIM identifier. EAN and UPC with add-ons have 0x40 (two digits) or 0x80 (five) added.
 * Source: Zebra, SSI Programmer's Guide, DECODE_DATA; 0xC1, 0xC2 and 0xC4: Zebra Scanner SDK, symbology codes.
 */
const IDENTIFIERS: Readonly<Record<number, string>> = {
  0x01: ']A0',
  0x02: ']F0',
  0x03: ']C0',
  0x04: ']S0',
  0x05: ']S0',
  0x06: ']I0',
  0x07: ']G0',
  0x0a: ']E4',
  0x0c: ']H0',
  0x0e: ']M0',
  0x0f: ']C1',
  0x11: ']L0',
  0x13: ']A4',
  0x15: ']X0', // Trioptic
  0x17: ']X0', // coupon code
  0x19: ']C4', // ISBT 128
  0x1a: ']L0', // MicroPDF417
  0x1b: ']d1',
  0x1c: ']Q1',
  0x20: ']X0', // Code 32
  0x25: ']X0', // MaxiCode
  0x28: ']L0', // Macro PDF417
  0x2c: ']Q1', // Micro QR
  0x2d: ']z0',
  0x2e: ']zC', // Aztec rune
  0x30: ']e0',
  0x31: ']e0',
  0x32: ']e0',
  0x72: ']X0', // Chinese 2 of 5
  0xc1: ']d2',
  0xc2: ']Q3',
  0xc4: ']J0',
};
const EAN_13 = 0x0b;
const BOOKLAND = 0x16;
const UPC_A = 0x08;
const UPC_E0 = 0x09;
const UPC_E1 = 0x10;
const EAN_8 = 0x0a;
const ADD_ON_BITS = 0xc0;

/** The data in AIM form; undefined for a bar code type of no known meaning. */
export function ssiInAimForm(
  type: number,
  data: Uint8Array,
): Uint8Array | Rejected<CodeIdRejection> | undefined {
  const hasAddOn = (type & ADD_ON_BITS) === 0x40 || (type & ADD_ON_BITS) === 0x80;
  switch (hasAddOn ? type & ~ADD_ON_BITS : type) {
    case EAN_13:
    case UPC_A:
      return eanInAimForm(data, 0);
    case UPC_E0:
    case UPC_E1:
      return withAim(hasAddOn ? ']X0' : ']E0', data);
    case EAN_8:
      return withAim(hasAddOn ? ']X0' : ']E4', data);
  }
  if (type === BOOKLAND) return withAim(data.length === 13 ? ']E0' : ']X0', data);
  const identifier = IDENTIFIERS[type];
  return identifier === undefined ? undefined : withAim(identifier, data);
}
