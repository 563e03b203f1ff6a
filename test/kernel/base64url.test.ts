import { expect, test } from 'vitest';
import { fromBase64Url } from '../../kernel/base64url.ts';

test.each(['A', 'AB', 'AAB', 'AA==', 'A+/A', 'AAAAA', 'AA A'])('%j is refused', (text) => {
  expect(fromBase64Url(text)).toBeUndefined();
});
