import { expect, test } from 'vitest';
import { showBytes, showText } from '../../../cli/scanner/show-bytes.ts';
import { utf8 } from '../../support/bytes.ts';

test('control characters are called by their names, bytes beyond ASCII by their hex', () => {
  expect(showText(Uint8Array.of(0x02, 0x41, 0x1d, 0x1e, 0x04, 0x0d, 0x0a, 0x7f, 0xe9, 0x00))).toBe(
    '<STX>A<GS><RS><EOT><CR><LF><DEL><E9><NUL>',
  );
});

test('sixteen bytes a line, hex beside text', () => {
  const lines = showBytes(utf8(']E04006381333931\r'));
  expect(lines).toEqual([
    '5d 45 30 34 30 30 36 33 38 31 33 33 33 39 33 31  ]E04006381333931',
    `0d${' '.repeat(47)}<CR>`,
  ]);
  expect(showBytes(new Uint8Array())).toEqual([]);
});
