import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { MAX_FRAME_BYTES } from '../../../../kernel/scans/framing.ts';
import { APPLICATION_IDENTIFIERS } from '../../../../kernel/scans/gs1/application-identifiers.ts';
import {
  decodeBracketed,
  decodeElementString,
  encodeBracketed,
  encodeElementString,
  GS,
} from '../../../../kernel/scans/gs1/element-string.ts';
import { meaningOfScan } from '../../../../kernel/scans/scan.ts';
import { anyMessage, valueOf } from '../../../support/gs1-messages.ts';
import { runs } from '../../../support/runs.ts';

describe('what is written is read as it was', () => {
  test('by each identifier, before another one', () => {
    for (const identifier of APPLICATION_IDENTIFIERS) {
      const { ai, predefinedLength } = identifier;
      const other = { ai: ai === '99' ? '98' : '99', value: 'X' };
      const written = fc.property(valueOf(identifier), (value) => {
        const text = `${ai}${value}${predefinedLength ? '' : GS}${other.ai}X`;
        // Leniently, since what it requires is not there.
        expect(decodeElementString(text, 'lenient')).toEqual({
          kind: 'elements',
          elements: [{ ai, value }, other],
        });
      });
      fc.assert(written, { numRuns: runs(5) });
    }
  });

  test.prop([anyMessage], { numRuns: runs(2000) })('by whole messages', (elements) => {
    const written = encodeElementString(elements);
    const printed = encodeBracketed(elements);
    fc.pre(typeof written === 'string' && typeof printed === 'string');
    expect(decodeElementString(written)).toEqual({ kind: 'elements', elements });
    expect(decodeBracketed(printed)).toEqual({ kind: 'elements', elements });
  });
});

/** Bytes that look like messages: identifiers, digits, separators, and anything. */
const piece = fc.oneof(
  fc.constantFrom(...APPLICATION_IDENTIFIERS.map(({ ai }) => ai)),
  fc.stringMatching(/^[0-9]{1,20}$/),
  fc.constantFrom(GS, '(', ')', '|]e0', ']C1', '\\(', '(01)', '(10)', '%'),
  fc.string({ unit: 'binary-ascii', maxLength: 8 }),
  fc.integer({ min: 0x80, max: 0xff }).map((byte) => String.fromCharCode(byte)),
);
const message = fc
  .array(piece, { maxLength: 600 })
  .map((pieces) => pieces.join('').slice(0, MAX_FRAME_BYTES));
const identifiers = fc.constantFrom(
  '',
  ']C1',
  ']e0',
  ']d2',
  ']Q3',
  ']J1',
  ']E0',
  ']Q1',
  GS,
  '(01)',
);

describe('any bytes', () => {
  test.prop([identifiers, message, fc.constantFrom('strict', 'lenient')], { numRuns: runs(1500) })(
    'have a meaning, or a place where they lost it',
    (identifier, text, strictness) => {
      const frame = Uint8Array.from(identifier + text, (c) => c.charCodeAt(0));
      const scan = meaningOfScan(frame, strictness);
      if (scan.kind !== 'rejected') return;
      expect(scan.at).toBeGreaterThanOrEqual(0);
      expect(scan.at).toBeLessThanOrEqual(frame.length);
    },
  );

  test.each([
    ['values that end by GS', `99A${GS}`],
    ['values that end by themselves', '2001'],
    ['values that nobody knows', `26A${GS}`],
  ])('are looked at a number of times that grows with their length: %s', (_, element) => {
    const work = (count: number): number => {
      const { text, looks } = counted(element.repeat(count));
      expect(decodeElementString(text, 'lenient')).toMatchObject({ kind: 'elements' });
      return looks();
    };
    expect(work(1_000)).toBeLessThan(2.2 * work(500));
  });
});

/** A text that counts the characters that were looked at in it. */
function counted(content: string): { readonly text: string; readonly looks: () => number } {
  let looks = 0;
  const members = {
    slice: (start: number, end?: number) => {
      const part = content.slice(start, end);
      looks += part.length;
      return part;
    },
    indexOf: (searched: string, from: number) => {
      const at = content.indexOf(searched, from);
      looks += (at < 0 ? content.length : at) - from;
      return at;
    },
    startsWith: (searched: string) => content.startsWith(searched),
  };
  const text = new Proxy(members, {
    get: (known, key) => Reflect.get(key in known ? known : Object(content), key) as unknown,
  });
  return { text: text as unknown as string, looks: () => looks };
}
