import type { Locator } from 'playwright';
import { readDataMatrix } from './data-matrix-text.ts';
import { textOfModules } from './qr-text.ts';

export interface SeenCode {
  /** What a scanner sends of it. */
  readonly text: string;
  /** Width of a module, in CSS pixels of 1/96 inch. */
  readonly modulePx: number;
  /** Light modules around it, the least of the four sides. */
  readonly quiet: number;
  /** Luminance of the darkest light module over that of the lightest dark one, as WCAG counts contrast. */
  readonly contrast: number;
}

/** Looks at a code as a scanner does: at the pixels of the screen, whatever they were drawn by. */
export async function seenCode(code: Locator): Promise<SeenCode> {
  await code.scrollIntoViewIfNeeded();
  const box = await code.boundingBox();
  const size = Number((await code.getAttribute('viewBox'))?.split(' ')[2]);
  if (box === null || !(size > 0)) throw new Error('no code is on the screen');
  const png = (await code.screenshot()).toString('base64');
  const desk = await code.page().context().newPage(); // no policy of the page stands against a canvas here
  const luminances = await desk.evaluate(
    async ([picture, modules]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const drawing = canvas.getContext('2d')!;
      drawing.drawImage(image, 0, 0);
      const [across, down] = [image.width / modules, image.height / modules];
      const linear = (value: number) =>
        value <= 10 ? value / 3_294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      return Array.from({ length: modules }, (_, y) =>
        Array.from({ length: modules }, (_column, x) => {
          const at = [Math.floor((x + 0.5) * across), Math.floor((y + 0.5) * down)] as const;
          const [red = 0, green = 0, blue = 0] = drawing.getImageData(...at, 1, 1).data;
          return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        }),
      );
    },
    [png, size] as const,
  );
  await desk.close();
  const rows = luminances.map((row) => row.map((luminance) => luminance < 0.5));
  const all = luminances.flat();
  const light = Math.min(...all.filter((luminance) => luminance >= 0.5));
  const dark = Math.max(...all.filter((luminance) => luminance < 0.5));
  const darkRows = rows.flatMap((row, y) => (row.includes(true) ? [y] : []));
  const darkColumns = rows.flatMap((_, x) => (rows.some((row) => row[x] === true) ? [x] : []));
  const [top = 0, left = 0] = [darkRows[0], darkColumns[0]];
  const [bottom = 0, right = 0] = [darkRows.at(-1), darkColumns.at(-1)];
  const symbol = rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  // The bottom row of a Data Matrix is dark from end to end; a QR's never is.
  const isMatrix = symbol.at(-1)?.every(Boolean) === true;
  return {
    text: isMatrix ? readDataMatrix(symbol) : textOfModules(symbol),
    modulePx: box.width / size,
    quiet: Math.min(top, left, size - 1 - bottom, size - 1 - right),
    contrast: (light + 0.05) / (dark + 0.05),
  };
}
