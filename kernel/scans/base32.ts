const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOK_ALIKES: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/**
 * Crockford's base 32, most significant bit first. Bits that fill no symbol are left out at the end.
 * Source: https://www.crockford.com/base32.html, without its check symbol.
 */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) text += ALPHABET.charAt((held >> (count - 5)) & 31);
  }
  return text;
}

/** Whole bytes from base 32 in upper case; undefined where a symbol is none of its 32. */
export function fromBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  for (const symbol of text) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((held >> count) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** Upper case, and I, L and O as the digits that a hand meant. */
export function asTyped(text: string): string {
  return text.toUpperCase().replace(/[ILO]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
}

/** Index of the first character that is no symbol of base 32 in upper case; −1 where all are. */
export function firstNonSymbol(text: string): number {
  return text.search(/[^0-9A-HJKMNP-TV-Z]/);
}
