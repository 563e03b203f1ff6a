import type { Gtin } from '../../kernel/domain/ids.ts';
import { MOST_LINES, MOST_PIECES } from '../../kernel/domain/basket.ts';
import type { StoreDay } from '../../kernel/domain/price-history.ts';
import { gtinOf } from '../../kernel/scans/gtin.ts';

/** What is wrong with a file of a till: `line` as an editor counts them, 0 for the file as a whole. */
export interface Complaint {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
}
/** One purchase: all lines with its id and day. */
export interface Receipt {
  readonly receipt: string;
  /** As printed, by the shop's clocks. */
  readonly time: LocalTime;
  readonly codes: readonly string[];
  readonly lines: readonly {
    /** In the file. */
    readonly line: number;
    readonly gtin: Gtin;
    readonly quantity: number;
    readonly unitPriceMinor: number;
  }[];
}
export interface LocalTime {
  /** YYYY-MM-DD. */
  readonly date: StoreDay;
  readonly minuteOfDay: number;
}
export interface PriceLine {
  readonly line: number;
  readonly gtin: Gtin;
  readonly minor: number;
  readonly from: StoreDay | undefined;
}
export type TillFile =
  | { readonly kind: 'purchases'; readonly receipts: readonly Receipt[] }
  | { readonly kind: 'prices'; readonly prices: readonly PriceLine[] }
  | { readonly kind: 'refused'; readonly complaints: readonly Complaint[] };

const PURCHASE_FIELDS = ['receipt', 'time', 'codes', 'gtin', 'quantity', 'price'] as const;
const PRICE_FIELDS = ['gtin', 'price'] as const;
const MOST_CODES = 20;
/** So many are named; the rest is most likely the same mistake. */
const MOST_COMPLAINTS = 1_000;

/**
 * What a file of an old till says (docs/till-csv.md); total: any text gives a value. Which kind it is stands in its first
 * line. One wrong line and the whole file is refused, so that it can be mended and dropped again.
 * @param decimals - of the currency
 */
export function readTillCsv(text: string, decimals: number): TillFile {
  const rows = rowsOf(text.replace(/^\uFEFF/, ''));
  if (rows.kind === 'refused') return rows;
  const [head, ...body] = rows.rows;
  if (head === undefined) return refused(0, 'file', 'is empty');
  const names = head.cells.map((cell) => cell.trim().toLowerCase());
  const missing = (fields: readonly string[]) => fields.filter((field) => !names.includes(field));
  const doubled = names.find((name, place) => names.indexOf(name) !== place);
  if (doubled !== undefined) return refused(head.line, doubled, 'stands there twice');
  const fields = names.includes('receipt') ? PURCHASE_FIELDS : PRICE_FIELDS;
  const [lacking] = missing(fields);
  if (lacking !== undefined)
    return refused(head.line, lacking, `no such column: the first line names ${names.join(', ')}`);
  const complaints: Complaint[] = [];
  const cellsOf = ({ line, cells }: Row): CellsOfRow => {
    if (cells.length !== names.length)
      complaints.push({
        ...{ line, field: 'line' },
        reason: `has ${String(cells.length)} fields, the first line has ${String(names.length)}`,
      });
    return {
      line,
      cell: (name) => (cells[names.indexOf(name)] ?? '').trim(),
      wrong: (field, reason) => void complaints.push({ line, field, reason }),
    };
  };
  const found =
    fields === PURCHASE_FIELDS
      ? ({ kind: 'purchases', receipts: receiptsOf(body.map(cellsOf), decimals) } as const)
      : ({ kind: 'prices', prices: pricesOf(body.map(cellsOf), decimals) } as const);
  return complaints.length === 0
    ? found
    : {
        kind: 'refused',
        complaints: complaints.sort((a, b) => a.line - b.line).slice(0, MOST_COMPLAINTS),
      };
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}
interface CellsOfRow {
  readonly line: number;
  readonly cell: (name: string) => string;
  readonly wrong: (field: string, reason: string) => void;
}

function receiptsOf(rows: readonly CellsOfRow[], decimals: number): readonly Receipt[] {
  const receipts = new Map<
    string,
    Receipt & { codes: string[]; lines: Receipt['lines'][number][] }
  >();
  for (const { line, cell, wrong } of rows) {
    const receipt = cell('receipt');
    if (!/^[\x21-\x7E]{1,64}$/.test(receipt))
      wrong('receipt', 'is not 1 to 64 letters, digits or signs without blanks');
    const time = timeOf(cell('time'));
    if (time === undefined) wrong('time', 'is not a time like 2026-04-30 18:05');
    const gtin = gtinIn(cell('gtin'), wrong);
    const quantity = /^\d{1,4}$/.test(cell('quantity')) ? Number(cell('quantity')) : 0;
    if (quantity < 1 || quantity > MOST_PIECES)
      wrong('quantity', `is not a whole number from 1 to ${String(MOST_PIECES)}`);
    const unitPriceMinor = priceIn(cell('price'), decimals, wrong);
    const codes = cell('codes').split(/\s+/).filter(Boolean);
    if (time === undefined || gtin === undefined || unitPriceMinor === undefined) continue;
    const key = `${time.date} ${receipt}`;
    const known = receipts.get(key) ?? { receipt, time, codes: [], lines: [] };
    receipts.set(key, known);
    if (known.time.minuteOfDay !== time.minuteOfDay)
      wrong('time', `is another one than before on receipt ${receipt}`);
    known.codes.push(...codes.filter((code) => !known.codes.includes(code)));
    known.lines.push({ line, gtin, quantity, unitPriceMinor });
    if (known.codes.length > MOST_CODES)
      wrong('codes', `are more than ${String(MOST_CODES)} on receipt ${receipt}`);
    if (known.lines.length === MOST_LINES + 1)
      wrong('receipt', `has more than ${String(MOST_LINES)} lines`);
  }
  return [...receipts.values()];
}

function pricesOf(rows: readonly CellsOfRow[], decimals: number): readonly PriceLine[] {
  return rows.flatMap(({ line, cell, wrong }) => {
    const gtin = gtinIn(cell('gtin'), wrong);
    const minor = priceIn(cell('price'), decimals, wrong);
    const from = cell('from') || undefined;
    if (from !== undefined && timeOf(`${from} 00:00`) === undefined)
      wrong('from', 'is not a day like 2026-04-30');
    return gtin === undefined || minor === undefined ? [] : [{ line, gtin, minor, from }];
  });
}

function gtinIn(text: string, wrong: CellsOfRow['wrong']): Gtin | undefined {
  const gtin = gtinOf(text);
  if (gtin === undefined)
    wrong('gtin', 'is not an EAN of 8, 12, 13 or 14 digits with its check digit');
  return gtin;
}

/** Never through a fraction: `3.20` is 320 cents by its digits. */
function priceIn(text: string, decimals: number, wrong: CellsOfRow['wrong']): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,6})(?:[.,](\d{1,4}))?$/.exec(text) ?? [];
  if (whole !== undefined && fraction.length <= decimals)
    return Number(whole + fraction.padEnd(decimals, '0'));
  wrong('price', `is not a price like ${decimals === 0 ? '320' : (3.2).toFixed(decimals)}`);
  return undefined;
}

function timeOf(text: string): LocalTime | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::\d{2})?$/.exec(text);
  if (found === null) return undefined;
  const [, date = '', hour, minute] = found;
  const at = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
  if (!isDay || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return { date, minuteOfDay: Number(hour) * 60 + Number(minute) };
}

/** As RFC 4180, by comma, semicolon or tab, whichever the first line has; empty lines count for nothing. */
function rowsOf(
  text: string,
):
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | Extract<TillFile, { kind: 'refused' }> {
  const [first = ''] = text.split(/\r?\n/, 1);
  const separator = [';', '\t'].find((each) => first.includes(each)) ?? ',';
  const rows: Row[] = [];
  let [line, begun, cell, isQuoted] = [1, 1, '', false];
  let cells: string[] = [];
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== '') rows.push({ line: begun, cells });
    [cells, cell, begun] = [[], '', line];
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\n') line += 1;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') endRow();
    else if (sign !== '\r') cell += sign;
  }
  if (isQuoted) return refused(begun, 'line', 'has a quotation mark that is not closed');
  endRow();
  return { kind: 'rows', rows };
}

function refused(
  line: number,
  field: string,
  reason: string,
): Extract<TillFile, { kind: 'refused' }> {
  return { kind: 'refused', complaints: [{ line, field, reason }] };
}
