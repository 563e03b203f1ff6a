import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../kernel/hex.ts';
import { SSI, decodeSsi, encodeSsi } from '../../../kernel/scans/ssi.ts';
import { utf8 } from '../../support/bytes.ts';

const bytes = (hex: string) => fromHex(hex.replaceAll(' ', ''))!;

test("the host's acknowledgement is 04 D0 04 00 FF 28", () => {
  const ack = encodeSsi({ opcode: SSI.ack, source: 'host', status: 0, data: new Uint8Array() });
  expect(toHex(ack)).toBe('04d00400ff28');
});

test('08 F3 00 00 03 41 42 43 FE 3C is a Code 128 with ABC', () => {
  expect(decodeSsi(bytes('08 F3 00 00 03 41 42 43 FE 3C'))).toEqual({
    kind: 'ssi',
    opcode: SSI.decodeData,
    source: 'decoder',
    status: 0,
    data: utf8('\x03ABC'),
  });
});

test.each([
  ['', 'truncated', 0],
  ['00', 'bad-length', 0],
  ['03 F3 00 FF', 'bad-length', 0],
  ['08 F3 00 00 03 41', 'truncated', 6],
  ['08 F3 00 00 03 41 42 43 FE 3D', 'wrong-checksum', 8],
  ['08 F3 00 00 03 41 42 44 FE 3C', 'wrong-checksum', 8],
  ['04 D0 07 00 FF 25', 'bad-source', 2],
  ['04 D0 04 00 FF 28 00', 'left-over', 6],
])('%s is rejected: %s at %i', (hex, reason, at) => {
  expect(decodeSsi(bytes(hex))).toEqual({ kind: 'rejected', reason, at });
});

test('more data than a packet holds is a bug of the caller', () => {
  const data = new Uint8Array(252);
  expect(() => encodeSsi({ opcode: 0xc6, source: 'host', status: 0, data })).toThrow(RangeError);
});
