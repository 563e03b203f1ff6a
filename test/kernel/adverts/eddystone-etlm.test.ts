import { expect, test } from 'vitest';
import {
  decodeEddystoneEtlm,
  encodeEddystoneEtlm,
} from '../../../kernel/adverts/eddystone-etlm.ts';
import { hex } from '../../support/bytes.ts';

const FRAME = '2001 00112233445566778899aabb beef cafe';
const ETLM = {
  kind: 'eddystone-etlm',
  cipher: hex('00112233445566778899aabb'),
  salt: hex('beef'),
  mic: hex('cafe'),
} as const;

test('encrypted telemetry is taken apart and not opened', () => {
  expect(decodeEddystoneEtlm(hex(FRAME))).toEqual(ETLM);
});

test.each([
  ['', 'wrong-frame', 0],
  ['30', 'wrong-frame', 0],
  ['20', 'truncated', 1],
  ['2000', 'unknown-version', 1],
  ['2002', 'unknown-version', 1],
  ['2001', 'truncated', 2],
  [FRAME.slice(0, -2), 'truncated', 17],
  [`${FRAME} 00`, 'too-long', 18],
])('%s is rejected as %s at %i', (frame, reason, at) => {
  expect(decodeEddystoneEtlm(hex(frame))).toEqual({ kind: 'rejected', reason, at });
});

test('it is sent with service data of 0x15 bytes', () => {
  expect(encodeEddystoneEtlm(ETLM)).toEqual(hex(`020106 0303aafe 1516aafe ${FRAME}`));
});

test.each([
  { cipher: new Uint8Array(11) },
  { salt: new Uint8Array(3) },
  { mic: new Uint8Array(4) },
])('parts of the wrong size are not sent: %o', (part) => {
  expect(() => encodeEddystoneEtlm({ ...ETLM, ...part })).toThrow(RangeError);
});
