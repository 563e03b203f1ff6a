import { COUNTRY_LETTERS } from './code-lists.ts';

/** No country's is as short as this. */
const TOO_SHORT = 10;

/** Whether the check digits are right and the country exists. Source: ISO 13616-1, section 6; ISO 7064 MOD 97-10. */
export function isIban(text: string): boolean {
  if (text.length <= TOO_SHORT || !/^[0-9A-Z]+$/.test(text)) return false;
  if (!COUNTRY_LETTERS.has(text.slice(0, 2))) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder === 1;
}
