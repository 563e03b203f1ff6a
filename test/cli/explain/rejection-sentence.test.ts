import { describe, expect, test } from 'vitest';
import { sentenceOfRejection } from '../../../cli/explain/rejection-sentence.ts';
import type { Gtin, ZoneId } from '../../../kernel/domain/ids.ts';
import { REJECTIONS } from '../../../kernel/domain/rejection.ts';
import { anOffer } from '../../doubles/members.ts';

const full = anOffer('wine', {
  zones: ['aisle' as ZoneId],
  gtins: ['08000000000088' as Gtin],
  categories: ['wine'],
  segments: ['wine', 'cheese'],
  minStrength: 4,
  caps: { perPerson: { times: 2, days: 7 }, perStoreAndDay: 5 },
  group: 'cellar',
  experiment: { layer: 'welcome', holdOut: 1_000, variants: [] },
  guards: { minStock: 3, priceEvidence: true },
});
const circumstances = {
  strength: 3,
  time: (at: number) => `instant ${String(at)}`,
  names: { product: () => 'Altamura loaf' },
} as const;
const reasons = [...REJECTIONS, 'unknown-offer'] as const;

describe.each(['it', 'en'] as const)('in the language %s', (language) => {
  test.each(reasons)('%s is one sentence', (reason) => {
    const need = { leaf: { fact: 'points', atLeast: 100 }, wanted: true } as const;
    const explanation = { reason, needs: [need] };
    for (const offer of [full, anOffer('plain')]) {
      const sentence = sentenceOfRejection(offer, explanation, circumstances, language);
      expect(sentence).toMatch(/^\p{Lu}[^.]*\.$/u);
      expect(sentence).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  test('no two reasons are said alike', () => {
    const sentences = reasons.map((reason) =>
      sentenceOfRejection(full, { reason }, circumstances, language),
    );
    expect(new Set(sentences).size).toBe(reasons.length);
  });
});

test('what is needed is named', () => {
  const said = (reason: (typeof reasons)[number]) =>
    sentenceOfRejection(full, { reason }, circumstances, 'en');
  expect(said('strength-too-low')).toBe('Recognition has strength 3, and it needs 4.');
  expect(said('other-product')).toBe(
    'Another product is in question: it is about Altamura loaf, wine.',
  );
  expect(said('not-in-segment')).toBe('It needs one of the segments wine, cheese.');
  expect(said('not-in-audience')).toBe(
    'Its audience asks what contradicts itself: it can never be shown.',
  );
});
