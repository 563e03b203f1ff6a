import { rejected, type Rejected } from '../../rejected.ts';
import { type AimIdentifier, aimIdentifier } from '../aim.ts';
import { type RetailRejection, eanScan } from '../retail-scan.ts';
import { type PlacedElement, messageOf, placedElements } from './element-string.ts';
import type { Gs1Strictness } from './element-string.ts';
import { type Gs1Scan, isGs1Carrier, scanOfMessage } from './gs1-scan.ts';
import { type Gs1Rejected, gs1Rejected } from './gs1-rejected.ts';

type CompositeRejection = Gs1Rejected | Rejected<RetailRejection | 'unknown-symbology'>;

/**
 * A linear symbol and the two-dimensional one above it, told apart by `|` before the second's AIM identifier:
 * `]E02112345678900|]e099…`. The GTIN of an EAN or UPC counts as (01). Undefined where there is no second part.
 * Source: GS1 Barcode Syntax Engine, scan data; ISO/IEC 24723.
 * @param text - the data behind the first AIM identifier, a character a byte
 */
export function compositeScanIn(
  text: string,
  aim: AimIdentifier,
  strictness: Gs1Strictness,
): Gs1Scan | CompositeRejection | undefined {
  const bar = text.indexOf('|]');
  if (bar < 0 || !(isRetail(aim) || isGs1Carrier(aim))) return undefined;
  const secondAt = bar + 1;
  const second = aimIdentifier(Uint8Array.from(text.slice(secondAt), (c) => c.charCodeAt(0)));
  if ('kind' in second || !isGs1Carrier(second))
    return rejected('unknown-symbology', aim.dataAt + secondAt + 1);
  const linear = isRetail(aim)
    ? gtinElement(text.slice(0, bar), aim)
    : placed(text.slice(0, bar), aim.dataAt, strictness);
  if ('kind' in linear) return linear;
  const above = placed(text.slice(secondAt + 3), aim.dataAt + secondAt + 3, strictness);
  if ('kind' in above) return above;
  return scanOfMessage(messageOf([...linear, ...above], strictness), aim.symbology, 0);
}

function isRetail({ symbology }: AimIdentifier): boolean {
  return symbology === 'ean-13' || symbology === 'ean-8';
}

function gtinElement(
  text: string,
  aim: AimIdentifier,
): readonly PlacedElement[] | Rejected<RetailRejection> {
  const scan = eanScan(text, aim);
  return scan.kind === 'rejected' ? scan : [{ ai: '01', value: scan.gtin, at: aim.dataAt }];
}

function placed(
  text: string,
  offset: number,
  strictness: Gs1Strictness,
): readonly PlacedElement[] | Gs1Rejected {
  const elements = placedElements(text, strictness);
  return 'kind' in elements
    ? gs1Rejected(elements.reason, offset + elements.at, elements.ai)
    : elements.map((element) => ({ ...element, at: offset + element.at }));
}
