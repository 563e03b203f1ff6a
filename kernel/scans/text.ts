/** What the bytes of a code say: UTF-8 where they are, else Latin-1, so that every byte has a character. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin1Of(bytes);
  }
}

/** One character a byte, so that positions in the text are positions in the bytes. */
export function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
