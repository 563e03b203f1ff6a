import { expect, test } from 'vitest';
import { asTyped, firstNonSymbol, fromBase32, toBase32 } from '../../../kernel/scans/base32.ts';
import { hex } from '../../support/bytes.ts';

test('five bits are one symbol, the highest first', () => {
  expect(toBase32(hex('00443214c74254b635cf84653a56d7c675be77df'))).toBe(
    '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
  );
  expect(toBase32(hex('ff'))).toBe('Z');
});

test('I and L are read as 1, O as 0, and U as nothing', () => {
  expect(asTyped('iIlLoOuz')).toBe('111100UZ');
  expect(firstNonSymbol(asTyped('ilo'))).toBe(-1);
  expect(firstNonSymbol('0U')).toBe(1);
  expect(fromBase32('0U')).toBeUndefined();
  expect(fromBase32('0-')).toBeUndefined();
});
