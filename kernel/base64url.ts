const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648, section 5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0x3fff;
    for (count += 8; count >= 6; count -= 6) text += ALPHABET.charAt((held >> (count - 6)) & 63);
  }
  return count > 0 ? text + ALPHABET.charAt((held << (6 - count)) & 63) : text;
}

/** The bytes of base64url without padding; undefined for a stranger's character, a length or a last bit that no encoder makes. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let held = 0;
  let count = 0;
  let at = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0x3fff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (held >> count) & 0xff;
  }
  const leftOver = held & ((1 << count) - 1);
  return count === 6 || leftOver !== 0 ? undefined : bytes;
}
