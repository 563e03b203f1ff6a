import { type Rejected, rejected } from '../rejected.ts';
import { hasGs1CheckDigit } from './check-digit.ts';
import { upcAOfUpcE } from './upc-e.ts';

/** How a scanner names the symbology in front of the data. `none`: as it comes, an AIM identifier or nothing. */
export const CODE_ID_PROFILES = [
  'none',
  'aim',
  'zebra',
  'honeywell',
  'datalogic',
  'datalogic-us',
  'cino',
] as const;
export type CodeIdProfile = (typeof CODE_ID_PROFILES)[number];

export type CodeIdRejection =
  /** The profile wants an identifier, and none of its own stands at the beginning. */
  | 'unknown-code-id'
  /** Eight digits that pass as EAN-8 and as UPC-E alike: two different products. */
  | 'ambiguous-code-id';

/**
 * `]cm`, or what to make of the data where the maker's letter alone does not say; `upc-a`: of 13 digits only those that begin
 * with 0, for with another one the letter is not this maker's.
 */
type Meaning = `]${string}` | 'ean-or-upc' | 'upc-a';
type Table = Readonly<Record<string, Meaning>>;

/** Source: Zebra, Symbol Code Identifiers (docs.zebra.com, SP72 Programming Reference). */
const ZEBRA: Table = {
  A: 'ean-or-upc',
  B: ']A0',
  C: ']F0',
  D: ']C0',
  E: ']G0',
  F: ']I0',
  G: ']S0',
  H: ']H0',
  J: ']M0',
  K: ']C1',
  L: ']X0', // Bookland as ISBN-10
  M: ']X0', // Trioptic
  N: ']X0', // coupon code
  R: ']e0',
  S: ']X0', // Matrix 2 of 5
  T: ']X0', // composite and TLC 39, in forms of their own
  U: ']X0', // Chinese 2 of 5
  X: ']L0',
  z: ']z0',
  P00: ']d1',
  P01: ']Q1',
  P02: ']X0', // MaxiCode
  P08: ']X0',
  P0A: ']X0',
  P0C: ']X0',
  P0D: ']X0',
  P0G: ']d2',
  P0H: ']X0', // Han Xin
  P0Q: ']Q3',
};

/**
 * Source: Honeywell 3820 User's Guide, appendix A, and the symbology constants of Hand Held Products, whose letters these
 * are: c 63, d 64, E 45, D 44 and so on in hex.
 */
const HONEYWELL: Table = {
  c: 'upc-a',
  d: 'ean-or-upc',
  E: ']E0',
  D: ']E4',
  b: ']A0',
  '<': ']X0', // Code 32
  j: ']C0',
  I: ']C1',
  i: ']G0',
  a: ']F0',
  e: ']I0',
  f: ']S0',
  m: ']X0', // Matrix 2 of 5
  h: ']H0',
  g: ']M0',
  y: ']e0',
  '{': ']e0',
  '}': ']e0',
  t: ']X0', // Telepen
  T: ']X0', // TLC 39
  l: ']X0', // Code 49
  q: ']X0', // Codablock F
  r: ']L0',
  R: ']L0',
  s: ']Q1',
  w: ']d1',
  x: ']X0', // MaxiCode
  z: ']z0',
};

/** Source: Datalogic PowerScan D8330 Reference Manual, Code Identifier Table; `!`: Gryphon's EU set of Label IDs. */
const DATALOGIC: Table = {
  A: ']E4',
  B: ']E0',
  C: 'upc-a',
  D: ']E0',
  F: 'upc-a',
  G: 'upc-a',
  H: ']X0', // UPC-E with an add-on
  I: ']X0',
  J: ']X0', // EAN-8 with an add-on
  K: ']X0',
  L: 'ean-or-upc',
  M: 'ean-or-upc',
  N: ']I0',
  O: ']S0',
  P: ']X0',
  Q: ']X0',
  R: ']F0',
  S: ']X0',
  T: ']C0',
  U: ']G0',
  V: ']A0',
  W: ']A4',
  X: ']X0',
  Y: ']X0',
  Z: ']M0',
  b: ']H0',
  e: ']X0',
  f: ']C4',
  k: ']C1',
  p: ']X0',
  q: ']X0',
  t: ']e0',
  u: ']e0',
  v: ']e0',
  '!': ']z0',
};

/**
 * One or two characters, the longer first. Source: Datalogic Gryphon I GD44xx and QuickScan I QD2400 Product Reference
 * Guides, Label ID Pre-loaded Sets, USA set; A, E and i as in DLL2020 too, QR and Az as in Magellan 800i.
 */
const DATALOGIC_US: Table = {
  FF: ']E4',
  F: 'ean-or-upc',
  A: 'upc-a',
  E: ']E0',
  '#': ']C0',
  '*': ']A0',
  '&': ']G0',
  '%': ']F0',
  i: ']I0',
  CE: ']H0',
  S: ']X0',
  s: ']X0',
  f: ']C4',
  R4: ']e0',
  RL: ']e0',
  RX: ']e0',
  QR: ']Q1',
  $Q: ']Q1',
  mP: ']L0',
  Az: ']z0',
};

/** Source: Cino FuzzyScan Programming Manual (L600, L780), Symbology ID Table. */
const CINO: Table = {
  A: 'upc-a',
  E: ']E0',
  F: 'ean-or-upc',
  N: ']E4',
  B: ']C0',
  C: ']C1',
  D: ']F0',
  G: ']A0',
  H: ']G0',
  I: ']S0',
  J: ']I0',
  K: ']X0',
  L: ']X0',
  M: ']I3',
  O: ']X0', // IATA
  P: ']H0',
  R: ']M0',
  S: ']X0', // UK Plessey
  T: ']X0', // Telepen
  V: ']L0',
  W: ']X0', // Trioptic
  X: ']e0',
  Y: ']X0', // Codablock F
  Z: ']X0', // coupon code
  a: ']X0', // Korea Post
};

const TABLES: Readonly<Record<Exclude<CodeIdProfile, 'none' | 'aim'>, Table>> = {
  zebra: ZEBRA,
  honeywell: HONEYWELL,
  datalogic: DATALOGIC,
  'datalogic-us': DATALOGIC_US,
  cino: CINO,
};
const LONGEST_ID = 3;
const ZERO = 0x30;

/**
 * The frame with its maker's code id turned into the AIM identifier, so that all that comes after knows one dialect.
 * @param frame - as framed, code id first
 */
export function toAimForm(
  frame: Uint8Array,
  profile: CodeIdProfile,
): Uint8Array | Rejected<CodeIdRejection> {
  if (profile === 'none') return frame;
  if (profile === 'aim') return isAim(frame) ? frame : rejected('unknown-code-id', 0);
  const table = TABLES[profile];
  for (let length = Math.min(LONGEST_ID, frame.length); length > 0; length -= 1) {
    const id = latin1(frame.subarray(0, length));
    const meaning = Object.hasOwn(table, id) ? table[id] : undefined;
    if (meaning === undefined) continue;
    const data = frame.subarray(length);
    if (meaning.startsWith(']')) return withAim(meaning, data);
    const isEan13 = data.length === 13 && data[0] !== ZERO;
    if (meaning === 'upc-a' && isEan13) return rejected('unknown-code-id', 0);
    return eanInAimForm(data, length);
  }
  return rejected('unknown-code-id', 0);
}

/** `]cm` before the data. @param identifier - three ASCII characters */
export function withAim(identifier: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(3 + data.length);
  for (let i = 0; i < 3; i += 1) bytes[i] = identifier.charCodeAt(i);
  bytes.set(data, 3);
  return bytes;
}

/**
 * EAN and UPC of any length, with what AIM says of each: 8 digits are EAN-8 or UPC-E by the check digit that fits; two
 * or five digits more are an add-on, and UPC-A counts as EAN-13 then.
 * Source: ISO/IEC 15424, table 1, E.
 * @param dataAt - where the data began in the frame, for positions
 */
export function eanInAimForm(
  data: Uint8Array,
  dataAt: number,
): Uint8Array | Rejected<CodeIdRejection> {
  switch (data.length) {
    case 8: {
      const digits = latin1(data);
      const isEan8 = hasGs1CheckDigit(digits);
      if (isEan8 && upcAOfUpcE(digits) !== undefined) return rejected('ambiguous-code-id', dataAt);
      return withAim(isEan8 ? ']E4' : ']E0', data);
    }
    case 14:
    case 17: {
      const padded = new Uint8Array(data.length + 1).fill(ZERO, 0, 1);
      padded.set(data, 1);
      return withAim(']E3', padded);
    }
    case 15:
    case 18:
      return withAim(']E3', data);
    default:
      return withAim(']E0', data); // 12 and 13; anything else is told as too long or too short where it is read
  }
}

function isAim(frame: Uint8Array): boolean {
  return /^\][A-Za-z][0-9A-Fa-f]/.test(latin1(frame.subarray(0, 3)));
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
