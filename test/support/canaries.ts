import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The ways in which a text may lie in a file. */
const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
  hex: (text) => Buffer.from(Buffer.from(text).toString('hex')),
  'upper hex': (text) => Buffer.from(Buffer.from(text).toString('hex').toUpperCase()),
  base64: (text) => Buffer.from(unpadded(Buffer.from(text).toString('base64'))),
  base64url: (text) => Buffer.from(Buffer.from(text).toString('base64url')),
  url: (text) => Buffer.from(encodeURIComponent(text)),
  'bytes of hex': (text) => Buffer.from(/^(?:[0-9a-f]{2})+$/.test(text) ? text : '', 'hex'),
  reversed: (text) => Buffer.from(text).reverse(),
};
/** In front of a text in base64 nothing may stand, or its last symbol depends on what follows: compared without it. */
const unpadded = (text: string) => text.replace(/=+$/, '').slice(0, -1);

export interface Found {
  readonly canary: string;
  readonly encoding: string;
  readonly file: string;
}

/** Where any of the canaries lies, in whatever encoding. @param canaries - what each is, and its text */
export function findCanaries(
  canaries: Readonly<Record<string, string>>,
  files: readonly (readonly [name: string, bytes: Buffer])[],
): readonly Found[] {
  const found: Found[] = [];
  for (const [canary, text] of Object.entries(canaries)) {
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      const needle = encode(text);
      if (needle.length === 0) continue;
      for (const [file, bytes] of files)
        if (bytes.includes(needle)) found.push({ canary, encoding, file });
    }
  }
  return found;
}

export function filesUnder(folder: string): (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => [path, readFileSync(path)] as const);
}
