import { SogliaError } from '../kernel/errors.ts';
import { hasGs1CheckDigit } from '../kernel/scans/check-digit.ts';
import { buildDigitalLink, parseDigitalLink } from '../kernel/scans/gs1/digital-link.ts';
import { decodeBracketed } from '../kernel/scans/gs1/element-string.ts';
import { decodeOwnCode } from '../kernel/scans/own-code.ts';
import type { SymbolName } from './code-symbol.ts';

export const CODE_KINDS = ['card', 'coupon', 'gsrn', 'gcn', 'link', 'ean'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];
export const CODE_SHAPES = ['code128', 'qr', 'datamatrix', 'ean'] as const;
export type CodeShape = (typeof CODE_SHAPES)[number];

/** What to print: the symbol, what goes into it, and the line below it that a person types. */
export interface PrintedCode {
  readonly kind: CodeKind;
  readonly shape: CodeShape;
  readonly symbol: SymbolName;
  /** As bwip-js takes it: identifiers in parentheses for GS1. */
  readonly content: string;
  /** The same for people, in groups. */
  readonly lines: readonly string[];
}

/** GS1's own resolver, which is what a canonical link has. */
const CANONICAL_STEM = 'https://id.gs1.org';
const PLAIN = { code128: 'code128', qr: 'qrcode', datamatrix: 'datamatrix' } as const;
const GS1 = { code128: 'gs1-128', qr: 'gs1qrcode', datamatrix: 'gs1datamatrix' } as const;
const SHAPES_OF: Readonly<Record<CodeKind, readonly CodeShape[]>> = {
  card: ['code128', 'qr', 'datamatrix'],
  coupon: ['code128', 'qr', 'datamatrix'],
  gsrn: ['code128', 'qr', 'datamatrix'],
  gcn: ['datamatrix', 'code128', 'qr'],
  link: ['qr', 'datamatrix'],
  ean: ['ean'],
};

/**
 * Reads what somebody wants printed; blanks in it do not count.
 * @param shape - without one, the first that the kind is printed as
 * @param stem - what a link begins with that is made of identifiers
 * @throws {SogliaError} 'request/invalid' with what is wrong in the text
 */
export function printedCode(
  kind: CodeKind,
  text: string,
  shape?: CodeShape,
  stem = CANONICAL_STEM,
): PrintedCode {
  const shapes = SHAPES_OF[kind];
  const chosen = shape ?? shapes[0];
  if (chosen === undefined || !shapes.includes(chosen))
    throw invalid(`as: ${kind} is printed as ${shapes.join(', ')}, not as ${String(chosen)}`);
  const bare = text.replace(/\s+/g, '');
  if (bare === '') throw invalid('text: nothing in it');
  if (kind === 'ean') return { kind, shape: chosen, ...eanOf(bare) };
  if (chosen === 'ean') throw invalid(`as: ${kind} is no EAN`);
  if (kind === 'gsrn' || kind === 'gcn') {
    const { content, lines } = kind === 'gsrn' ? gsrnOf(bare) : gcnOf(bare);
    return { kind, shape: chosen, symbol: GS1[chosen], content, lines };
  }
  const { content, lines } =
    kind === 'card' ? cardOf(bare) : kind === 'coupon' ? couponOf(bare) : linkOf(bare, stem);
  return { kind, shape: chosen, symbol: PLAIN[chosen], content, lines };
}

type Printed = Pick<PrintedCode, 'content' | 'lines'>;

/** A card of ours; or one of another make, which only has to go into the symbol. */
function cardOf(text: string): Printed {
  if (/^SGC/i.test(text)) return ownOf(text, 'own-card', 'SGC, 12 symbols and a check character');
  const stranger = text.search(/[^!-~]/);
  if (stranger >= 0) throw invalid(`text: character ${String(stranger + 1)} is not ASCII`);
  if (text.length > 48) throw invalid('text: a card number has at most 48 characters');
  return { content: text, lines: [/^\d+$/.test(text) ? inFours(text) : text] };
}

function couponOf(text: string): Printed {
  return ownOf(text, 'own-coupon', 'SGK, 16 symbols and a check character');
}

function ownOf(text: string, kind: 'own-card' | 'own-coupon', form: string): Printed {
  const code = decodeOwnCode(text);
  if (code.kind === 'rejected') {
    const place = `character ${String(code.at + 1)}`;
    switch (code.reason) {
      case 'not-ours':
        throw invalid(`text: not ${form}`);
      case 'bad-character':
        throw invalid(`text: ${place}, '${text.charAt(code.at)}', is not of base 32`);
      case 'wrong-check-digit':
        throw invalid(`text: the check character, ${place}, does not fit the rest`);
    }
  }
  if (code.kind !== kind) throw invalid(`text: not ${form}`);
  const content = code.kind === 'own-card' ? code.number : code.code;
  const [prefix, symbols, check] = [content.slice(0, 3), content.slice(3, -1), content.slice(-1)];
  return { content, lines: [`${prefix} ${inFours(symbols)} ${check}`] };
}

/** A loyalty card as GS1's service relation number of the recipient, identifier 8018. */
function gsrnOf(text: string): Printed {
  const digits = withoutIdentifier(text, '8018');
  requireDigits(digits, 'a GSRN', 18, 18);
  requireCheck(digits, 18);
  return { content: `(8018)${digits}`, lines: [`(8018) ${inFours(digits)}`] };
}

/** A coupon as GS1's global coupon number, identifier 255: 13 digits, and up to 12 of a serial number. */
function gcnOf(text: string): Printed {
  const digits = withoutIdentifier(text, '255');
  requireDigits(digits, 'a GCN', 13, 25);
  requireCheck(digits, 13);
  const [number, serial] = [digits.slice(0, 13), digits.slice(13)];
  const groups = [inFours(number.slice(0, 12)), number.slice(12), inFours(serial)];
  return { content: `(255)${digits}`, lines: [`(255) ${groups.join(' ').trimEnd()}`] };
}

/** A Digital Link as it is written, or made of identifiers in brackets, `(01)…(10)…`. */
function linkOf(text: string, stem: string): Printed {
  const content = text.startsWith('(') ? linkFrom(text, stem) : text;
  const link = parseDigitalLink(content);
  if (link.kind === 'rejected') throw invalid(`text: ${wordsOf(link)}`);
  const lines = link.elements.map(({ ai, value }) => {
    return `(${ai}) ${/^\d{7,}$/.test(value) ? inFours(value) : value}`;
  });
  return { content, lines };
}

function linkFrom(text: string, stem: string): string {
  const message = decodeBracketed(text);
  if (message.kind === 'rejected') throw invalid(`text: ${wordsOf(message)}`);
  const link = buildDigitalLink(message.elements, stem);
  if (typeof link === 'string') return link;
  const { reason, ai } = link;
  throw invalid(`text: no link can say this: ${wordsOf({ reason, ai })}`);
}

/** `identifier (01): wrong check digit, at character 17`. */
function wordsOf({ ai, reason, at }: { ai: string; reason: string; at?: number }): string {
  const who = ai === '' ? '' : `identifier (${ai}): `;
  const where = at === undefined ? '' : `, at character ${String(at + 1)}`;
  return who + reason.replaceAll('-', ' ') + where;
}

function eanOf(text: string): Printed & { readonly symbol: SymbolName } {
  requireDigits(text, 'an EAN', 8, 13);
  if (![8, 12, 13].includes(text.length))
    throw invalid(`text: an EAN has 8, 12 or 13 digits, not ${String(text.length)}`);
  requireCheck(text, text.length);
  if (text.length === 8) return { symbol: 'ean8', content: text, lines: [inFours(text)] };
  const full = text.padStart(13, '0'); // a UPC-A is an EAN-13 that begins with 0
  const lines = [`${full.slice(0, 1)} ${full.slice(1, 7)} ${full.slice(7)}`];
  return { symbol: 'ean13', content: full, lines };
}

/** The value after `(ai)`, where one stands there. */
function withoutIdentifier(text: string, ai: string): string {
  const written = /^\((\d*)\)/.exec(text);
  if (written === null) return text;
  if (written[1] !== ai)
    throw invalid(`text: the identifier ${written[0]} is not (${ai}), which belongs here`);
  return text.slice(written[0].length);
}

function requireDigits(text: string, what: string, least: number, most: number): void {
  const stranger = text.search(/\D/);
  if (stranger >= 0)
    throw invalid(
      `text: character ${String(stranger + 1)}, '${text.charAt(stranger)}', is no digit`,
    );
  if (text.length >= least && text.length <= most) return;
  const wanted = least === most ? String(least) : `${String(least)} to ${String(most)}`;
  throw invalid(`text: ${what} has ${wanted} digits, not ${String(text.length)}`);
}

function requireCheck(digits: string, length: number): void {
  if (hasGs1CheckDigit(digits.slice(0, length))) return;
  throw invalid(`text: the check digit, digit ${String(length)}, does not fit the rest`);
}

function inFours(text: string): string {
  return text.replace(/.{4}(?=.)/g, '$& ');
}

function invalid(message: string): SogliaError {
  return new SogliaError('request/invalid', message);
}
