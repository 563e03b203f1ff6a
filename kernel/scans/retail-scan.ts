import type { Gtin } from '../domain/ids.ts';
import { type Rejected, rejected } from '../rejected.ts';
import type { AimIdentifier, Symbology } from './aim.ts';
import { type EuroCoupon, readEuroCoupon } from './euro-coupon.ts';
import { gtinOf } from './gtin.ts';
import { numberRange } from './number-range.ts';
import { upcAOfUpcE } from './upc-e.ts';

export interface GtinScan {
  readonly kind: 'gtin';
  readonly gtin: Gtin;
  readonly symbology: Symbology;
  /** The 2 or 5 digits beside an EAN-13: issue of a magazine, price of a book. */
  readonly addOn?: string;
}
/** What a shop gave for goods brought back, or bottles: prefix 980. */
export interface RefundReceipt {
  readonly kind: 'refund-receipt';
  readonly symbology: Symbology;
  readonly gtin: Gtin;
}
export type RetailScan = GtinScan | EuroCoupon | RefundReceipt;
export type RetailRejection =
  /** The scanner says EAN or UPC; the digits are too few or too many. */
  'wrong-length' | 'not-a-digit' | 'wrong-check-digit';

/** Digits whose scanner vouches for EAN or UPC. Positions count from the start of the frame. */
export function eanScan(
  text: string,
  { modifier, dataAt }: AimIdentifier,
): RetailScan | Rejected<RetailRejection> {
  const lengths = modifier === '4' ? [8] : modifier === '3' ? [15, 18] : [6, 7, 8, 12, 13];
  const stranger = text.search(/\D/);
  if (stranger >= 0) return rejected('not-a-digit', dataAt + stranger);
  if (!lengths.includes(text.length)) {
    return rejected('wrong-length', dataAt + Math.min(text.length, lengths.at(-1) ?? 0));
  }
  const digits = modifier === '3' ? text.slice(0, 13) : text;
  const isUpcE = modifier === '0' && digits.length <= 8;
  const gtin = gtinOf(isUpcE ? (upcAOfUpcE(digits) ?? '') : digits);
  if (gtin === undefined) return rejected('wrong-check-digit', dataAt + digits.length - 1);
  const symbology = isUpcE ? 'upc-e' : symbologyOf(digits.length);
  return retailScan(gtin, symbology, text.slice(digits.length));
}

/** Digits that are a GTIN by their length and check digit alone; of ITF only 14 of them, which is ITF-14. */
export function gtinScan(text: string, { symbology }: AimIdentifier): RetailScan | undefined {
  if (symbology === 'itf' && text.length !== 14) return undefined;
  const gtin = gtinOf(text);
  return gtin === undefined ? undefined : retailScan(gtin, symbology, '');
}

function retailScan(gtin: Gtin, symbology: Symbology, addOn: string): RetailScan {
  switch (numberRange(gtin)) {
    case 'euro-coupon':
      return readEuroCoupon(gtin, symbology);
    case 'refund-receipt':
      return { kind: 'refund-receipt', symbology, gtin };
    case 'restricted':
    case 'publication':
    case 'trade-item':
      return { kind: 'gtin', gtin, symbology, ...(addOn !== '' && { addOn }) };
  }
}

function symbologyOf(length: number): Symbology {
  return length === 8 ? 'ean-8' : length === 12 ? 'upc-a' : 'ean-13';
}
