import { type Rejected, rejected } from '../rejected.ts';
import { type AimIdentifier, type Symbology, aimIdentifier } from './aim.ts';
import { compositeScanIn } from './gs1/composite.ts';
import { type Gs1Scan, gs1ScanIn } from './gs1/gs1-scan.ts';
import type { Gs1Strictness } from './gs1/element-string.ts';
import type { Gs1Rejected } from './gs1/gs1-rejected.ts';
import { type Envelope, type EnvelopeRejection, decodeEnvelope } from './iso15434.ts';
import { type OwnCode, type OwnCodeRejection, decodeOwnCode } from './own-code.ts';
import { type RetailRejection, type RetailScan, eanScan, gtinScan } from './retail-scan.ts';
import { latin1Of, textOf } from './text.ts';

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
  | RetailRejection
  | Exclude<OwnCodeRejection, 'not-ours'>
  | Exclude<EnvelopeRejection, 'not-an-envelope'>;
export type RejectedScan = Rejected<ScanRejection> | Gs1Rejected;
export type ScanMeaning = RetailScan | Gs1Scan | OwnCode | Envelope | OpaqueScan | RejectedScan;

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
  const raw = latin1Of(bytes);
  const composite = compositeScanIn(raw, aim, strictness);
  if (composite !== undefined) return composite;
  if (aim.symbology === 'ean-13' || aim.symbology === 'ean-8') return eanScan(text, aim);
  const gs1 = gs1ScanIn(raw, aim, strictness);
  if (gs1 !== undefined) return gs1;
  const envelope = envelopeScan(bytes, aim, strictness);
  if (aim.symbology === 'unknown' || aim.symbology === 'itf')
    return gtinScan(text, aim) ?? envelope ?? ownScan(text, aim) ?? opaque;
  return envelope ?? ownScan(text, aim) ?? opaque;
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
