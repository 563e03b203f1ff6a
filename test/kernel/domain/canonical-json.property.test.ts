import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../../../kernel/domain/canonical-json.ts';
import { runs } from '../../support/runs.ts';

/** The same value with the keys of every object in another order. */
function turned(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => turned(item));
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, turned(item ?? null)]));
}

test('one value has one text, whatever the order of its keys, and it reads back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const value = JSON.parse(JSON.stringify(json)) as JsonValue;
      const text = canonicalJson(value);
      expect(canonicalJson(turned(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(value);
    }),
    { numRuns: runs(500) },
  );
});

test('a field without a value is left out', () => {
  expect(canonicalJson({ b: 1, a: undefined, c: [null, { y: 'é', x: true }] })).toBe(
    '{"b":1,"c":[null,{"x":true,"y":"é"}]}',
  );
});
