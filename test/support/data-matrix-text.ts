/** Data codewords of the square symbols of one region, by their side (ISO/IEC 16022, table 7). */
const CAPACITY: Readonly<Record<number, number>> = {
  10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44,
}; // prettier-ignore

type Cell = readonly [row: number, column: number];

/**
 * What a scanner reads from a Data Matrix drawn without a fault: ECC 200, one region, the ASCII and C40 encodations;
 * `]d2` before it where FNC1 stands first.
 */
export function readDataMatrix(rows: readonly (readonly boolean[])[]): string {
  const side = rows.length;
  if (rows.some((row) => row[0] !== true) || rows.at(-1)?.includes(false) !== false)
    throw new Error('no finder pattern');
  const codewords = codewordCells(side - 2).map((cells) =>
    cells.reduce((byte, [row, column]) => byte * 2 + (rows[row + 1]?.[column + 1] ? 1 : 0), 0),
  );
  return textOf(codewords.slice(0, CAPACITY[side]));
}

function textOf(codewords: readonly number[]): string {
  let text = '';
  for (let i = 0; i < codewords.length; i++) {
    const codeword = codewords[i]!;
    if (codeword === 129) break;
    if (codeword === 232) text += i === 0 ? ']d2' : '\x1d';
    else if (codeword < 129) text += String.fromCharCode(codeword - 1);
    else if (codeword < 230) text += String(codeword - 130).padStart(2, '0');
    else if (codeword === 230) {
      for (i++; i < codewords.length - 1 && codewords[i] !== 254; i += 2)
        text += threeOf(codewords[i]! * 256 + codewords[i + 1]! - 1);
      if (codewords[i] !== 254) i--;
    } else throw new Error(`not read here: codeword ${String(codeword)}`);
  }
  return text;
}

/** Three characters of C40's basic set in two codewords. */
function threeOf(packed: number): string {
  return [Math.floor(packed / 1600), Math.floor(packed / 40) % 40, packed % 40]
    .map((value) => {
      if (value < 3) throw new Error('not read here: a shift of C40');
      return ' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(value - 3);
    })
    .join('');
}

/** Where the eight bits of each codeword lie (ISO/IEC 16022, annex F). */
function codewordCells(side: number): Cell[][] {
  const taken = new Set<number>();
  const all: Cell[][] = [];
  const place = (cells: readonly Cell[]) => {
    const wrapped = cells.map(([row, column]): Cell => {
      const shift = 4 - ((side + 4) % 8);
      if (row < 0) [row, column] = [row + side, column + shift];
      if (column < 0) [row, column] = [row + shift, column + side];
      return [row, column];
    });
    for (const [row, column] of wrapped) taken.add(row * side + column);
    all.push(wrapped);
  };
  const shape = (row: number, column: number): Cell[] => [
    [row - 2, column - 2], [row - 2, column - 1], [row - 1, column - 2], [row - 1, column - 1],
    [row - 1, column], [row, column - 2], [row, column - 1], [row, column],
  ]; // prettier-ignore
  const last = side - 1;
  const corners = (row: number, column: number) => {
    if (row === side && column === 0)
      place([[last, 0], [last, 1], [last, 2], [0, last - 1], [0, last], [1, last], [2, last], [3, last]]); // prettier-ignore
    if (row === side - 2 && column === 0 && side % 4 !== 0)
      place([[last - 2, 0], [last - 1, 0], [last, 0], [0, last - 3], [0, last - 2], [0, last - 1], [0, last], [1, last]]); // prettier-ignore
    if (row === side - 2 && column === 0 && side % 8 === 4)
      place([[last - 2, 0], [last - 1, 0], [last, 0], [0, last - 1], [0, last], [1, last], [2, last], [3, last]]); // prettier-ignore
    if (row === side + 4 && column === 2 && side % 8 === 0)
      place([[last, 0], [last, last], [0, last - 2], [0, last - 1], [0, last], [1, last - 2], [1, last - 1], [1, last]]); // prettier-ignore
  };
  const isFree = (row: number, column: number) =>
    row >= 0 && row < side && column >= 0 && column < side && !taken.has(row * side + column);
  for (let row = 4, column = 0; row < side || column < side; row += 3, column += 1) {
    corners(row, column);
    for (; row >= 0 && column < side; row -= 2, column += 2)
      if (isFree(row, column)) place(shape(row, column));
    for (row += 1, column += 3; row < side && column >= 0; row += 2, column -= 2)
      if (isFree(row, column)) place(shape(row, column));
  }
  return all;
}
