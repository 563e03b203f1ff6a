import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '../../kernel/base64url.ts';
import { runs } from '../support/runs.ts';

test('base64url is what Node makes of the same bytes, and comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = toBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64Url(text)).toEqual(Uint8Array.from(bytes));
    }),
    { numRuns: runs(500) },
  );
});
