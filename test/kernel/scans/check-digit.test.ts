import { expect, test } from 'vitest';
import {
  gs1CheckDigit,
  hasGs1CheckDigit,
  mod3736CheckCharacter,
} from '../../../kernel/scans/check-digit.ts';

test.each([
  '4006381333931',
  '5901234123457',
  '2112345678900',
  '416000336108',
  '02345673',
  '24012345678905',
  '006141411234567890',
  '9780201379624',
  '73513537',
])('%s ends in its check digit', (number) => {
  expect(hasGs1CheckDigit(number)).toBe(true);
  expect(gs1CheckDigit(number.slice(0, -1))).toBe(number.at(-1));
});

test.each(['2112345678901', '4006381333930', '', '0', '40063813339x1', ' 73513537', '７3513537'])(
  '%j does not',
  (number) => {
    expect(hasGs1CheckDigit(number)).toBe(false);
  },
);

test('the check character of ISO 7064 is that of the GRid standard’s example', () => {
  expect(mod3736CheckCharacter('A12425GABC1234002')).toBe('M');
});
