/** A GS1 DataMatrix of digits, as rows of dark (true) modules without a quiet zone. */
type Modules = boolean[][];
type Cell = readonly [row: number, column: number];

/** Side, data codewords and check codewords of the symbols that a coupon number needs (ISO/IEC 16022, table 7). */
const SIZES = [
  { side: 16, data: 12, checks: 12 },
  { side: 18, data: 18, checks: 14 },
] as const;
const FNC1 = 232;
const PAD = 129;

/**
 * One GS1 element string of digits, as identifier and value, by ECC 200 in ASCII encodation: drawn here because a library
 * for all symbologies is heavier than all else that a page loads.
 * @returns undefined where it is not digits, or more than 34 of them
 */
export function gs1DataMatrix(digits: string): Modules | undefined {
  if (!/^\d+$/.test(digits)) return undefined;
  const data = [FNC1, ...inPairs(digits)];
  const size = SIZES.find((each) => data.length <= each.data);
  if (size === undefined) return undefined;
  const padded = withPadding(data, size.data);
  return drawn(size.side, [...padded, ...checkCodewords(padded, size.checks)]);
}

/** Two digits are one codeword, a single one is its character. */
function inPairs(digits: string): number[] {
  return (digits.match(/\d\d?/g) ?? []).map((some) =>
    some.length === 2 ? 130 + Number(some) : some.charCodeAt(0) + 1,
  );
}

function withPadding(data: readonly number[], count: number): number[] {
  const padded = [...data];
  for (let place = padded.length + 1; place <= count; place += 1) {
    // From the second on a pad is spread by its place, or it would make a pattern.
    const spread = PAD + ((149 * place) % 253) + 1;
    padded.push(place === data.length + 1 ? PAD : spread > 254 ? spread - 254 : spread);
  }
  return padded;
}

/** Reed-Solomon over GF(256) with the polynomial 0x12D, roots 2, 4, 8 and so on. */
function checkCodewords(data: readonly number[], count: number): number[] {
  let generator = [1];
  for (let i = 1, root = 2; i <= count; i += 1, root = times(root, 2)) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => {
      next[at + 1] = (next[at + 1] ?? 0) ^ times(factor, root);
    });
    generator = next;
  }
  const rest = new Array<number>(count).fill(0);
  for (const codeword of data) {
    const lead = codeword ^ (rest.shift() ?? 0);
    rest.push(0);
    for (let i = 0; i < count; i += 1)
      rest[i] = (rest[i] ?? 0) ^ times(generator[i + 1] ?? 0, lead);
  }
  return rest;
}

function times(a: number, b: number): number {
  let product = 0;
  for (let left = a, bit = b; bit > 0; bit >>= 1) {
    if ((bit & 1) !== 0) product ^= left;
    left <<= 1;
    if (left > 255) left ^= 0x12d;
  }
  return product;
}

/** The finder pattern, dark at left and below, broken above and at right, and the codewords within. */
function drawn(side: number, codewords: readonly number[]): Modules {
  const rows = Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_column, column) => {
      if (column === 0 || row === side - 1) return true;
      return row === 0 ? column % 2 === 0 : column === side - 1 && row % 2 === 1;
    }),
  );
  const set = ([row, column]: Cell, isDark: boolean) => {
    const cells = rows[row + 1];
    if (cells !== undefined) cells[column + 1] = isDark;
  };
  const { places, isCornerFree } = placesOf(side - 2);
  places.forEach((cells, at) => {
    const codeword = codewords[at] ?? 0;
    cells.forEach((cell, bit) => set(cell, ((codeword >> (7 - bit)) & 1) === 1));
  });
  if (isCornerFree) {
    const last = side - 3;
    set([last, last], true);
    set([last - 1, last - 1], true);
  }
  return rows;
}

/** Where the eight bits of each codeword lie, the highest first (ISO/IEC 16022, annex F). */
function placesOf(side: number): { places: readonly (readonly Cell[])[]; isCornerFree: boolean } {
  const taken = new Set<number>();
  const places: Cell[][] = [];
  const shift = 4 - ((side + 4) % 8);
  const place = (cells: readonly Cell[]) => {
    const wrapped = cells.map(([row, column]): Cell => {
      const [down, across] = row < 0 ? [row + side, column + shift] : [row, column];
      return across < 0 ? [down + shift, across + side] : [down, across];
    });
    for (const [row, column] of wrapped) taken.add(row * side + column);
    places.push(wrapped);
  };
  const isFree = (row: number, column: number) =>
    row >= 0 && row < side && column >= 0 && column < side && !taken.has(row * side + column);
  const placeIfFree = (row: number, column: number) => {
    if (isFree(row, column))
      place(SHAPE.map(([down, across]): Cell => [row + down, column + across]));
  };
  const last = side - 1;
  let [row, column] = [4, 0];
  while (row < side || column < side) {
    if (row === side && column === 0)
      place([[last, 0], [last, 1], [last, 2], [0, last - 1], [0, last], [1, last], [2, last], [3, last]]); // prettier-ignore
    if (row === side - 2 && column === 0 && side % 4 !== 0)
      place([[last - 2, 0], [last - 1, 0], [last, 0], [0, last - 3], [0, last - 2], [0, last - 1], [0, last], [1, last]]); // prettier-ignore
    if (row === side + 4 && column === 2 && side % 8 === 0)
      place([[last, 0], [last, last], [0, last - 2], [0, last - 1], [0, last], [1, last - 2], [1, last - 1], [1, last]]); // prettier-ignore
    for (; row >= 0 && column < side; row -= 2, column += 2) placeIfFree(row, column);
    for (row += 1, column += 3; row < side && column >= 0; row += 2, column -= 2)
      placeIfFree(row, column);
    row += 3;
    column += 1;
  }
  return { places, isCornerFree: isFree(last, last) };
}

/** A codeword's eight modules, from its lowest right one. */
const SHAPE: readonly Cell[] = [
  [-2, -2], [-2, -1], [-1, -2], [-1, -1], [-1, 0], [0, -2], [0, -1], [0, 0],
]; // prettier-ignore
