import { type Rejected, rejected } from '../rejected.ts';

/** What kind of symbol a scanner says it read; `unknown` where it does not say. */
export type Symbology =
  | 'ean-13'
  | 'ean-8'
  | 'upc-a'
  | 'upc-e'
  | 'ean-add-on'
  | 'code-39'
  | 'code-93'
  | 'code-128'
  | 'code-11'
  | 'codabar'
  | 'itf'
  | '2-of-5'
  | 'msi'
  | 'gs1-128'
  | 'gs1-databar'
  | 'gs1-composite'
  | 'data-matrix'
  | 'gs1-data-matrix'
  | 'qr'
  | 'gs1-qr'
  | 'dotcode'
  | 'gs1-dotcode'
  | 'aztec'
  | 'pdf417'
  | 'ocr'
  | 'other'
  | 'unknown';

/** Letter → symbology, for each modifier that has one of its own, else `*`. */
const SYMBOLOGIES: Readonly<Record<string, Readonly<Record<string, Symbology>>>> = {
  A: { '*': 'code-39' },
  C: { '*': 'code-128', 1: 'gs1-128' },
  d: { '*': 'data-matrix', 2: 'gs1-data-matrix' },
  E: { 0: 'ean-13', 1: 'ean-add-on', 2: 'ean-add-on', 3: 'ean-13', 4: 'ean-8' },
  e: { 0: 'gs1-databar', 1: 'gs1-composite', 2: 'gs1-composite', 3: 'gs1-composite' },
  F: { '*': 'codabar' },
  G: { '*': 'code-93' },
  H: { '*': 'code-11' },
  I: { '*': 'itf' },
  J: { '*': 'dotcode', 1: 'gs1-dotcode' },
  L: { '*': 'pdf417' },
  M: { '*': 'msi' },
  O: { '*': 'ocr' },
  Q: { '*': 'qr', 3: 'gs1-qr' },
  S: { '*': '2-of-5' },
  X: { '*': 'other' },
  z: { '*': 'aztec' },
};

export interface AimIdentifier {
  readonly symbology: Symbology;
  /** The options of the reading, a hexadecimal digit. Empty without an identifier. */
  readonly modifier: string;
  /** Where the data begin: 3 after an identifier, else 0. */
  readonly dataAt: 0 | 3;
}

const RIGHT_BRACKET = 0x5d;

/**
 * The `]cm` that a scanner may put before the data. A frame that begins with `]` has one, or is rejected:
 * no code of a shop begins so.
 * Source: ISO/IEC 15424.
 */
export function aimIdentifier(frame: Uint8Array): AimIdentifier | Rejected<'unknown-symbology'> {
  if (frame[0] !== RIGHT_BRACKET) return { symbology: 'unknown', modifier: '', dataAt: 0 };
  const letter = String.fromCharCode(frame[1] ?? 0);
  const modifier = String.fromCharCode(frame[2] ?? 0);
  const byModifier = Object.hasOwn(SYMBOLOGIES, letter) ? SYMBOLOGIES[letter] : undefined;
  if (byModifier === undefined) return rejected('unknown-symbology', 1);
  const symbology = byModifier[modifier] ?? byModifier['*'];
  if (symbology === undefined || !/^[0-9A-F]$/i.test(modifier)) {
    return rejected('unknown-symbology', 2);
  }
  return { symbology, modifier, dataAt: 3 };
}
