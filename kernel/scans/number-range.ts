import type { Gtin } from '../domain/ids.ts';

/** What an EAN-13 is by its first three digits. `trade-item`: a product as any other. */
export type NumberRange =
  /** Circulates inside a country, company or shop: goods that it weighs or packs itself. */
  | 'restricted'
  | 'refund-receipt'
  /** A manufacturer's coupon of the euro area. */
  | 'euro-coupon'
  /** ISSN, ISBN and ISMN: sold as products. */
  | 'publication'
  | 'trade-item';

/**
 * Source: GS1 General Specifications, section 1.4.3 (GS1 prefixes). Prefixes 02, 04 and 20 to 29 are restricted
 * circulation. A GTIN-14 with an indicator digit and a GTIN-8 are trade items.
 */
export function numberRange(gtin: Gtin): NumberRange {
  const prefix = Number(gtin.slice(1, 4));
  if (!gtin.startsWith('0') || gtin.startsWith('000000')) return 'trade-item';
  if ((prefix >= 20 && prefix <= 29) || (prefix >= 40 && prefix <= 49)) return 'restricted';
  if (prefix >= 200 && prefix <= 299) return 'restricted';
  if (prefix === 980) return 'refund-receipt';
  if (prefix === 981 || prefix === 982) return 'euro-coupon';
  return prefix >= 977 && prefix <= 979 ? 'publication' : 'trade-item';
}
