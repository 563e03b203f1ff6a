// What BWIPP, which checks GS1 messages before it draws them, says of one.
import bwipjs from 'bwip-js/node';
import type { Gs1Element } from '../../kernel/scans/gs1/element-value.ts';

/** Too small for any message: it gives up as soon as it has found the message to be valid. */
const TOO_SMALL = { bcid: 'gs1datamatrix', version: '10x10' };

/** The name of its objection; undefined if it has none. */
export function objectionOfOracle(elements: readonly Gs1Element[]): string | undefined {
  const text = elements.map(({ ai, value }) => `(${ai})${escaped(value)}`).join('');
  try {
    bwipjs.raw({ ...TOO_SMALL, text, parse: true });
  } catch (error) {
    const objection = /^bwipp\.(\w+)/.exec(
      error instanceof Error ? error.message : String(error),
    )?.[1];
    if (objection === undefined) throw error;
    return objection === 'datamatrixNoValidSymbol' ? undefined : objection;
  }
  return undefined;
}

/** Each character by its number, so that none is taken for a bracket. */
function escaped(value: string): string {
  return Array.from(value, (c) => `^${String(c.charCodeAt(0)).padStart(3, '0')}`).join('');
}
