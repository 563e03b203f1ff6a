import type { Gs1Element } from './gs1/element-value.ts';
import { gtinOf } from './gtin.ts';
import { elementsIn } from './iso15434.ts';
import { decodeOwnCode } from './own-code.ts';
import type { ScanMeaning } from './scan.ts';

/**
 * The one form in which a card of any make is hashed and looked up, whoever read or typed it: no AIM identifier, no
 * blanks, upper case; ours with its look-alikes put right; a GSRN without its (8018); a number that passes as a GTIN as
 * 14 digits, since scanners differ in whether they send the leading zero. Empty where nothing is left.
 */
export function normaliseCardNumber(text: string): string {
  const bare = text
    .replace(/\s+/g, '')
    .toUpperCase()
    .replace(/^(?:\][A-Z][0-9A-F])+/, '')
    .replace(/^\(?8018\)?(?=\d{18}$)/, '');
  const own = decodeOwnCode(bare);
  return own.kind === 'own-card' ? own.number : (gtinOf(bare) ?? bare);
}

/** What to look up if a scan may be a loyalty card: an opaque code, an EAN, a GSRN (8018), or ours. */
export function cardNumberIn(scan: ScanMeaning): string | undefined {
  switch (scan.kind) {
    case 'own-card':
      return scan.number;
    case 'gtin':
      return scan.gtin;
    case 'opaque':
      return normaliseCardNumber(scan.text) || undefined;
    case 'gs1':
      return recipientIn(scan.elements);
    case 'iso15434':
      return recipientIn(elementsIn(scan.formats));
    case 'euro-coupon':
    case 'refund-receipt':
    case 'own-coupon':
    case 'rotating-code':
    case 'rejected':
      return undefined;
  }
}

/**
 * Whether the scan says by itself that it is somebody's card: ours, whose check holds, or a GSRN (8018). Any other number
 * may be anything.
 */
export function isCardByItself(scan: ScanMeaning): boolean {
  switch (scan.kind) {
    case 'own-card':
      return true;
    case 'gs1':
    case 'iso15434':
      return cardNumberIn(scan) !== undefined;
    default:
      return false;
  }
}

/** Whether it is worth asking whose card this is: a GTIN only where no maker's product can have it (prefixes 02, 04, 20 to 29). */
export function mayBeCard(scan: ScanMeaning): boolean {
  return scan.kind === 'gtin' ? /^0(?:0[24]|2)/.test(scan.gtin) : cardNumberIn(scan) !== undefined;
}

/** The number of a service relation's recipient, which loyalty cards carry; a provider's (8017) is never a card. */
function recipientIn(elements: readonly Gs1Element[]): string | undefined {
  return elements.find(({ ai }) => ai === '8018')?.value;
}
