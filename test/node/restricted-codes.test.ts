import { expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';

const yamlWith = (codes: string) => `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: http://127.0.0.1:4100 }
edge: {}
kiosk: {}
zones: [entrance]
${codes}`;
const restrictedIn = (codes: string) =>
  parseConfiguration(yamlWith(codes), 'soglia.yaml').codes.restricted;

test('a shop says how it numbers what it packs itself, or says nothing', () => {
  expect(restrictedIn('')).toEqual([]);
  const pattern = { pattern: '21.....{NNDDD}', value: 'weight' };
  expect(restrictedIn(`codes: { restricted: [${JSON.stringify(pattern)}] }`)).toEqual([pattern]);
});

test.each([
  ['21..x', 'weight', /codes\.restricted\.0\.pattern.*only digits, dots.*character 5/],
  ['21.....', 'price', /codes\.restricted\.0\.pattern.*need braces/],
  ['4006381{NNDDD}', 'price', /does not begin with 02, 04 or 20 to 29/],
  ['21', 'colour', /codes\.restricted\.0\.value/],
])('the pattern %s for %s is refused, with field and reason', (pattern, value, message) => {
  const codes = `codes: { restricted: [{ pattern: '${pattern}', value: ${value} }] }`;
  expect(() => restrictedIn(codes)).toThrow(message);
});
