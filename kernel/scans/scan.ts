import type { Gtin } from '../domain/ids.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { type AimIdentifier, type Symbology, aimIdentifier } from './aim.ts';
import { type Gs1Scan, gs1ScanIn } from './gs1/gs1-scan.ts';
import type { Gs1Strictness } from './gs1/element-string.ts';
import type { Gs1Rejected } from './gs1/gs1-rejected.ts';
import { gtinOf } from './gtin.ts';
import { type Envelope, type EnvelopeRejection, decodeEnvelope } from './iso15434.ts';
import { type OwnCode, type OwnCodeRejection, decodeOwnCode } from './own-code.ts';
import { latin1Of, textOf } from './text.ts';

export interface GtinScan {
  readonly kind: 'gtin';
  readonly gtin: Gtin;
  readonly symbology: Symbology;
  /** The 2 or 5 digits beside an EAN-13: issue of a magazine, price of a book. */
  readonly addOn?: string;
}
/** A code that is neither a product's nor ours: a loyalty card of another make, perhaps. */
export interface OpaqueScan {
  readonly kind: 'opaque';
  readonly symbology: Symbology;
  readonly text: string;
  /** As scanned, without the AIM identifier. */
  readonly bytes: Uint8Array;
}
export type ScanRejection =
  | 'empty'
  /** It begins with `]`, and no AIM identifier follows. */
  | 'unknown-symbology'
  /** The scanner says EAN or UPC; the digits are too few or too many. */
  | 'wrong-length'
  | 'not-a-digit'
  | Exclude<OwnCodeRejection, 'not-ours'>
  | Exclude<EnvelopeRejection, 'not-an-envelope'>;
export type RejectedScan = Rejected<ScanRejection> | Gs1Rejected;
export type ScanMeaning = GtinScan | Gs1Scan | OwnCode | Envelope | OpaqueScan | RejectedScan;

/**
 * What one frame from a scanner means. Positions count from the start of the frame, AIM identifier included.
 * @param strictness - of GS1 messages: whether unknown identifiers and missing requisites are rejected
 */
export function meaningOfScan(
  frame: Uint8Array,
  strictness: Gs1Strictness = 'strict',
): ScanMeaning {
  const aim = aimIdentifier(frame);
  if ('kind' in aim) return aim;
  const bytes = frame.slice(aim.dataAt);
  if (bytes.length === 0) return rejected('empty', aim.dataAt);
  const text = textOf(bytes);
  const opaque: OpaqueScan = { kind: 'opaque', symbology: aim.symbology, text, bytes };
  if (aim.symbology === 'ean-13' || aim.symbology === 'ean-8') return eanScan(text, aim) ?? opaque;
  const gs1 = gs1ScanIn(latin1Of(bytes), aim, strictness);
  if (gs1 !== undefined) return gs1;
  const envelope = envelopeScan(bytes, aim, strictness);
  if (aim.symbology === 'unknown' || aim.symbology === 'itf')
    return gtinScan(text, aim) ?? envelope ?? ownScan(text, aim) ?? opaque;
  return envelope ?? ownScan(text, aim) ?? opaque;
}

/** Digits whose scanner vouches for EAN or UPC. Undefined: a form that we leave as it is. */
function eanScan(
  text: string,
  { modifier, dataAt }: AimIdentifier,
): GtinScan | RejectedScan | undefined {
  const lengths = modifier === '4' ? [8] : modifier === '3' ? [15, 18] : [12, 13];
  if (modifier === '0' && /^(?:\d{6,8}$|\d{13}\|)/.test(text)) return undefined; // UPC-E; EAN with a composite
  const stranger = text.search(/\D/);
  if (stranger >= 0) return rejected('not-a-digit', dataAt + stranger);
  if (!lengths.includes(text.length)) {
    return rejected('wrong-length', dataAt + Math.min(text.length, lengths.at(-1) ?? 0));
  }
  const digits = modifier === '3' ? text.slice(0, 13) : text;
  const gtin = gtinOf(digits);
  if (gtin === undefined) return rejected('wrong-check-digit', dataAt + digits.length - 1);
  const symbology = digits.length === 8 ? 'ean-8' : digits.length === 12 ? 'upc-a' : 'ean-13';
  const addOn = text.slice(digits.length);
  return { kind: 'gtin', gtin, symbology, ...(addOn !== '' && { addOn }) };
}

/** Digits that are a GTIN by their length and check digit alone; of ITF only 14 of them, which is ITF-14. */
function gtinScan(text: string, { symbology }: AimIdentifier): GtinScan | undefined {
  if (symbology === 'itf' && text.length !== 14) return undefined;
  const gtin = gtinOf(text);
  return gtin === undefined ? undefined : { kind: 'gtin', gtin, symbology };
}

/** Undefined where none begins. */
function envelopeScan(
  bytes: Uint8Array,
  { dataAt }: AimIdentifier,
  strictness: Gs1Strictness,
): Envelope | RejectedScan | undefined {
  const envelope = decodeEnvelope(bytes, strictness);
  if (envelope.kind !== 'rejected') return envelope;
  if (envelope.reason === 'not-an-envelope') return undefined;
  const at = dataAt + envelope.at;
  return 'ai' in envelope ? { ...envelope, at } : rejected(envelope.reason, at);
}

/** Blanks do not count: below a printed code they part its groups, and people type them. Undefined for anybody else's code. */
function ownScan(text: string, { dataAt }: AimIdentifier): OwnCode | RejectedScan | undefined {
  const code = decodeOwnCode(text.replaceAll(' ', ''));
  if (code.kind !== 'rejected') return code;
  if (code.reason === 'not-ours') return undefined;
  const places = Array.from(text, (character, at) => (character === ' ' ? [] : [at])).flat();
  return rejected(code.reason, dataAt + (places[code.at] ?? text.length));
}
