import { type Rejected, rejected } from '../rejected.ts';
import { textOf } from './text.ts';

/** One field of a label, named by what ASC MH10.8.2 calls its data identifier: `1P` is the supplier's item, `S` a serial. */
export interface IdentifiedDatum {
  /** Up to three digits and a capital letter. */
  readonly di: string;
  /** May be empty: labels print fields that they have nothing for. */
  readonly value: string;
}

const GS = 0x1d;

/**
 * Fields between GS, each with its data identifier. Empty ones, such as a GS too many leaves, are passed over.
 * Source: ANS MH10.8.2, section 5: one letter, after no more than three digits.
 */
export function identifiedData(
  bytes: Uint8Array,
): readonly IdentifiedDatum[] | Rejected<'no-data-identifier'> {
  const data: IdentifiedDatum[] = [];
  for (let from = 0; from <= bytes.length;) {
    const gs = bytes.indexOf(GS, from);
    const to = gs < 0 ? bytes.length : gs;
    if (to > from) {
      const text = textOf(bytes.subarray(from, to));
      const di = /^\d{0,3}[A-Z]/.exec(text)?.[0];
      if (di === undefined) return rejected('no-data-identifier', from);
      data.push({ di, value: text.slice(di.length) });
    }
    from = to + 1;
  }
  return data;
}
