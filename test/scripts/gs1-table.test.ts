import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DICTIONARY, TABLE, tableOf } from '../../scripts/gs1-table.ts';

const dictionary = readFileSync(DICTIONARY, 'utf8');

test('the table of application identifiers says what the dictionary says', () => {
  expect(readFileSync(TABLE, 'utf8')).toBe(tableOf(dictionary));
});

test('a line of the dictionary that is not understood is named', () => {
  expect(() => tableOf(dictionary.replace('N18,csum,gcppos2', 'Q18'))).toThrow(/Q18, in: 00/);
  expect(() => tableOf('00 *? N18 # SSCC')).toThrow(/names no release/);
});
