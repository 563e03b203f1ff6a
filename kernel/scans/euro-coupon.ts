import type { Gtin } from '../domain/ids.ts';
import type { Money } from '../domain/money.ts';
import type { Symbology } from './aim.ts';

/** A coupon of the euro area, in an EAN-13. */
export interface EuroCoupon {
  readonly kind: 'euro-coupon';
  readonly symbology: Symbology;
  readonly gtin: Gtin;
  /** Who pays: prefix and four digits. */
  readonly issuer: string;
  /** Two digits of the issuer's own. */
  readonly reference: string;
  /** What it takes off; without it the item is free. */
  readonly amount?: Money;
}

/**
 * Prefix, issuer (4), reference (2), value (3), check digit. The value counts ten cents after 981, cents after 982.
 * Source: GS1 General Specifications, section 2.5 (coupons), common currency area.
 * @param gtin - of the range `euro-coupon` (number-range.ts)
 */
export function readEuroCoupon(gtin: Gtin, symbology: Symbology): EuroCoupon {
  const unitMinor = gtin.startsWith('0981') ? 10 : 1;
  const minor = Number(gtin.slice(10, 13)) * unitMinor;
  return {
    kind: 'euro-coupon',
    symbology,
    gtin,
    issuer: gtin.slice(1, 8),
    reference: gtin.slice(8, 10),
    ...(minor > 0 && { amount: { minor, currency: 'EUR' } }),
  };
}
