import type { Comparison, OfferResults } from '../../kernel/protocol/console-api.ts';
import { priceText } from '../../ui/wording.ts';
import type { Say } from './words.ts';

type Measured = Extract<OfferResults, { readonly kind: 'measured' }>;
type Figures = NonNullable<Comparison['figures']>;
type Outcome = Measured['outcome'];

interface Wording {
  readonly t: Say;
  readonly language: string;
}

/** Of 1 as of 100 people, with a tenth where that is not whole. */
export const ofHundred = (share: number, language: string) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(share * 100);

const number = (value: number, language: string) => new Intl.NumberFormat(language).format(value);

/** What may be said, in a sentence or two: the verdict, and the figures where there are any that count. */
export function verdictText({ verdict }: Comparison, { t, language }: Wording): string {
  if (verdict.kind !== 'not-enough-data') return t(`results.${verdict.kind}`);
  const needed = number(roughly(verdict.needed), language);
  return verdict.people === undefined
    ? t('results.not-enough-few', { needed })
    : t('results.not-enough-data', { people: number(verdict.people, language), needed });
}

/** Two digits tell as much as a guess does. */
function roughly(people: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(people)) - 1);
  return Math.ceil(people / step) * step;
}

/** Of 100 people so many, of 100 held out so many, and how far apart that may be. */
export function figuresText(figures: Figures, outcome: Outcome, wording: Wording): string {
  const { t, language } = wording;
  const { shown, heldOut } = figures;
  return t(`results.${outcome}`, {
    shown: ofHundred(shown.took / shown.people, language),
    heldOut: ofHundred(heldOut.took / heldOut.people, language),
    span: spanText(figures, wording),
  });
}

/** The difference of 100 people, with the bounds that hold whenever somebody looks. */
export function spanText({ difference, bound }: Figures, wording: Wording): string {
  return apart(difference, bound, (value) => ofHundred(value, wording.language), wording);
}

/** Only the bounds, the lower first. */
export function boundsText({ low, high }: Figures['bound'], { t, language }: Wording): string {
  const signed = new Intl.NumberFormat(language, {
    ...{ maximumFractionDigits: 1, signDisplay: 'exceptZero' },
  });
  return t('results.from-to', { low: signed.format(low * 100), high: signed.format(high * 100) });
}

/** What a person spent in the days that count, on both sides. */
export function spentText(
  { spent }: Figures,
  outcomeDays: number,
  wording: Wording,
): string | undefined {
  if (spent === undefined) return undefined;
  const { t, language } = wording;
  const { currency, shown, heldOut, difference, interval } = spent;
  const money = (minor: number) => priceText({ minor: Math.round(minor), currency }, language);
  return t('results.spent', {
    ...{ days: outcomeDays, shown: money(shown), heldOut: money(heldOut) },
    span: apart(difference, interval, money, wording, 'money'),
  });
}

function apart(
  difference: number,
  { low, high }: Figures['bound'],
  write: (value: number) => string,
  { t }: Wording,
  of: 'people' | 'money' = 'people',
): string {
  const by = write(Math.abs(difference));
  if (low >= 0) return t('results.more', { by, low: write(low), high: write(high) });
  if (high <= 0)
    return t(of === 'money' ? 'results.less' : 'results.fewer', {
      by,
      low: write(-high),
      high: write(-low),
    });
  return t(of === 'money' ? 'results.less-or-more' : 'results.either', {
    fewer: write(-low),
    more: write(high),
  });
}
