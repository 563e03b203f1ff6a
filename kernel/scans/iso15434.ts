import type { Gtin } from '../domain/ids.ts';
import { type Rejected, rejected } from '../rejected.ts';
import { type IdentifiedDatum, identifiedData } from './data-identifiers.ts';
import { type Gs1Strictness, decodeElementString } from './gs1/element-string.ts';
import type { Gs1Element } from './gs1/element-value.ts';
import type { Gs1Rejected } from './gs1/gs1-rejected.ts';
import { gtinIn } from './gs1/gs1-scan.ts';
import { restoreControls } from './stand-ins.ts';
import { latin1Of, textOf } from './text.ts';

/** A message in the envelope of ISO/IEC 15434, `[)>`: one or more formats, in the order of the label. */
export interface Envelope {
  readonly kind: 'iso15434';
  readonly formats: readonly EnvelopeFormat[];
  /** The trade item that its format 05 names. */
  readonly gtin?: Gtin;
}
export type EnvelopeFormat =
  /** A GS1 message. */
  | { readonly format: '05'; readonly elements: readonly Gs1Element[] }
  | { readonly format: '06'; readonly data: readonly IdentifiedDatum[] }
  | {
      readonly format: '09';
      /** The kind of file and how it is packed, as the label names them. */
      readonly fileType: string;
      readonly compression: string;
      readonly bytes: Uint8Array;
    }
  | {
      readonly format: KeptFormat;
      /** All between the two digits and the RS: header, declared separators and data. */
      readonly bytes: Uint8Array;
    };
/** 01 transport, 02 whole EDI message, 03 X12, 04 EDIFACT, 07 free text, 08 CII, 12 text element identifiers. */
export type KeptFormat = (typeof KEPT_FORMATS)[number];
export type EnvelopeRejection =
  /** It does not begin with `[)>`. */
  | 'not-an-envelope'
  /** No RS after `[)>`, nor a stand-in for it that we know. */
  | 'no-record-separator'
  /** Two digits that the standard has no format for, or none. */
  | 'unknown-format'
  /** 05, 06, 09 and 12 begin with GS. */
  | 'no-group-separator'
  | 'no-data-identifier'
  /** Format 09 does not say its length in digits, or has not so many bytes. */
  | 'wrong-length'
  /** Something after EOT. */
  | 'after-end';

/** Of the envelope, or of the GS1 message in its format 05. */
export type EnvelopeRejected = Rejected<EnvelopeRejection> | Gs1Rejected;

const KEPT_FORMATS = ['01', '02', '03', '04', '07', '08', '12'] as const;
const HEADER = [0x5b, 0x29, 0x3e]; // [)>
const EOT = 0x04;
const GS = 0x1d;
const RS = 0x1e;

/**
 * Reads an envelope. EOT may be missing, and the RS before it: many scanners cut them off. RS, GS and EOT may be
 * printable stand-ins (`stand-ins.ts`).
 * Source: ISO/IEC 15434, section 5.
 */
export function decodeEnvelope(
  bytes: Uint8Array,
  strictness: Gs1Strictness = 'strict',
): Envelope | EnvelopeRejected {
  if (HEADER.some((byte, i) => bytes[i] !== byte)) return rejected('not-an-envelope', 0);
  if (bytes[HEADER.length] === RS) return envelopeIn(bytes, strictness);
  const restored = restoreControls(bytes, HEADER.length);
  if (restored === undefined) return rejected('no-record-separator', HEADER.length);
  const envelope = envelopeIn(restored.bytes, strictness);
  return envelope.kind === 'rejected'
    ? { ...envelope, at: restored.placeOf(envelope.at) }
    : envelope;
}

function envelopeIn(bytes: Uint8Array, strictness: Gs1Strictness): Envelope | EnvelopeRejected {
  const formats: EnvelopeFormat[] = [];
  let at = HEADER.length + 1;
  while (at < bytes.length && bytes[at] !== EOT) {
    const part = formatAt(bytes, at, strictness);
    if ('kind' in part) return part;
    formats.push(part.format);
    at = bytes[part.end] === RS ? part.end + 1 : part.end;
  }
  if (formats.length === 0) return rejected('unknown-format', at);
  if (at + 1 < bytes.length) return rejected('after-end', at + 1);
  const gtin = gtinIn(elementsIn(formats));
  return { kind: 'iso15434', formats, ...(gtin !== undefined && { gtin }) };
}

/** What the formats 05 of an envelope say. */
export function elementsIn(formats: readonly EnvelopeFormat[]): readonly Gs1Element[] {
  return formats.flatMap((part) => (part.format === '05' ? part.elements : []));
}

interface Part {
  readonly format: EnvelopeFormat;
  /** Of the RS or EOT after it, or the end of all. */
  readonly end: number;
}

function formatAt(
  bytes: Uint8Array,
  at: number,
  strictness: Gs1Strictness,
): Part | EnvelopeRejected {
  const indicator = latin1Of(bytes.subarray(at, at + 2));
  const dataAt = at + 2;
  const kept = KEPT_FORMATS.find((format) => format === indicator);
  if (kept !== undefined) {
    if (kept === '12' && bytes[dataAt] !== GS) return rejected('no-group-separator', dataAt);
    const end = endOf(bytes, dataAt);
    return { format: { format: kept, bytes: bytes.slice(dataAt, end) }, end };
  }
  if (indicator !== '05' && indicator !== '06' && indicator !== '09')
    return rejected('unknown-format', at);
  if (bytes[dataAt] !== GS) return rejected('no-group-separator', dataAt);
  if (indicator === '09') return binaryAt(bytes, dataAt + 1);
  const end = endOf(bytes, dataAt);
  const content = bytes.subarray(dataAt + 1, end);
  if (indicator === '05') {
    const message = decodeElementString(latin1Of(content), strictness);
    return message.kind === 'rejected'
      ? { ...message, at: dataAt + 1 + message.at }
      : { format: { format: '05', elements: message.elements }, end };
  }
  const data = identifiedData(content);
  return 'kind' in data
    ? rejected(data.reason, dataAt + 1 + data.at)
    : { format: { format: '06', data }, end };
}

/** `type GS compression GS length GS bytes`: its bytes may be anything, RS and EOT too, so their count ends them. */
function binaryAt(bytes: Uint8Array, at: number): Part | Rejected<EnvelopeRejection> {
  const fields: string[] = [];
  let from = at;
  while (fields.length < 3) {
    const gs = bytes.indexOf(GS, from);
    if (gs < 0) return rejected('no-group-separator', bytes.length);
    fields.push(textOf(bytes.subarray(from, gs)));
    if (fields.length < 3) at = gs + 1;
    from = gs + 1;
  }
  const [fileType = '', compression = '', length = ''] = fields;
  const end = from + Number(length);
  if (!/^\d{1,9}$/.test(length) || end > bytes.length) return rejected('wrong-length', at);
  if (end < bytes.length && bytes[end] !== RS && bytes[end] !== EOT)
    return rejected('wrong-length', at);
  return {
    format: { format: '09', fileType, compression, bytes: bytes.slice(from, end) },
    end,
  };
}

function endOf(bytes: Uint8Array, from: number): number {
  const end = bytes.subarray(from).findIndex((byte) => byte === RS || byte === EOT);
  return end < 0 ? bytes.length : from + end;
}
