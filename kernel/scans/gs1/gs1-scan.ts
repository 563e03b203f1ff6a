import type { Gtin } from '../../domain/ids.ts';
import type { AimIdentifier, Symbology } from '../aim.ts';
import { gtinOf } from '../gtin.ts';
import { applicationIdentifier } from './application-identifiers.ts';
import { parseDigitalLink } from './digital-link.ts';
import {
  GS,
  type Gs1Message,
  type Gs1Strictness,
  decodeBracketed,
  decodeElementString,
} from './element-string.ts';
import type { Gs1Element } from './element-value.ts';
import { type Gs1Rejected, gs1Rejected } from './gs1-rejected.ts';

/** A message of application identifiers, whatever carried it. */
export interface Gs1Scan {
  readonly kind: 'gs1';
  readonly symbology: Symbology;
  readonly elements: readonly Gs1Element[];
  /** The trade item that it names: (01), else (02) inside a logistic unit, else that of a piece (8006) or (8026). */
  readonly gtin?: Gtin;
  /** The GS1 Digital Link that said it, as scanned. */
  readonly link?: string;
}

/** Symbologies that carry nothing else. */
const GS1_CARRIERS: ReadonlySet<Symbology> = new Set<Symbology>([
  'gs1-128',
  'gs1-databar',
  'gs1-data-matrix',
  'gs1-qr',
  'gs1-dotcode',
]);

/**
 * GS1 by its AIM identifier, by a GS in front, as it is printed, with a known identifier in brackets in front, or as a
 * valid Digital Link. Undefined for anything else, and so for any other address of the web. Positions count from the start of the frame.
 * @param text - the data behind the AIM identifier, a character a byte
 */
export function gs1ScanIn(
  text: string,
  aim: AimIdentifier,
  strictness: Gs1Strictness,
): Gs1Scan | Gs1Rejected | undefined {
  const { symbology, dataAt } = aim;
  if (isGs1Carrier(aim) || text.startsWith(GS))
    return scanOfMessage(decodeElementString(text, strictness), symbology, dataAt);
  const link = parseDigitalLink(text, strictness);
  if (link.kind === 'digital-link') return { ...gs1ScanOf(link.elements, symbology), link: text };
  const bracketed = /^\((\d{2,4})\)/.exec(text)?.[1];
  if (bracketed === undefined || applicationIdentifier(bracketed) === undefined) return undefined;
  return scanOfMessage(decodeBracketed(text, strictness), symbology, dataAt);
}

/** Whether what it read is a GS1 message, or a later part of one. Of the parts of a composite two carry other things. */
export function isGs1Carrier({ symbology, modifier }: AimIdentifier): boolean {
  return GS1_CARRIERS.has(symbology) || (symbology === 'gs1-composite' && modifier === '1');
}

/** What the message says, or why it says nothing, with positions in the frame. */
export function scanOfMessage(
  message: Gs1Message | Gs1Rejected,
  symbology: Symbology,
  dataAt: number,
): Gs1Scan | Gs1Rejected {
  if (message.kind === 'rejected')
    return gs1Rejected(message.reason, dataAt + message.at, message.ai);
  return gs1ScanOf(message.elements, symbology);
}

function gs1ScanOf(elements: readonly Gs1Element[], symbology: Symbology): Gs1Scan {
  const gtin = gtinIn(elements);
  return { kind: 'gs1', symbology, elements, ...(gtin !== undefined && { gtin }) };
}

/** The trade item that elements name: see `Gs1Scan`. */
export function gtinIn(elements: readonly Gs1Element[]): Gtin | undefined {
  for (const ai of ['01', '02', '03', '8006', '8026']) {
    const value = elements.find((element) => element.ai === ai)?.value;
    if (value !== undefined) return gtinOf(value.slice(0, 14));
  }
  return undefined;
}
