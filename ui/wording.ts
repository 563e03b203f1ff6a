import type { Benefit } from '../kernel/domain/offer.ts';
import type { Money } from '../kernel/domain/money.ts';
import type { LowestPriceShown } from '../kernel/protocol/kiosk-events.ts';
import type { UiTranslate } from './i18n.ts';

/** The text in `language`, else in Italian, else in any language there is. */
export function textIn<T>(texts: Readonly<Record<string, T>>, language: string): T | undefined {
  return texts[language] ?? texts['it'] ?? Object.values(texts)[0];
}

/** Money as people of `language` write it. Amounts without cents lose the zeros: "5 €". */
export function moneyText(money: Money, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const amount = money.minor / 10 ** digits;
  if (!Number.isInteger(amount)) return format.format(amount);
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: money.currency,
    maximumFractionDigits: 0,
  }).format(amount);
}

/** A code as people type it: in fours, which do not count; its check apart. */
export function typedCode(code: string): string {
  const own = /^(SG[A-Z])(.+)(.)$/.exec(code);
  if (own !== null) return [own[1], inFours(own[2] ?? ''), own[3]].join(' ');
  const number = /^(\(255\))(\d{12})(\d)(\d*)$/.exec(code);
  if (number === null) return code;
  const [, identifier, reference = '', check, serial = ''] = number;
  return [identifier, inFours(reference), check, inFours(serial)].join(' ').trimEnd();
}

function inFours(text: string): string {
  return text.replace(/.{4}(?=.)/g, '$& ');
}

/** A price, with its cents always. */
export function priceText(price: Money, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency: price.currency });
  return format.format(price.minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Grams as kilograms, as a scale prints them. */
export function weightText(weightG: number, language: string): string {
  const format = { style: 'unit', unit: 'kilogram', minimumFractionDigits: 3 } as const;
  return new Intl.NumberFormat(language, format).format(weightG / 1_000);
}

/** What the offer gives, in as few signs as can be; empty for one that only informs. */
export function benefitText(benefit: Benefit, language: string, t: UiTranslate): string {
  switch (benefit.kind) {
    case 'percent':
      return `−${new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(benefit.percent / 100)}`;
    case 'amount':
      return `−${moneyText(benefit.amount, language)}`;
    case 'bundle':
      return t('offer.bundle', { take: benefit.take, pay: benefit.pay });
    case 'points':
      return t('offer.points', { points: benefit.points });
    case 'gift':
      return t('offer.gift');
    case 'information':
      return '';
  }
}

/** What a price cut is measured by, as the law wants it named beside the cut. */
export function lowestPriceText(
  { price, since }: LowestPriceShown,
  language: string,
  t: UiTranslate,
): string {
  const money = priceText(price, language);
  if (since === undefined) return t('offer.lowest-price', { price: money });
  const date = dayText(new Date(`${since}T12:00:00`).getTime(), language);
  return t('offer.lowest-price-since', { date, price: money });
}

const NEXT_MONTHS_MS = 300 * 24 * 3_600_000;

/** A day of the coming months without its year, a later one with it. */
export function dayText(at: number, language: string, now = Date.now()): string {
  const isSoon = at - now < NEXT_MONTHS_MS;
  const format: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' };
  return new Intl.DateTimeFormat(language, isSoon ? format : { ...format, year: 'numeric' }).format(
    at,
  );
}

/** Only pictures that came with the data are drawn: nothing is fetched from an address in an offer (threat-10). */
export function pictureOf(picture: string | undefined): string | undefined {
  if (picture === undefined) return undefined;
  return /^data:image\/(?:webp|png);base64,[A-Za-z0-9+/=]+$/.test(picture) ? picture : undefined;
}
