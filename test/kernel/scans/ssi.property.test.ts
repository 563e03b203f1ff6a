import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { createSsiSession } from '../../../kernel/scans/ssi-session.ts';
import { type SsiPacket, decodeSsi, encodeSsi } from '../../../kernel/scans/ssi.ts';
import { runs } from '../../support/runs.ts';

const packet: fc.Arbitrary<SsiPacket> = fc.record({
  kind: fc.constant('ssi'),
  opcode: fc.integer({ min: 0, max: 255 }),
  source: fc.constantFrom('decoder', 'host'),
  status: fc.integer({ min: 0, max: 255 }),
  data: fc.uint8Array({ maxLength: 251 }),
});

test.prop([packet], { numRuns: runs(2000) })('a packet comes back from its bytes', (given) => {
  expect(decodeSsi(encodeSsi(given))).toEqual(given);
});

test.prop([packet, fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: runs(2000) })(
  'a byte of a packet that was changed on the way is always found',
  (given, where, change) => {
    const bytes = encodeSsi(given);
    const at = where % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ change;
    // A changed length ends the packet elsewhere, where two bytes may be right by chance: 1 in 65,536.
    fc.pre(at > 0);
    expect(decodeSsi(bytes).kind).toBe('rejected');
  },
);

test.prop([fc.uint8Array({ maxLength: 300 })], { numRuns: runs(2000) })(
  'any bytes give a packet that they are the bytes of, or a reason',
  (bytes) => {
    const decoded = decodeSsi(bytes);
    if (decoded.kind === 'ssi') expect(encodeSsi(decoded)).toEqual(bytes);
    else expect(decoded.at).toBeLessThanOrEqual(bytes.length);
  },
);

const burst = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  packet.map((given) => encodeSsi({ ...given, opcode: 0xf3, source: 'decoder' })),
  packet.map(encodeSsi),
);

test.prop(
  [
    fc.array(fc.tuple(burst, fc.constantFrom(0, 1, 99, 100, 2000, 5000)), { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
  ],
  { numRuns: runs(2000) },
)('however the port cuts the bytes, the conversation is the same', (bursts, sizes) => {
  const heard = (cut: (bytes: Uint8Array) => Uint8Array[]) => {
    const session = createSsiSession();
    let atMs = 0;
    const out = bursts.flatMap(([bytes, silenceMs]) => {
      atMs += silenceMs;
      const before = session.flush(atMs);
      return [...before, ...cut(bytes).flatMap((piece) => session.push(piece, atMs))];
    });
    return [...out, ...session.flush(atMs + 10_000)];
  };
  const inPieces = (bytes: Uint8Array) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0, i = 0; at < bytes.length; i += 1) {
      const size = sizes[i % sizes.length] ?? 1;
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    return pieces;
  };
  const whole = heard((bytes) => [bytes]);
  expect(heard((bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  expect(heard(inPieces)).toEqual(whole);
});
