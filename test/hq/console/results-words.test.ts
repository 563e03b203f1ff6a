import { createInstance } from 'i18next';
import { describe, expect, test } from 'vitest';
import {
  boundsText,
  figuresText,
  spanText,
  spentText,
  verdictText,
} from '../../../hq/console/results-words.ts';
import type { Say } from '../../../hq/console/words.ts';
import english from '../../../hq/console/i18n/en.json' with { type: 'json' };
import italian from '../../../hq/console/i18n/it.json' with { type: 'json' };
import type { Comparison } from '../../../kernel/protocol/console-api.ts';

const instance = createInstance();
await instance.init({
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  resources: { it: { translation: italian }, en: { translation: english } },
});
const inLanguage = (language: string) => ({
  language,
  t: ((key, values) => instance.t(key, { ...values, lng: language })) satisfies Say,
});
const [en, it] = [inLanguage('en'), inLanguage('it')];

type Figures = NonNullable<Comparison['figures']>;
const figures = (given: Partial<Figures> = {}): Figures => ({
  shown: { people: 900, took: 108 },
  heldOut: { people: 100, took: 9 },
  difference: 0.03,
  interval: { low: -0.042, high: 0.079 },
  bound: { low: 0.01, high: 0.05 },
  saw: 0.7,
  variants: [],
  ...given,
});
const saying = (verdict: Comparison['verdict']): Comparison => ({ verdict });

describe('what a marketer reads', () => {
  test('that there is not enough data yet, and about how much would be', () => {
    const some = saying({ kind: 'not-enough-data', people: 120, needed: 1_816 });
    expect(verdictText(some, en)).toBe('Not enough data yet: 120 of about 1,900 people');
    expect(verdictText(some, it)).toBe('Ancora pochi dati: 120 persone su circa 1900');
    const few = saying({ kind: 'not-enough-data', needed: 800 });
    expect(verdictText(few, en)).toBe('Not enough data yet: fewer than 20 of about 800 people');
    expect(verdictText(few, it)).toBe('Ancora pochi dati: meno di 20 persone su circa 800');
  });

  test('the figures as people of 100, with the bounds that hold whenever somebody looks', () => {
    expect(figuresText(figures(), 'took-effect', en)).toBe(
      'Of 100 people to whom the offer was open, 12 took it; of 100 held out, 9 took it anyway: 3 more, between 1 and 5.',
    );
    expect(figuresText(figures(), 'coupon-used', it)).toBe(
      'Su 100 persone per cui l’offerta era aperta, hanno usato il buono 12; su 100 escluse, l’hanno usato lo stesso 9: 3 in più, tra 1 e 5.',
    );
  });

  test('fewer, or that it may be either', () => {
    const fewer = figures({ difference: -0.03, bound: { low: -0.055, high: -0.01 } });
    expect(spanText(fewer, en)).toBe('3 fewer, between 1 and 5.5');
    expect(spanText(fewer, it)).toBe('3 in meno, tra 1 e 5,5');
    const either = figures({ bound: { low: -0.02, high: 0.08 } });
    expect(spanText(either, en)).toBe('between 2 fewer and 8 more');
    expect(spanText(either, it)).toBe('tra 2 in meno e 8 in più');
    expect(boundsText(either.interval, en)).toBe('-4.2 to +7.9');
    expect(boundsText(either.interval, it)).toBe('da -4,2 a +7,9');
  });

  test('what people spent, in money, and nothing where nobody knows', () => {
    const interval = { low: 420, high: 880 };
    const spent = { currency: 'EUR', shown: 750, heldOut: 100, difference: 650, interval };
    expect(spentText(figures({ spent }), 14, en)).toBe(
      'In their 14 days a person spent €7.50 on average, a person held out €1.00: €6.50 more, between €4.20 and €8.80, at one look.',
    );
    expect(spentText(figures({ spent }), 14, it)?.replaceAll('\u00a0', ' ')).toBe(
      'Nei suoi 14 giorni una persona ha speso in media 7,50 €, una persona esclusa 1,00 €: 6,50 € in più, tra 4,20 € e 8,80 €, a un solo sguardo.',
    );
    expect(spentText(figures(), 14, en)).toBeUndefined();
  });

  test.each(['sample-ratio-mismatch', 'no-difference-seen-yet', 'better', 'worse'] as const)(
    '%s has words of its own in both languages',
    (kind) => {
      const [inEnglish, inItalian] = [
        verdictText(saying({ kind }), en),
        verdictText(saying({ kind }), it),
      ];
      for (const words of [inEnglish, inItalian]) expect(words).not.toContain('results.');
      expect(inEnglish).not.toBe(inItalian);
    },
  );
});
