import { CSET_82 } from './charsets.ts';

const PRIMES = [
  83, 79, 73, 71, 67, 61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 7, 5, 3, 2,
];
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * The two characters at the end of a Global Model Number, over what stands before them: positions in CSET 82, weighted
 * by the primes from the right, mod 1021.
 * Source: GS1 General Specifications, section 7.9.5.
 * @returns undefined for what is longer than 23, or has other characters
 */
export function checkCharactersOf(text: string): string | undefined {
  if (text.length > PRIMES.length) return undefined;
  const weights = PRIMES.slice(PRIMES.length - text.length);
  let sum = 0;
  for (const [i, weight] of weights.entries()) {
    const value = CSET_82.indexOf(text.charAt(i));
    if (value < 0) return undefined;
    sum += value * weight;
  }
  const check = sum % 1021;
  return ALPHABET.charAt(check >> 5) + ALPHABET.charAt(check & 31);
}

/** Whether `text` ends in its own check characters. */
export function hasCheckCharacters(text: string): boolean {
  return text.length >= 2 && checkCharactersOf(text.slice(0, -2)) === text.slice(-2);
}
