import type { Locator } from 'playwright';

/** Data codewords and blocks of versions 1 to 6 at levels M, L, H, Q, the order of the format bits (ISO/IEC 18004, table 9). */
const CAPACITY: readonly (readonly (readonly [number, number])[])[] = [
  [[16, 1], [19, 1], [9, 1], [13, 1]],
  [[28, 1], [34, 1], [16, 1], [22, 1]],
  [[44, 1], [55, 1], [26, 2], [34, 2]],
  [[64, 2], [80, 1], [36, 4], [48, 2]],
  [[86, 2], [108, 1], [46, 4], [62, 4]],
  [[108, 4], [136, 2], [60, 4], [76, 4]],
]; // prettier-ignore
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const MASKS: readonly ((x: number, y: number) => number)[] = [
  (x, y) => (x + y) % 2,
  (_x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** What a scanner reads from a QR code of ours on a page: versions 1 to 6, drawn without a fault. */
export async function readQr(qr: Locator): Promise<string> {
  const drawn = await qr.evaluate((svg) => ({
    size: Number(svg.getAttribute('viewBox')?.split(' ')[2]),
    path: svg.querySelector('path')?.getAttribute('d') ?? '',
  }));
  return textOfModules(modulesOf(drawn.path, drawn.size));
}

/** Rows of dark modules, without the quiet zone of 4. */
function modulesOf(path: string, size: number): boolean[][] {
  const rows = Array.from({ length: size - 8 }, () => new Array<boolean>(size - 8).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    rows[Number(y) - 4]!.fill(true, Number(x) - 4, Number(x) - 4 + Number(width));
  }
  return rows;
}

/** What rows of dark modules say, without their quiet zone; `]Q3` before it where FNC1 stands first. */
export function textOfModules(modules: readonly (readonly boolean[])[]): string {
  const size = modules.length;
  const version = (size - 17) / 4;
  const dark = (x: number, y: number) => (modules[y]?.[x] === true ? 1 : 0);
  let format = 0;
  for (let i = 0; i <= 5; i++) format |= dark(8, i) << i;
  format |= (dark(8, 7) << 6) | (dark(8, 8) << 7) | (dark(7, 8) << 8);
  for (let i = 9; i < 15; i++) format |= dark(14 - i, 8) << i;
  format ^= 0x5412;
  const mask = MASKS[(format >> 10) & 7]!;
  const [count, blocks] = CAPACITY[version - 1]![format >> 13]!;

  const isFunction = (x: number, y: number) =>
    (x < 9 && y < 9) ||
    (x >= size - 8 && y < 9) ||
    (x < 9 && y >= size - 8) ||
    x === 6 ||
    y === 6 ||
    (version > 1 && Math.abs(x - (size - 7)) <= 2 && Math.abs(y - (size - 7)) <= 2);
  const bits: number[] = [];
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (!isFunction(x, y)) bits.push(dark(x, y) ^ (mask(x, y) === 0 ? 1 : 0));
      }
    }
  }
  const codewords = Array.from({ length: count }, (_, i) => numberIn(bits, i * 8, 8));
  return textOf(inOrder(codewords, blocks).flatMap((byte) => bitsOf(byte)));
}

/** Codewords of several blocks come one of each in turn; longer blocks are the last ones. */
function inOrder(codewords: readonly number[], blocks: number): number[] {
  const short = Math.floor(codewords.length / blocks);
  const longOnes = codewords.length % blocks;
  const sorted: number[][] = Array.from({ length: blocks }, () => []);
  codewords.forEach((codeword, i) => {
    const block = i < short * blocks ? i % blocks : blocks - longOnes + (i - short * blocks);
    sorted[block]!.push(codeword);
  });
  return sorted.flat();
}

function textOf(bits: readonly number[]): string {
  let at = 0;
  const take = (count: number) => numberIn(bits, (at += count) - count, count);
  let text = '';
  while (at + 4 <= bits.length) {
    const mode = take(4);
    if (mode === 0) break;
    if (mode === 5) {
      text += ']Q3';
    } else if (mode === 1) {
      for (let left = take(10); left > 0; left -= 3) {
        const digits = Math.min(left, 3);
        text += String(take(digits * 3 + 1)).padStart(digits, '0');
      }
    } else if (mode === 2) {
      const length = take(9);
      for (let left = length; left >= 2; left -= 2) {
        const pair = take(11);
        text += ALPHANUMERIC.charAt(Math.floor(pair / 45)) + ALPHANUMERIC.charAt(pair % 45);
      }
      if (length % 2 === 1) text += ALPHANUMERIC.charAt(take(6));
    } else if (mode === 4) {
      const length = take(8);
      for (let i = 0; i < length; i++) text += String.fromCharCode(take(8));
    } else {
      throw new Error(`a QR segment of mode ${String(mode)}`);
    }
  }
  return text;
}

const numberIn = (bits: readonly number[], from: number, count: number) =>
  bits.slice(from, from + count).reduce((sum, bit) => sum * 2 + bit, 0);
const bitsOf = (byte: number) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => (byte >> shift) & 1);
