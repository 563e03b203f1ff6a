import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  type FramedScan,
  type FramingProfile,
  MAX_FRAME_BYTES,
  createFramer,
} from '../../../kernel/scans/framing.ts';
import { runs } from '../../support/runs.ts';

const profile = fc.constantFrom<FramingProfile>(
  { kind: 'terminator', terminator: 'line' },
  { kind: 'terminator', terminator: 'tab' },
  { kind: 'terminator', terminator: 'etx' },
  { kind: 'stx-etx' },
  { kind: 'stx-etx', lrc: true },
  { kind: 'gap', gapMs: 40 },
);
/** A scanner's bytes, rich in what framing turns on, now and then over-long. */
const burst = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.constantFrom(0x00, 0x02, 0x03, 0x09, 0x0a, 0x0d, 0x1d, 0x41), { maxLength: 60 })
    .map((bytes) => Uint8Array.from(bytes)),
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: -2, max: 2 })
      .map((off) => new Uint8Array(MAX_FRAME_BYTES + off).fill(0x41)),
  },
);
/** Bursts, each with the silence before it in ms. */
const stream = fc.array(fc.tuple(burst, fc.constantFrom(0, 1, 39, 40, 1999, 2000)), {
  maxLength: 8,
});
/** Where to cut, as shares of what is left. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function framed(
  how: FramingProfile,
  bursts: readonly (readonly [Uint8Array, number])[],
  pieces: (bytes: Uint8Array) => readonly Uint8Array[],
): FramedScan[] {
  const framer = createFramer(how);
  const out: FramedScan[] = [];
  let atMs = 1_000;
  for (const [bytes, silenceMs] of bursts) {
    atMs += silenceMs;
    for (const piece of pieces(bytes)) out.push(...framer.push(piece, atMs));
  }
  return [...out, ...framer.flush(atMs + 10_000)];
}

function cutAt(shares: readonly number[]) {
  return (bytes: Uint8Array): Uint8Array[] => {
    const pieces: Uint8Array[] = [];
    let rest = bytes;
    for (const share of shares) {
      const length = Math.floor(share * rest.length);
      pieces.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return [...pieces, rest];
  };
}

test.prop([profile, stream, cuts], { numRuns: runs(2000) })(
  'however the port cuts the bytes, the frames are the same',
  (how, bursts, shares) => {
    const whole = framed(how, bursts, (bytes) => [bytes]);
    expect(framed(how, bursts, cutAt(shares))).toEqual(whole);
    expect(
      framed(how, bursts, (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte))),
    ).toEqual(whole);
  },
);

test.prop([profile, stream], { numRuns: runs(1000) })(
  'a frame is never empty, nor longer than any symbol',
  (how, bursts) => {
    for (const scan of framed(how, bursts, (bytes) => [bytes])) {
      const size = scan.kind === 'frame' ? scan.bytes.length : scan.at + 1;
      expect(size).toBeGreaterThan(0);
      // A wrong check lies behind the data and the ETX.
      const isCheck = scan.kind === 'rejected' && scan.reason === 'wrong-lrc';
      expect(size).toBeLessThanOrEqual(MAX_FRAME_BYTES + (isCheck ? 2 : 1));
    }
  },
);

const code = fc
  .uint8Array({ minLength: 1, maxLength: 100 })
  .map((bytes) =>
    bytes.map((byte) => ([0x02, 0x03, 0x09, 0x0a, 0x0d].includes(byte) ? 0x1d : byte)),
  );
const wrappings: readonly (readonly [FramingProfile, string, string])[] = [
  [{ kind: 'terminator', terminator: 'line' }, '', '\r'],
  [{ kind: 'terminator', terminator: 'line' }, '', '\r\n'],
  [{ kind: 'terminator', terminator: 'tab' }, '', '\t'],
  [{ kind: 'terminator', terminator: 'etx' }, '', '\x03'],
  [{ kind: 'stx-etx' }, '\x02', '\x03'],
  [{ kind: 'stx-etx' }, '\x02', '\x03\r\n'],
];

test.prop([fc.constantFrom(...wrappings), fc.array(code), cuts], { numRuns: runs(1000) })(
  'every code that a scanner wraps comes out, in order, and nothing else',
  ([how, before, after], codes, shares) => {
    const encoder = new TextEncoder();
    const wrapped = codes.flatMap((bytes) => [
      ...encoder.encode(before),
      ...bytes,
      ...encoder.encode(after),
    ]);
    const frames = framed(how, [[Uint8Array.from(wrapped), 0]], cutAt(shares));
    expect(frames).toEqual(codes.map((bytes) => ({ kind: 'frame', bytes })));
  },
);
