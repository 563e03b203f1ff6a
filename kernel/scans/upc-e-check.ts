import { hasGs1CheckDigit } from './check-digit.ts';

/**
 * Whether eight digits, number system first, are a UPC-E by their check digit, which is that of the UPC-A that they stand for.
 * Source: GS1 General Specifications, section 5.2.2.4.2.
 */
export function upcEHasCheckDigit(digits: string): boolean {
  if (!/^[01]\d{7}$/.test(digits)) return false;
  const head = digits.slice(0, 3);
  const [third = '', fourth = '', fifth = '', last = ''] = digits.slice(3, 7);
  const check = digits.slice(7);
  switch (last) {
    case '0':
    case '1':
    case '2':
      return hasGs1CheckDigit(`${head}${last}0000${third}${fourth}${fifth}${check}`);
    case '3':
      return hasGs1CheckDigit(`${head}${third}00000${fourth}${fifth}${check}`);
    case '4':
      return hasGs1CheckDigit(`${head}${third}${fourth}00000${fifth}${check}`);
    default:
      return hasGs1CheckDigit(`${head}${third}${fourth}${fifth}0000${last}${check}`);
  }
}
