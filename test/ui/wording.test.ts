import { expect, test } from 'vitest';
import {
  benefitText,
  dayText,
  lowestPriceText,
  pictureOf,
  priceText,
  textIn,
  typedCode,
} from '../../ui/wording.ts';

const t = (key: string, values?: object) => `${key}${JSON.stringify(values ?? {})}`;

test('a benefit is as short as it can be, in the writing of the language', () => {
  const three = { kind: 'amount', amount: { minor: 300, currency: 'EUR' } } as const;
  expect(benefitText({ kind: 'percent', percent: 15 }, 'it', t)).toBe('−15%');
  expect(benefitText({ kind: 'percent', percent: 12.5 }, 'it', t)).toBe('−12,5%');
  expect(benefitText(three, 'it', t)).toBe('−3\u00a0€');
  expect(benefitText(three, 'en', t)).toBe('−€3');
  const odd = { kind: 'amount', amount: { minor: 350, currency: 'EUR' } } as const;
  expect(benefitText(odd, 'it', t)).toBe('−3,50\u00a0€');
  expect(benefitText({ kind: 'points', points: 50 }, 'it', t)).toBe('offer.points{"points":50}');
  expect(benefitText({ kind: 'information' }, 'it', t)).toBe('');
});

test('a price keeps its cents; a currency without cents has none', () => {
  expect(priceText({ minor: 690, currency: 'EUR' }, 'it')).toBe('6,90\u00a0€');
  expect(priceText({ minor: 900, currency: 'EUR' }, 'en')).toBe('€9.00');
  expect(priceText({ minor: 900, currency: 'JPY' }, 'en')).toBe('¥900');
});

test('[price-1] beside a price cut stands what it is measured by', () => {
  const say = (since?: string) =>
    lowestPriceText({ price: { minor: 320, currency: 'EUR' }, ...(since && { since }) }, 'it', t);
  expect(say()).toBe('offer.lowest-price{"price":"3,20\u00a0€"}');
  expect(say('2026-04-20')).toBe(
    'offer.lowest-price-since{"date":"20 aprile","price":"3,20\u00a0€"}',
  );
});

test('a text falls back to Italian, then to whatever there is', () => {
  expect(textIn({ it: 'pane', en: 'bread' }, 'en')).toBe('bread');
  expect(textIn({ it: 'pane', en: 'bread' }, 'de')).toBe('pane');
  expect(textIn({ fr: 'pain' }, 'de')).toBe('pain');
  expect(textIn({}, 'de')).toBeUndefined();
});

test('[threat-10] only pictures that came with the data are drawn', () => {
  expect(pictureOf('data:image/webp;base64,UklGRg==')).toBeDefined();
  for (const other of [
    ...['https://evil.example/x.png', 'javascript:alert(1)', 'data:image/svg+xml;base64,AAAA'],
    ...['data:text/html;base64,AAAA', 'data:image/png;base64,AA" onerror="x', '/x.png', ''],
  ]) {
    expect(pictureOf(other), other).toBeUndefined();
  }
});

test('a day is written in words; one of the coming months needs no year, a later one does', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  expect(dayText(Date.UTC(2026, 11, 13, 12), 'it', now)).toBe('13 dicembre');
  expect(dayText(Date.UTC(2031, 11, 31, 12), 'it', now)).toBe('31 dicembre 2031');
  expect(dayText(Date.UTC(2031, 11, 31, 12), 'en', now)).toBe('December 31, 2031');
});

test('a code is typed in fours, its check apart; another text as it is', () => {
  expect(typedCode('SGK7H2K9QRM4TB6WXE3Z')).toBe('SGK 7H2K 9QRM 4TB6 WXE3 Z');
  expect(typedCode('(255)950110153001312345')).toBe('(255) 9501 1015 3001 3 1234 5');
  expect(typedCode('(255)9501101530013')).toBe('(255) 9501 1015 3001 3');
  expect(typedCode('VOUCHER-1')).toBe('VOUCHER-1');
});
