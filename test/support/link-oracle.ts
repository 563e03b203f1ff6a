// What BWIPP, which checks GS1 Digital Links before it draws them, says of one.
import bwipjs from 'bwip-js/node';

/** Too small for any link: it gives up as soon as it has found the link to be valid. */
const TOO_SMALL = { bcid: 'gs1dldatamatrix', version: '10x10' };

/** The name of its objection; undefined if it has none. */
export function objectionToLink(text: string): string | undefined {
  try {
    bwipjs.raw({ ...TOO_SMALL, text });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const objection = /^bwipp\.(\w+)/.exec(message)?.[1];
    if (objection === undefined) throw error;
    return objection === 'datamatrixNoValidSymbol' ? undefined : objection;
  }
  return undefined;
}
