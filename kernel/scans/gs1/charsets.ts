/** N: digits; X: CSET 82; Y: CSET 39; Z: base64 for files. */
export type Charset = 'N' | 'X' | 'Y' | 'Z';

/** The characters of a GS1 value, in the order in which check characters count them. ISO/IEC 646, table 1. */
export const CSET_82 =
  '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

const STRANGERS: Readonly<Record<Charset, RegExp>> = {
  N: /[^0-9]/,
  X: /[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]/,
  Y: /[^#\-/0-9A-Z]/,
  Z: /[^-_0-9A-Za-z]/,
};

/**
 * Index of the first character that is none of the set; −1 where all are. Of Z, base64 for files, up to two `=` may
 * stand at the end if they fill up threes.
 * Source: GS1 General Specifications, section 7.11.
 */
export function firstStranger(charset: Charset, text: string): number {
  const padding = charset === 'Z' ? (/={1,2}$/.exec(text)?.[0].length ?? 0) : 0;
  const at = text.slice(0, text.length - padding).search(STRANGERS[charset]);
  return at < 0 && padding > 0 && text.length % 3 !== 0 ? text.length - padding : at;
}
