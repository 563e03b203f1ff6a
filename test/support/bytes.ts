import { fromHex } from '../../kernel/hex.ts';

/** Bytes from hex with blanks, as the standards print them. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text.replaceAll(' ', ''));
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
}

/** The bytes of a text, as a scanner sends it. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
