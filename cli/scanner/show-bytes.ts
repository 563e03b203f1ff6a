const NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );
const DEL = 0x7f;
const BYTES_A_LINE = 16;

/** Bytes as lines for people: hex, and beside it the text with control characters by name. */
export function showBytes(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const part = bytes.subarray(at, at + BYTES_A_LINE);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${hex.padEnd(BYTES_A_LINE * 3)} ${showText(part)}`);
  }
  return lines;
}

/** ASCII as it is, control characters as `<GS>`, other bytes as `<E9>`. */
export function showText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte < NAMES.length) return `<${NAMES[byte] ?? ''}>`;
    if (byte === DEL) return '<DEL>';
    if (byte > DEL) return `<${byte.toString(16).toUpperCase()}>`;
    return String.fromCharCode(byte);
  }).join('');
}
