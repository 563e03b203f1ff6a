import { encode } from 'uqr';

interface QrProps {
  readonly text: string;
  /** What the code is for, for those who do not see it. */
  readonly label: string;
}

/** A QR code as one SVG path, four modules of quiet zone around it (ISO/IEC 18004, section 6.3.8). */
export function Qr({ text, label }: QrProps) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={pathOf(data)} fill="currentColor" shape-rendering="crispEdges" />
    </svg>
  );
}

/** One rectangle for each run of dark modules in a row. @param quiet - modules to leave free around them */
export function pathOf(modules: readonly (readonly boolean[])[], quiet = 0): string {
  let path = '';
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue;
      const start = x;
      while (row[x + 1] === true) x++;
      path += `M${start + quiet} ${y + quiet}h${x - start + 1}v1H${start + quiet}z`;
    }
  });
  return path;
}
