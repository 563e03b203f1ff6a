const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Characters made in one call; more arguments than a stack holds would throw. */
const AT_ONCE = 4_096;

/** What the bytes of a code say: UTF-8 where they are, else Latin-1, so that every byte has a character. */
export function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return latin1Of(bytes);
  }
}

/** One character a byte, so that positions in the text are positions in the bytes. */
export function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    // Not spread: an iterator over the bytes would take three times as long.
    const some: unknown = Reflect.apply(
      String.fromCharCode,
      undefined,
      bytes.subarray(at, at + AT_ONCE),
    );
    text += String(some);
  }
  return text;
}
