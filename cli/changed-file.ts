import { parseDocument } from 'yaml';

/** How a YAML document is printed so that its lines stay as long as they are. */
export const PRINTED = { lineWidth: 0 } as const;

/** The changed file with the old one's own blanks in each line that did not change. */
export function asWritten(before: string, after: string): string {
  const own = before.split('\n');
  const printed = parseDocument(before).toString(PRINTED).split('\n');
  if (own.length !== printed.length) return after; // a collection over several lines: it is printed anew
  return linesOf(printed, after.split('\n'))
    .flatMap((line) => {
      if (line.kind === 'gone') return [];
      return [line.kind === 'kept' ? (own[line.at] ?? line.text) : line.text];
    })
    .join('\n');
}

/** What changed, as lines of diff: `- ` gone, `+ ` new. */
export function changeOf(before: string, after: string): readonly string[] {
  return linesOf(before.split('\n'), after.split('\n')).flatMap((line) =>
    line.kind === 'kept' ? [] : [`${line.kind === 'gone' ? '-' : '+'} ${line.text}`],
  );
}

type DiffLine =
  | { readonly kind: 'kept'; readonly text: string; readonly at: number }
  | { readonly kind: 'gone' | 'new'; readonly text: string };

/** What became of each line, by the longest row of lines in common. */
function linesOf(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const rest = before.map(() => new Int32Array(after.length + 1));
  const common = (i: number, j: number) => rest[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const best =
        before[i] === after[j]
          ? common(i + 1, j + 1) + 1
          : Math.max(common(i + 1, j), common(i, j + 1));
      rest[i]?.fill(best, j, j + 1);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const text = after[j];
    if (old !== undefined && old === text) {
      lines.push({ kind: 'kept', text, at: i });
      i += 1;
      j += 1;
    } else if (old !== undefined && (text === undefined || common(i + 1, j) >= common(i, j + 1))) {
      lines.push({ kind: 'gone', text: old });
      i += 1;
    } else {
      lines.push({ kind: 'new', text: text ?? '' });
      j += 1;
    }
  }
  return lines;
}
