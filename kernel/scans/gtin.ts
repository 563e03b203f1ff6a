import type { Gtin } from '../domain/ids.ts';
import { hasGs1CheckDigit } from './check-digit.ts';

/** EAN-8, UPC-A, EAN-13 and GTIN-14, padded to 14 digits; undefined where length or check digit is wrong. */
export function gtinOf(digits: string): Gtin | undefined {
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits) || !hasGs1CheckDigit(digits)) return undefined;
  return digits.padStart(14, '0') as Gtin;
}
