import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalJson, type JsonValue } from '../../../kernel/domain/canonical-json.ts';
import { ConditionTreeSchema } from '../../../kernel/domain/condition.ts';
import { BundleSchema, OfferSchema } from '../../../kernel/domain/offer.ts';
import { explainIssues } from '../../../kernel/parse.ts';
import { anOffer, NOON } from '../../doubles/members.ts';

/*
 * A change of what an offer can say shows here first. An addition that older stores can ignore: pin the new hash. What
 * they would misread needs another name.
 */
test('the schema of offers and conditions is the one that is written down', () => {
  const shapes = [BundleSchema, ConditionTreeSchema].map((schema) =>
    z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }),
  );
  const text = canonicalJson(JSON.parse(JSON.stringify(shapes)) as JsonValue);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  expect(hash).toBe('e8a568f05ada723e');
});

function complaint(given: object): string {
  const result = OfferSchema.safeParse({ ...anOffer('one'), ...given });
  return result.success ? '' : explainIssues(result.error);
}

test('[offer-1] an offer that makes no sense is refused with the place and the reason', () => {
  expect(complaint({})).toBe('');
  expect(complaint({ validUntil: NOON - 90_000_000 })).toBe('validUntil: is not after validFrom');
  expect(complaint({ text: { it: { title: 'Olio', body: '' } } })).toBe('text: needs it and en');
  expect(complaint({ audience: { all: [{ fact: 'shoe-size', is: '42' }] } })).toMatch(
    /^audience: all\.0: fact: /,
  );
  expect(complaint({ schedule: { dayparts: [] } })).toMatch(/^schedule\.dayparts: /);
  expect(complaint({ benefit: { kind: 'bundle', take: 2, pay: 2 } })).toBe(
    'benefit.pay: is not below take',
  );
  const variants = [{ variant: 'a', buckets: 5_000 }];
  expect(complaint({ experiment: { layer: 'x', holdOut: 1_000, variants } })).toBe(
    'experiment.variants: hold-out and variants make 6000 buckets, not 10000',
  );
  const named = [{ variant: 'held-out', buckets: 9_000 }];
  expect(complaint({ experiment: { layer: 'x', holdOut: 1_000, variants: named } })).toBe(
    'experiment.variants: one is called held-out',
  );
  expect(complaint({ caps: { total: 0 } })).toMatch(/^caps\.total: /);
});
