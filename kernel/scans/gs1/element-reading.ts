import { applicationIdentifier } from './application-identifiers.ts';
import { daysOf } from './calendar.ts';
import type { Gs1Element } from './element-value.ts';

/** What a value says, where it is a date, a number or money. Decimals are text, so that none is lost. */
export type ElementReading =
  /** ISO 8601, to the day. */
  | { readonly kind: 'date'; readonly date: string }
  /** ISO 8601, local time: as much of it as the label has. */
  | { readonly kind: 'date-time'; readonly dateTime: string }
  | { readonly kind: 'date-range'; readonly from: string; readonly to: string }
  /** `unit` as in the identifier's title: kg, m, in. */
  | { readonly kind: 'measure'; readonly amount: string; readonly unit: string }
  /** `currency`: ISO 4217 number; without it the currency of the place. */
  | { readonly kind: 'money'; readonly amount: string; readonly currency?: string }
  | { readonly kind: 'percent'; readonly amount: string }
  | { readonly kind: 'count'; readonly count: number };

/**
 * What a valid element says; undefined for text and numbers that only name something.
 * @param thisYear - tells the century of a year of two digits
 */
export function readElement(
  { ai, value }: Gs1Element,
  thisYear: number,
): ElementReading | undefined {
  if (ai === '30' || ai === '37') return { kind: 'count', count: Number(value) };
  if (/^3[1-6]\d\d$/.test(ai)) {
    const unit = ai.startsWith('337') ? 'kg/m²' : /\((.+)\)/.exec(titleOf(ai))?.[1];
    return unit === undefined ? undefined : { kind: 'measure', amount: decimal(value, ai), unit };
  }
  if (/^39[025]\d$/.test(ai)) return { kind: 'money', amount: decimal(value, ai) };
  if (/^39[13]\d$/.test(ai))
    return { kind: 'money', amount: decimal(value.slice(3), ai), currency: value.slice(0, 3) };
  if (/^394\d$/.test(ai)) return { kind: 'percent', amount: decimal(value, ai) };
  return readTime(ai, value, thisYear);
}

function readTime(ai: string, value: string, thisYear: number): ElementReading | undefined {
  const date = isoDate(value.slice(0, 6), thisYear);
  const clock = (digits: string) => digits.replace(/\d\d(?=\d)/g, '$&:');
  switch (ai) {
    case '11':
    case '12':
    case '13':
    case '15':
    case '16':
    case '17':
    case '4326':
    case '7006':
      return { kind: 'date', date };
    case '7011':
      if (value.length === 6) return { kind: 'date', date };
      return { kind: 'date-time', dateTime: `${date}T${clock(value.slice(6))}` };
    case '4324':
    case '4325':
    case '7003':
    case '8008':
      return { kind: 'date-time', dateTime: `${date}T${clock(value.slice(6))}` };
    case '7007':
      if (value.length === 6) return { kind: 'date', date };
      return { kind: 'date-range', from: date, to: isoDate(value.slice(6), thisYear) };
    case '7250':
      return { kind: 'date', date: dashed(value) };
    case '7251':
      return {
        kind: 'date-time',
        dateTime: `${dashed(value.slice(0, 8))}T${clock(value.slice(8))}`,
      };
    default:
      return undefined;
  }
}

/**
 * A date of six digits: the year is the one from 49 years ago to 50 years ahead, day 00 the last of its month.
 * Source: GS1 General Specifications, sections 7.12 (centuries) and 3.4 (days).
 */
function isoDate(yymmdd: string, thisYear: number): string {
  const ahead = Number(yymmdd.slice(0, 2)) - (thisYear % 100);
  const year = thisYear + ahead + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
  const month = yymmdd.slice(2, 4);
  const day = yymmdd.slice(4, 6);
  const last = String(daysOf(year, Number(month)));
  return `${String(year)}-${month}-${day === '00' ? last : day}`;
}

function dashed(yyyymmdd: string): string {
  return `${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6)}`;
}

/** The last digit of the identifier says how many digits stand behind the point. */
function decimal(digits: string, ai: string): string {
  const places = Number(ai.at(-1));
  const padded = digits.padStart(places + 1, '0');
  const whole = padded.slice(0, padded.length - places).replace(/^0+(?=\d)/, '');
  return places === 0 ? whole : `${whole}.${padded.slice(-places)}`;
}

function titleOf(ai: string): string {
  return applicationIdentifier(ai)?.title ?? '';
}
