import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { SogliaError } from '../kernel/errors.ts';
import { OfferFileSchema, type OfferFile } from '../kernel/protocol/console-api.ts';
import { hasGs1CheckDigit } from '../kernel/scans/check-digit.ts';

const DAY_MS = 86_400_000;
/** A data URL of this many characters is what a product's picture may have. */
const LONGEST_PICTURE = 65_536;
const SHOWN_PROBLEMS = 20;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.webp': 'image/webp',
  '.png': 'image/png',
};

type Row = Record<string, unknown>;

/**
 * Offers and products from JSON or YAML. `validFrom` and `validUntil` may be dates (the last one is included) or instants
 * of ISO 8601 instead of epoch ms; a product's `picture` may be the name of a webp or png file beside it.
 * @throws {SogliaError} 'request/invalid', naming the file and, for each problem, row, field and reason
 */
export function readOfferFile(path: string): OfferFile {
  const tree = treeOf(path);
  const problems: string[] = [];
  for (const [list, i, row] of rowsOf(tree)) {
    for (const problem of list === 'offers' ? readDates(row) : readPicture(row, path))
      problems.push(`${placeOf(tree, [list, i])}, ${problem}`);
  }
  const result = OfferFileSchema.safeParse(tree);
  if (result.success) problems.push(...wrongRows(result.data));
  else if (problems.length === 0)
    problems.push(
      ...result.error.issues.map((issue) => `${placeOf(tree, issue.path)}: ${issue.message}`),
    );
  if (result.success && problems.length === 0) return result.data;
  const more = problems.length - SHOWN_PROBLEMS;
  const lines = problems.slice(0, SHOWN_PROBLEMS);
  if (more > 0) lines.push(`and ${String(more)} more`);
  throw new SogliaError('request/invalid', `${path}:\n  ${lines.join('\n  ')}`);
}

function treeOf(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8')); // JSON is YAML too
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : undefined;
    throw new SogliaError('request/invalid', `${path}: ${reason ?? 'cannot be read'}`, { cause });
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function* rowsOf(tree: unknown): Generator<['offers' | 'products', number, Row]> {
  if (!isRow(tree)) return;
  for (const list of ['offers', 'products'] as const) {
    const rows: unknown = tree[list];
    if (!Array.isArray(rows)) continue;
    for (const [i, row] of rows.entries()) if (isRow(row)) yield [list, i, row];
  }
}

function readDates(row: Row): string[] {
  return (['validFrom', 'validUntil'] as const).flatMap((field) => {
    const value = row[field];
    if (typeof value !== 'string') return [];
    const at = Date.parse(value);
    if (Number.isNaN(at)) return [`${field}: '${value}' is no date such as 2026-12-31`];
    const isWholeDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
    row[field] = field === 'validUntil' && isWholeDay ? at + DAY_MS : at;
    return [];
  });
}

function readPicture(row: Row, path: string): string[] {
  const { picture } = row;
  if (typeof picture !== 'string' || picture.startsWith('data:')) return [];
  const type = MEDIA_TYPES[extname(picture)];
  if (type === undefined) return [`picture: ${picture} is neither webp nor png`];
  let content: string;
  try {
    content = readFileSync(resolve(dirname(path), picture)).toString('base64');
  } catch {
    return [`picture: ${picture} cannot be read`];
  }
  const url = `data:${type};base64,${content}`;
  if (url.length > LONGEST_PICTURE) return [`picture: ${picture} is larger than 48 kB`];
  row['picture'] = url;
  return [];
}

/** `offers, row 3 (caffe-lunedi), text.it.title`: rows count from 1, as people do. */
function placeOf(tree: unknown, path: readonly PropertyKey[]): string {
  const [list, i, ...field] = path;
  if (typeof list !== 'string' || typeof i !== 'number')
    return path.map(String).join('.') || 'the whole file';
  const rows: unknown = isRow(tree) ? tree[list] : undefined;
  const row: unknown = Array.isArray(rows) ? rows[i] : undefined;
  const name = isRow(row) ? (row['offerId'] ?? row['gtin']) : undefined;
  const named = typeof name === 'string' ? ` (${name})` : '';
  const where = field.length === 0 ? '' : `, ${field.map(String).join('.')}`;
  return `${list}, row ${String(i + 1)}${named}${where}`;
}

/** What the schema cannot see: names that come twice, check digits, offers that are over before they begin. */
function wrongRows({ offers, products = [] }: OfferFile): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const once = (place: string, name: string) => {
    if (seen.has(name)) problems.push(`${place}: comes twice in this file`);
    seen.add(name);
  };
  offers.forEach(({ offerId, validFrom, validUntil }, i) => {
    const row = `offers, row ${String(i + 1)} (${offerId})`;
    once(`${row}, offerId`, offerId);
    if (validUntil <= validFrom) problems.push(`${row}, validUntil: not after validFrom`);
  });
  products.forEach(({ gtin }, i) => {
    const field = `products, row ${String(i + 1)} (${gtin}), gtin`;
    once(field, gtin);
    if (!hasGs1CheckDigit(gtin)) problems.push(`${field}: wrong check digit`);
  });
  return problems;
}
