import type { Row } from './row.ts';

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['name', 'what', 'figure', 'limit', 'met', 'beside', 'ratio'],
    ...rows.flatMap((row) =>
      row.reach.map((reach, i) => [
        i === 0 ? row.name : '',
        reach.what,
        `${rounded(reach.figure)} ${reach.unit}`,
        reach.limit === null ? '–' : rounded(reach.limit),
        reach.met === null ? '–' : reach.met ? 'yes' : 'NO',
        i === 0 && row.beside !== null ? `${row.beside.name}: ${rounded(row.beside.figure)}` : '',
        i === 0 && row.ratio !== null ? rounded(row.ratio) : '',
      ]),
    ),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(figure: number): string {
  if (Number.isInteger(figure)) return figure.toLocaleString('en');
  return figure.toLocaleString('en', { maximumSignificantDigits: 3 });
}
