import { gs1CheckDigit } from './check-digit.ts';

/**
 * The UPC-A number, 12 digits, that a UPC-E stands for; undefined where there is none.
 * Source: GS1 General Specifications, section 5.2.2.4.2 (zero suppression).
 * @param digits - 6: without number system (0 is meant) and check digit. 7: with number system, 0 or 1; or with check
 * digit, where that is neither. 8: with both.
 */
export function upcAOfUpcE(digits: string): string | undefined {
  if (!/^\d{6,8}$/.test(digits)) return undefined;
  const hasSystem = digits.length === 8 || (digits.length === 7 && /^[01]/.test(digits));
  const system = hasSystem ? digits.charAt(0) : '0';
  const six = digits.slice(hasSystem ? 1 : 0).slice(0, 6);
  const check = digits.slice((hasSystem ? 1 : 0) + 6);
  if (system > '1') return undefined;
  const body = system + withZeros(six);
  const right = gs1CheckDigit(body);
  return check === '' || check === right ? body + right : undefined;
}

/** The last digit says where the zeros were: manufacturer and item, ten digits. */
function withZeros(six: string): string {
  const last = six.charAt(5);
  if (last <= '2') return `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`;
  if (last === '3') return `${six.slice(0, 3)}00000${six.slice(3, 5)}`;
  if (last === '4') return `${six.slice(0, 4)}00000${six.slice(4, 5)}`;
  return `${six.slice(0, 5)}0000${last}`;
}
