import { describe, expect, test } from 'vitest';
import { detectProfile } from '../../../kernel/scans/detect-profile.ts';
import { SSI, encodeSsi } from '../../../kernel/scans/ssi.ts';
import { textOf } from '../../../kernel/scans/text.ts';
import { utf8 } from '../../support/bytes.ts';

/** Scans a second apart, each in two pieces. */
function scanned(...scans: (string | Uint8Array)[]) {
  return scans.flatMap((scan, i) => {
    const bytes = typeof scan === 'string' ? utf8(scan) : scan;
    const half = bytes.length >> 1;
    return [
      { atMs: i * 1_000, bytes: bytes.subarray(0, half) },
      { atMs: i * 1_000 + 12, bytes: bytes.subarray(half) },
    ];
  });
}
/** `framing codeId` of what is certain; else the kind, and what to scan next. */
function found(...scans: (string | Uint8Array)[]): string {
  const detection = detectProfile(scanned(...scans));
  if (detection.kind === 'nothing') return `nothing: ${detection.reason}`;
  if (detection.kind === 'ambiguous') {
    const which = detection.fits.map(({ dialect }) => dialect.codeId);
    return `${which.join(' or ')}; scan ${detection.scanNext}`;
  }
  const { framing, codeId } = detection.fit.dialect;
  return `${JSON.stringify(framing)} ${codeId}`;
}
const LINE = '{"kind":"terminator","terminator":"line"}';
const EAN = '4006381333931';

function lrcOf(text: string): string {
  let sum = 3;
  for (const byte of utf8(text)) sum ^= byte;
  return `\x02${text}\x03${String.fromCharCode(sum)}`;
}
const packet = (text: string, status = 0) =>
  encodeSsi({ opcode: SSI.decodeData, source: 'decoder', status, data: utf8(text) });

describe('one scan is enough where it can only be read in one way', () => {
  test.each([
    [`${EAN}\r\n`, `${LINE} none`],
    [`${EAN}\r`, `${LINE} none`],
    [`]E0${EAN}\r`, `${LINE} aim`],
    [`A${EAN}\r`, `${LINE} zebra`],
    [`d${EAN}\r`, `${LINE} honeywell`],
    [`B${EAN}\r`, `${LINE} datalogic`],
    [`${EAN}\t`, '{"kind":"terminator","terminator":"tab"} none'],
    [`${EAN}\x03`, '{"kind":"terminator","terminator":"etx"} none'],
    [`\x02${EAN}\x03\r\n`, '{"kind":"stx-etx","lrc":false} none'],
    [lrcOf(EAN), '{"kind":"stx-etx","lrc":true} none'],
    [`${lrcOf(`d${EAN}`)}\r\n`, '{"kind":"stx-etx","lrc":true} honeywell'],
  ])('%j: %s', (scan, expected) => {
    expect(found(scan)).toBe(expected);
  });

  test('and SSI is known by its checksums, repeated packets included', () => {
    expect(found(packet(`\x0b${EAN}`), packet(`\x0b${EAN}`, 1))).toBe('{"kind":"ssi"} none');
  });
});

describe('where more than one reading fits, nothing is guessed', () => {
  test('F is an EAN-13 of Datalogic and of Cino: an EAN-8 tells them apart', () => {
    expect(found(`F${EAN}\r`)).toMatch(/^datalogic-us or cino; scan .*EAN-8/);
    expect(found(`F${EAN}\r`, 'FF96385074\r')).toBe(`${LINE} datalogic-us`);
    expect(found(`F${EAN}\r`, 'N96385074\r')).toBe(`${LINE} cino`);
  });

  test('A before a UPC-A may be of three makers: an EAN-13 tells them apart', () => {
    expect(found('A012345678905\r')).toMatch(/^zebra or datalogic-us or cino; scan .*EAN-13/);
    expect(found('A012345678905\r', `A${EAN}\r`)).toBe(`${LINE} zebra`);
    expect(found('A012345678905\r', `F${EAN}\r`)).toMatch(/^datalogic-us or cino; scan .*EAN-8/);
  });

  test('a code that no check digit vouches for says nothing of its letter', () => {
    expect(found('TABLE-7\r')).toMatch(/^none or zebra or .*; scan .*EAN-13/);
    expect(found('TABLE-7\r', `B${EAN}\r`)).toBe(`${LINE} datalogic`);
    expect(found('TABLE-7\r', `${EAN}\r`)).toBe(`${LINE} none`);
  });

  test('a check byte that looks like a line end may be one', () => {
    const likeCr = 'A\x4f'; // with ETX: CR
    expect(lrcOf(likeCr).at(-1)).toBe('\r');
    expect(found(lrcOf(likeCr))).toMatch(/scan another product$/);
    expect(found(lrcOf(likeCr), lrcOf(EAN))).toBe('{"kind":"stx-etx","lrc":true} none');
    expect(found(lrcOf(likeCr), `\x02${EAN}\x03\r`)).toBe('{"kind":"stx-etx","lrc":false} none');
  });

  test('silence alone is believed the second time', () => {
    expect(found(EAN)).toBe('none; scan another product');
    expect(found(EAN, '96385074')).toBe('{"kind":"gap","gapMs":50} none');
  });

  test('a code with a line end inside may be two codes, or one that silence ends', () => {
    const detection = detectProfile(scanned('4006381333931\r96385074\r'));
    expect(detection.kind).toBe('ambiguous');
  });
});

test('what fits nothing is said to, with a reason', () => {
  expect(found()).toBe('nothing: nothing has arrived');
  expect(found('\x02abc', `${EAN}\x03`)).toMatch(/^nothing: no framing fits/);
});

test('what fits says why, and what the codes are then', () => {
  const detection = detectProfile(scanned(`d${EAN}\r`));
  expect(detection).toMatchObject({ kind: 'certain', fit: { score: 1 } });
  if (detection.kind !== 'certain') return;
  expect(detection.fit.reasons).toEqual([
    'each code ends in CR, LF or both',
    'each code begins with a letter of honeywell, and the check digits after it are right',
  ]);
  expect(detection.fit.codes.map(textOf)).toEqual([`]E0${EAN}`]);
});
