import type { Gtin } from '../domain/ids.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { gs1CheckDigit } from './check-digit.ts';
import { numberRange } from './number-range.ts';

/** What the braces of a pattern hold. `member` and `staff` say whose number it is, and have no braces. */
export const RESTRICTED_VALUES = ['price', 'weight', 'discount', 'member', 'staff'] as const;
export type RestrictedValue = (typeof RESTRICTED_VALUES)[number];

/**
 * How a shop numbers what it weighs and packs itself: `21.....{NNDDD}`. Digits stand for themselves, `.` for any digit;
 * in braces N for a digit before the decimal point and D for one after it. At most 12 digits, what is left counting as
 * `.`; the 13th is the check digit.
 */
export interface RestrictedPattern {
  readonly pattern: string;
  readonly value: RestrictedValue;
}
export interface RestrictedCode {
  /** The code as it stands in the list of products: zeros in place of the value, with the check digit of that. */
  readonly gtin: Gtin;
  readonly value: RestrictedValue;
  /** Price in the store's currency, kilograms, or per cent, in thousandths. Undefined without braces. */
  readonly thousandths?: number;
}

const PATTERN = /^(?:[0-9.]*)(?:\{N*D{0,3}\})?(?:[0-9.]*)$/;

/** What is wrong with a pattern; undefined if nothing is. */
export function checkRestrictedPattern({
  pattern,
  value,
}: RestrictedPattern):
  Rejected<'not-a-pattern' | 'too-long' | 'no-value' | 'not-restricted'> | undefined {
  if (!PATTERN.test(pattern)) return rejected('not-a-pattern', firstStranger(pattern));
  const { length } = pattern.replace(/[{}]/g, '');
  if (length === 0 || length > 12) return rejected('too-long', pattern.length);
  const hasValue = /\{[ND]+\}/.test(pattern);
  if (hasValue === (value === 'member' || value === 'staff')) return rejected('no-value', 0);
  return /^(?:02|04|2\d)/.test(pattern) ? undefined : rejected('not-restricted', 0);
}

/** What a code of restricted circulation says by the first pattern that fits; undefined where none does. */
export function readRestricted(
  gtin: Gtin,
  patterns: readonly RestrictedPattern[],
): RestrictedCode | undefined {
  if (numberRange(gtin) !== 'restricted') return undefined;
  const digits = gtin.slice(1);
  for (const { pattern, value } of patterns) {
    const symbols = Array.from(pattern.replace(/[{}]/g, ''));
    const fits = symbols.every((symbol, i) => !/\d/.test(symbol) || symbol === digits[i]);
    if (!fits) continue;
    const body = Array.from(digits.slice(0, 12));
    let text = '';
    let decimals = 0;
    for (const [i, symbol] of symbols.entries()) {
      if (symbol !== 'N' && symbol !== 'D') continue;
      text += body[i] ?? '';
      decimals += symbol === 'D' ? 1 : 0;
      body[i] = '0';
    }
    const base = body.join('');
    return {
      gtin: `0${base}${gs1CheckDigit(base)}` as Gtin,
      value,
      ...(text !== '' && { thousandths: Number(text) * 10 ** (3 - decimals) }),
    };
  }
  return undefined;
}

function firstStranger(pattern: string): number {
  let at = pattern.length;
  while (at > 0 && !PATTERN.test(pattern.slice(0, at))) at--;
  return at;
}
