import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { fromBase32, toBase32 } from '../../../kernel/scans/base32.ts';
import { runs } from '../../support/runs.ts';

test.prop([fc.uint8Array({ maxLength: 40 })], { numRuns: runs(500) })(
  'bytes that fill their symbols come back',
  (bytes) => {
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 5));
    expect(fromBase32(toBase32(whole))).toEqual(whole);
  },
);
