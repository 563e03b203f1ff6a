import { type CodeSymbol, type SymbolName, codeSymbol } from './code-symbol.ts';
import type { CodeShape, PrintedCode } from './printed-code.ts';

/** How large a symbol is printed, in mm; quiet zones in units of the narrowest element. */
interface Print {
  /** Width of the narrowest element, which the standards call X. */
  readonly xMm: number;
  readonly quiet: { readonly left: number; readonly right: number; readonly vertical: number };
  readonly barHeightMm: number;
}

/**
 * X and heights lie within GS1 General Specifications, section 5.12 (general retail, and service relations), so that a
 * till's scanner reads them; quiet zones are the least that each symbology asks for, or more.
 */
const PRINTS: Readonly<Record<CodeShape, Print>> = {
  code128: {
    xMm: 0.33,
    quiet: { left: 10, right: 10, vertical: 3 },
    barHeightMm: 15,
  },
  ean: {
    xMm: 0.33,
    quiet: { left: 11, right: 7, vertical: 3 },
    barHeightMm: 22.85,
  },
  qr: { xMm: 0.5, quiet: { left: 4, right: 4, vertical: 4 }, barHeightMm: 0 },
  datamatrix: {
    xMm: 0.5,
    quiet: { left: 2, right: 2, vertical: 2 },
    barHeightMm: 0,
  },
};
const NAMES: Readonly<Record<SymbolName, string>> = {
  code128: 'Code 128',
  'gs1-128': 'GS1-128',
  ean8: 'EAN-8',
  ean13: 'EAN-13',
  qrcode: 'QR Code',
  gs1qrcode: 'GS1 QR Code',
  datamatrix: 'Data Matrix',
  gs1datamatrix: 'GS1 DataMatrix',
};
const TEXT_MM = 3;
const LINE_MM = 4;
/** Of a character's height: the width that every one gets, whatever font there is. */
const ADVANCE = 0.6;

export interface SvgWords {
  /** What the picture is, for people who do not see it. The code itself is added. */
  readonly title: string;
}

/**
 * The code as a picture to print at 100 %: black on white, sized in mm, with the line that a person can type below it.
 * Carries no script and no reference to anything outside.
 * @throws {SogliaError} 'request/invalid' where the text does not go into the symbol
 */
export function codeSvg(code: PrintedCode, { title }: SvgWords): string {
  const symbol = codeSymbol(code.symbol, code.content);
  const print = PRINTS[code.shape];
  const { xMm, quiet } = print;
  // One unit of the picture is one X: every edge of the symbol lies on a whole number.
  const size = sizeOf(symbol, Math.ceil(print.barHeightMm / xMm));
  const longest = Math.max(...code.lines.map((line) => line.length));
  const textWidth = Math.ceil((longest * TEXT_MM * ADVANCE) / xMm) + 4;
  const symbolWidth = quiet.left + size.width + quiet.right;
  const width = Math.max(symbolWidth, textWidth);
  const lineHeight = Math.ceil(LINE_MM / xMm);
  const textTop = size.height + 2 * quiet.vertical;
  const height = textTop + code.lines.length * lineHeight + 2;
  const left = Math.floor((width - symbolWidth) / 2) + quiet.left;
  const lines = code.lines.map((line, i) =>
    textLine(line, width / 2, textTop + (i + 0.75) * lineHeight, TEXT_MM / xMm),
  );
  const quietMm = `${mm(quiet.left * xMm)} mm left, ${mm(quiet.right * xMm)} mm right`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${mm(width * xMm)}mm" height="${mm(height * xMm)}mm" viewBox="0 0 ${String(width)} ${String(height)}">`,
    `<title>${escaped(`${title}: ${code.lines.join(', ')}`)}</title>`,
    `<desc>${NAMES[code.symbol]}, X ${mm(xMm)} mm, quiet zone ${quietMm}</desc>`,
    `<path fill="#fff" d="M0 0h${String(width)}v${String(height)}h-${String(width)}z"/>`,
    `<path fill="#000" shape-rendering="crispEdges" d="${pathOf(symbol, left, quiet.vertical, size.height)}"/>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

function sizeOf(symbol: CodeSymbol, barHeight: number) {
  if (symbol.kind === 'modules')
    return { width: symbol.rows[0]?.length ?? 0, height: symbol.rows.length };
  return { width: symbol.widths.reduce((sum, width) => sum + width, 0), height: barHeight };
}

/** Rectangles from left to right, row by row. */
function pathOf(symbol: CodeSymbol, left: number, top: number, height: number): string {
  if (symbol.kind === 'modules')
    return symbol.rows.map((row, y) => rowPath(row, left, top + y)).join('');
  let x = left;
  return symbol.widths
    .map((width, i) => {
      x += width;
      return i % 2 === 0 ? rectangle(x - width, top, width, height) : '';
    })
    .join('');
}

function rowPath(row: readonly boolean[], left: number, y: number): string {
  let path = '';
  for (let from = row.indexOf(true); from >= 0;) {
    const light = row.indexOf(false, from);
    const to = light < 0 ? row.length : light;
    path += rectangle(left + from, y, to - from, 1);
    from = row.indexOf(true, to);
  }
  return path;
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `M${String(x)} ${String(y)}h${String(width)}v${String(height)}h-${String(width)}z`;
}

function textLine(text: string, x: number, y: number, size: number): string {
  const length = mm(text.length * size * ADVANCE);
  return `<text x="${mm(x)}" y="${mm(y)}" font-size="${mm(size)}" textLength="${length}" lengthAdjust="spacingAndGlyphs" text-anchor="middle" font-family="'OCR-B', 'Liberation Mono', monospace" fill="#000">${escaped(text)}</text>`;
}

/** At most three decimals. */
function mm(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
