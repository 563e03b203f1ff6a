import bwipjs from 'bwip-js';
import { SogliaError } from '../kernel/errors.ts';

/** Symbologies that we draw, by the names that bwip-js has for them. */
export type SymbolName =
  | 'code128'
  | 'gs1-128'
  | 'ean13'
  | 'ean8'
  | 'qrcode'
  | 'gs1qrcode'
  | 'datamatrix'
  | 'gs1datamatrix';

/** A symbol without its quiet zone, in units of its narrowest element. */
export type CodeSymbol =
  /** Bar, space, bar and so on, in widths; the first is a bar. */
  | { readonly kind: 'bars'; readonly widths: readonly number[] }
  /** Rows of dark (true) and light modules. */
  | { readonly kind: 'modules'; readonly rows: readonly (readonly boolean[])[] };

/** Level M of QR mends 15 %, which a card in a purse needs and a till's scanner reads fast. */
const QR_OPTIONS = { eclevel: 'M' };

/** @throws {SogliaError} 'request/invalid' with the reason, where the text does not go into such a symbol */
export function codeSymbol(name: SymbolName, text: string): CodeSymbol {
  const isQr = name === 'qrcode' || name === 'gs1qrcode';
  const drawn = drawing(name, text, isQr ? QR_OPTIONS : {});
  if (drawn === undefined) throw new Error(`bwip-js drew nothing of ${name}`);
  if ('sbs' in drawn) return { kind: 'bars', widths: drawn.sbs };
  const rows = Array.from({ length: drawn.pixy }, (_, y) =>
    drawn.pixs.slice(y * drawn.pixx, (y + 1) * drawn.pixx).map((module) => module === 1),
  );
  return { kind: 'modules', rows };
}

function drawing(name: SymbolName, text: string, options: object) {
  try {
    return bwipjs.raw({ bcid: name, text, ...options })[0];
  } catch (error) {
    // Its messages read `bwipp.name#line: reason`.
    const reason = error instanceof Error ? error.message.replace(/^\S+#\d+:\s*/, '') : '';
    throw new SogliaError('request/invalid', `text: ${reason}`, { cause: error });
  }
}
