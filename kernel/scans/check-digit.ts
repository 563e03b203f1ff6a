/**
 * The check digit of a GS1 number, over all its digits but the last: weights 3 and 1 in turn from the right, mod 10.
 * Source: GS1 General Specifications, section 7.9.1.
 * @param digits - decimal digits only
 */
export function gs1CheckDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const weight = (digits.length - i) % 2 === 1 ? 3 : 1;
    sum += weight * (digits.charCodeAt(i) - 0x30);
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether `digits`, two or more of them, end in their own check digit. */
export function hasGs1CheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && gs1CheckDigit(digits.slice(0, -1)) === digits.slice(-1);
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The check character of an alphanumeric code: it finds every wrong character and nearly every swap of two.
 * Source: ISO/IEC 7064, hybrid system MOD 37,36.
 * @param text - 0-9 and A-Z only
 */
export function mod3736CheckCharacter(text: string): string {
  let carry = 36;
  for (const character of text) {
    const sum = (carry + ALPHABET.indexOf(character)) % 36 || 36;
    carry = (sum * 2) % 37;
  }
  return ALPHABET.charAt((37 - carry) % 36);
}
