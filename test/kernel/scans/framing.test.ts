import { describe, expect, test } from 'vitest';
import {
  type FramingProfile,
  MAX_FRAME_BYTES,
  STALE_AFTER_MS,
  createFramer,
} from '../../../kernel/scans/framing.ts';
import { textOf } from '../../../kernel/scans/text.ts';
import { utf8 } from '../../support/bytes.ts';

/** Frames as text, rejections as `reason@at`, of one push. */
function framesOf(profile: FramingProfile, stream: string): string[] {
  return createFramer(profile).push(utf8(stream), 0).map(shown);
}
function shown(framed: ReturnType<ReturnType<typeof createFramer>['push']>[number]): string {
  return framed.kind === 'frame' ? textOf(framed.bytes) : `${framed.reason}@${framed.at}`;
}
const LINE = { kind: 'terminator', terminator: 'line' } as const;
const STX_ETX = { kind: 'stx-etx' } as const;
const GAP = { kind: 'gap', gapMs: 40 } as const;

describe('a scanner that ends its codes', () => {
  test.each(['A\rB\r', 'A\nB\n', 'A\r\nB\r\n', '\r\n\r\nA\r\r\nB\n\n'])(
    '%j is A and B',
    (stream) => {
      expect(framesOf(LINE, stream)).toEqual(['A', 'B']);
    },
  );

  test('with TAB or ETX is heard too', () => {
    expect(framesOf({ kind: 'terminator', terminator: 'tab' }, 'A\tB\r\t')).toEqual(['A', 'B\r']);
    expect(framesOf({ kind: 'terminator', terminator: 'etx' }, 'A\x03B\r\x03')).toEqual([
      'A',
      'B\r',
    ]);
  });

  test('keeps GS, RS, EOT and NUL as data', () => {
    expect(framesOf(LINE, '[)>\x1e06\x1dS1\x1e\x04\r\0A\r')).toEqual([
      '[)>\x1e06\x1dS1\x1e\x04',
      '\0A',
    ]);
  });

  test('waits for the end of a code that comes in pieces', () => {
    const framer = createFramer(LINE);
    expect(framer.push(utf8('40063'), 0)).toEqual([]);
    expect(framer.push(utf8(''), 10)).toEqual([]);
    expect(framer.push(utf8('81333931'), 1500)).toEqual([]);
    expect(framer.push(utf8('\r'), 3000).map(shown)).toEqual(['4006381333931']);
    expect(framer.push(utf8('\n'), 3001)).toEqual([]);
  });

  test('4,296 bytes are a frame; one more is rejected, and the next code is heard', () => {
    const longest = 'x'.repeat(MAX_FRAME_BYTES);
    expect(framesOf(LINE, `${longest}\rA\r`)).toEqual([longest, 'A']);
    expect(framesOf(LINE, `${longest}yz${longest}\rA\r`)).toEqual(['too-long@4296', 'A']);
  });

  test('a code begun two seconds ago does not join the next', () => {
    const framer = createFramer(LINE);
    framer.push(utf8('400'), 1000);
    expect(framer.dueAtMs()).toBe(1000 + STALE_AFTER_MS);
    expect(framer.push(utf8('B\r'), 1000 + STALE_AFTER_MS).map(shown)).toEqual([
      'unterminated@3',
      'B',
    ]);
    framer.push(utf8('400'), 5000);
    expect(framer.flush(6999)).toEqual([]);
    expect(framer.flush(7000).map(shown)).toEqual(['unterminated@3']);
    expect(framer.flush(9000)).toEqual([]);
    expect(framer.dueAtMs()).toBeUndefined();
  });

  test('silence ends an over-long code as well', () => {
    const framer = createFramer(LINE);
    framer.push(utf8('x'.repeat(5000)), 0);
    expect(framer.push(utf8('A\r'), STALE_AFTER_MS).map(shown)).toEqual(['A']);
  });
});

describe('a scanner that begins and ends its codes', () => {
  test('has line ends between them ignored, and inside them kept', () => {
    expect(framesOf(STX_ETX, '\x02A\x03\r\n\0\x02B\rC\x03\x02\x03')).toEqual(['A', 'B\rC']);
  });

  test('has noise between them told once', () => {
    expect(framesOf(STX_ETX, 'ab\x02A\x03xy\rz\x02B\x03')).toEqual([
      'outside-frame@0',
      'A',
      'outside-frame@0',
      'B',
    ]);
  });

  test('and begins anew without an end loses the first', () => {
    expect(framesOf(STX_ETX, '\x02AB\x02C\x03')).toEqual(['unterminated@2', 'C']);
  });

  test('is heard again after an over-long code, by its end or by the next beginning', () => {
    const long = 'x'.repeat(MAX_FRAME_BYTES + 1);
    expect(framesOf(STX_ETX, `\x02${long}\x03\x02A\x03`)).toEqual(['too-long@4296', 'A']);
    expect(framesOf(STX_ETX, `\x02${long}\x02A\x03`)).toEqual(['too-long@4296', 'A']);
  });
});

describe('a scanner that adds a check byte', () => {
  const LRC = { kind: 'stx-etx', lrc: true } as const;
  /** ETX and the check: 'A' and ETX are 0x42, 'B' and ETX 0x41. */
  test('has its codes taken where the byte is right, and the line end after it ignored', () => {
    expect(framesOf(LRC, '\x02A\x03B\r\n\x02B\x03A\x02\x03\x03')).toEqual(['A', 'B']);
  });

  test('has a code with a wrong byte rejected at that byte, and the next one heard', () => {
    expect(framesOf(LRC, '\x02AB\x03!\x02A\x03B')).toEqual(['wrong-lrc@3', 'A']);
  });

  test('may have a check byte that is a control character itself', () => {
    // 'A', '@' and ETX are STX; 'A', 'N' and ETX are form feed
    expect(framesOf(LRC, '\x02A@\x03\x02\x02AN\x03\x0c')).toEqual(['A@', 'AN']);
  });

  test('and sends none after all is told so, and its next code is not swallowed', () => {
    expect(framesOf(LRC, '\x02AB\x03\x02A\x03B')).toEqual(['wrong-lrc@3', 'A']);
  });

  test('and falls silent before the check has not sent the code', () => {
    const framer = createFramer(LRC);
    framer.push(utf8('\x02AB\x03'), 0);
    expect(framer.push(utf8('@\x02A\x03B'), STALE_AFTER_MS).map(shown)).toEqual([
      'unterminated@2',
      'outside-frame@0',
      'A',
    ]);
  });

  test('has an over-long code dropped with its check', () => {
    const long = 'x'.repeat(MAX_FRAME_BYTES + 1);
    expect(framesOf(LRC, `\x02${long}\x03x\x02A\x03B`)).toEqual(['too-long@4296', 'A']);
  });
});

describe('a scanner that falls silent after each code', () => {
  test('is heard when the silence is over, or by the next code', () => {
    const framer = createFramer(GAP);
    expect(framer.push(utf8('AB'), 100)).toEqual([]);
    expect(framer.push(utf8('C\r'), 139)).toEqual([]);
    expect(framer.dueAtMs()).toBe(179);
    expect(framer.flush(178)).toEqual([]);
    expect(framer.flush(179).map(shown)).toEqual(['ABC\r']);
    expect(framer.dueAtMs()).toBeUndefined();
    framer.push(utf8('D'), 200);
    expect(framer.push(utf8('E'), 240).map(shown)).toEqual(['D']);
  });

  test('a clock that goes back ends nothing', () => {
    const framer = createFramer(GAP);
    framer.push(utf8('A'), 1000);
    framer.push(utf8('B'), 10);
    expect(framer.flush(50).map(shown)).toEqual(['AB']);
  });

  test('an over-long code is rejected once, and the next is heard', () => {
    const framer = createFramer(GAP);
    expect(framer.push(utf8('x'.repeat(9000)), 0).map(shown)).toEqual(['too-long@4296']);
    expect(framer.push(utf8('y'), 39)).toEqual([]);
    expect(framer.push(utf8('A'), 79)).toEqual([]);
    expect(framer.flush(119).map(shown)).toEqual(['A']);
  });
});

test('a frame is a copy: the next one does not change it', () => {
  const framer = createFramer(LINE);
  const [first] = framer.push(utf8('AAA\r'), 0);
  framer.push(utf8('BBB\r'), 1);
  expect(first).toEqual({ kind: 'frame', bytes: utf8('AAA') });
});
