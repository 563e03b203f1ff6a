import { readCode128, readEan } from './bar-text.ts';
import { readDataMatrix } from './data-matrix-text.ts';
import { textOfModules } from './qr-text.ts';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The black rectangles of a printed code. */
function darkOf(svg: string): readonly Rectangle[] {
  const path = /fill="#000"[^>]* d="([^"]+)"/.exec(svg)?.[1] ?? '';
  return Array.from(path.matchAll(/M(\d+) (\d+)h(\d+)v(\d+)h-\d+z/g), (found) => {
    const [x = 0, y = 0, width = 0, height = 0] = found.slice(1).map(Number);
    return { x, y, width, height };
  });
}

/** The light around the symbol, in units of the picture; below, up to the text. */
export function quietZoneOf(svg: string) {
  const dark = darkOf(svg);
  const [, , width = 0] = (/viewBox="([^"]+)"/.exec(svg)?.[1] ?? '').split(' ').map(Number);
  return {
    left: Math.min(...dark.map(({ x }) => x)),
    right: width - Math.max(...dark.map(({ x, width: across }) => x + across)),
    top: Math.min(...dark.map(({ y }) => y)),
  };
}

/** What a scanner reads from the geometry of a printed code. */
export function readPrinted(svg: string): string {
  const dark = darkOf(svg);
  if (dark.every(({ y }) => y === dark[0]?.y)) return readBars(dark);
  const left = Math.min(...dark.map(({ x }) => x));
  const top = Math.min(...dark.map(({ y }) => y));
  const side = Math.max(...dark.map(({ y }) => y)) - top + 1;
  const rows = Array.from({ length: side }, () => new Array<boolean>(side).fill(false));
  for (const { x, y, width } of dark) rows[y - top]?.fill(true, x - left, x - left + width);
  // The bottom row of a Data Matrix is dark from end to end; a QR's never is.
  return rows.at(-1)?.every(Boolean) === true ? readDataMatrix(rows) : textOfModules(rows);
}

function readBars(bars: readonly Rectangle[]): string {
  const widths = bars.flatMap(({ x, width }, i) => {
    const next = bars[i + 1];
    return next === undefined ? [width] : [width, next.x - x - width];
  });
  return widths.length === 59 || widths.length === 43 ? readEan(widths) : readCode128(widths);
}
