import { type Rejected, rejected } from '../../rejected.ts';
import { hasGs1CheckDigit } from '../check-digit.ts';
import { daysOf, isDate } from './calendar.ts';
import {
  COUNTRY_LETTERS,
  COUNTRY_NUMBERS,
  CURRENCY_NUMBERS,
  MEDIA_TYPES,
  PACKAGE_TYPES,
} from './code-lists.ts';
import { hasCheckCharacters } from './check-characters.ts';
import type { ValueReason } from './gs1-rejected.ts';
import { isIban } from './iban.ts';
import { readCoupon8110, readCoupon8112 } from './north-american-coupon.ts';

type Lint = (value: string) => Rejected<ValueReason> | undefined;

/**
 * What a component's content must be, beyond its characters, by the dictionary's names. Positions count inside the
 * component. Source: GS1 Barcode Syntax Tests, https://ref.gs1.org/tools/gs1-barcode-syntax-resource/syntax-tests/
 */
const LINTERS = {
  csum: (value) =>
    hasGs1CheckDigit(value) ? undefined : rejected('wrong-check-digit', value.length - 1),
  csumalpha: (value) =>
    hasCheckCharacters(value)
      ? undefined
      : rejected('wrong-check-characters', Math.max(0, value.length - 2)),
  gcppos1: (value) => companyPrefixAt(value, 0),
  gcppos2: (value) => companyPrefixAt(value, 1),
  hasnondigit: (value) => (/\D/.test(value) ? undefined : rejected('only-digits', 0)),
  yymmd0: (value) => (isDate(value, true) ? undefined : rejected('bad-date', 0)),
  yymmdd: (value) => (isDate(value) ? undefined : rejected('bad-date', 0)),
  yyyymmdd: (value) => {
    const day = Number(value.slice(6));
    const days = daysOf(Number(value.slice(0, 4)), Number(value.slice(4, 6)));
    return day > 0 && day <= days ? undefined : rejected('bad-date', 0);
  },
  hh: (value) => below(value, 0, 24),
  mi: (value) => below(value, 0, 60),
  ss: (value) => below(value, 0, 60),
  hhmi: (value) => below(value, 0, 24) ?? below(value, 2, 60),
  iso3166: (value) => (COUNTRY_NUMBERS.has(value) ? undefined : rejected('unknown-country', 0)),
  iso3166999: (value) =>
    value === '999' || COUNTRY_NUMBERS.has(value) ? undefined : rejected('unknown-country', 0),
  iso3166alpha2: (value) =>
    COUNTRY_LETTERS.has(value) ? undefined : rejected('unknown-country', 0),
  iso4217: (value) => (CURRENCY_NUMBERS.has(value) ? undefined : rejected('unknown-currency', 0)),
  iso5218: (value) => oneOf('0129', value),
  yesno: (value) => oneOf('01', value),
  winding: (value) => oneOf('019', value),
  importeridx: (value) => (/^[-\w]$/.test(value) ? undefined : rejected('unknown-code', 0)),
  mediatype: (value) => (MEDIA_TYPES.has(value) ? undefined : rejected('unknown-code', 0)),
  packagetype: (value) => (PACKAGE_TYPES.has(value) ? undefined : rejected('unknown-code', 0)),
  iban: (value) => (isIban(value) ? undefined : rejected('bad-iban', 0)),
  pcenc: (value) => {
    const at = value.search(/%(?![0-9A-Fa-f]{2})/);
    return at < 0 ? undefined : rejected('bad-percent-escape', at);
  },
  latitude: (value) => (value <= '1800000000' ? undefined : rejected('bad-coordinate', 0)),
  longitude: (value) => (value <= '3600000000' ? undefined : rejected('bad-coordinate', 0)),
  zero: (value) => (value === '0' ? undefined : rejected('bad-zero', 0)),
  nonzero: (value) => (/[^0]/.test(value) ? undefined : rejected('bad-zero', 0)),
  nozeroprefix: (value) => (/^0./.test(value) ? rejected('bad-zero', 0) : undefined),
  hyphen: (value) => (value === '-' ? undefined : rejected('not-a-hyphen', 0)),
  pieceoftotal: (value) => {
    const half = value.length / 2;
    return pieceOf(value.slice(0, half), value.slice(half));
  },
  posinseqslash: (value) => {
    const [, position, end] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(value) ?? [];
    return position === undefined || end === undefined
      ? rejected('bad-piece', 0)
      : pieceOf(position, end);
  },
  couponcode: (value) => rejectionIn(readCoupon8110(value)),
  couponposoffer: (value) => rejectionIn(readCoupon8112(value)),
} satisfies Readonly<Record<string, Lint>>;

export type Linter = keyof typeof LINTERS;

/** What is wrong with the content of one component; undefined if nothing is. */
export function lint(linter: Linter, value: string): Rejected<ValueReason> | undefined {
  return LINTERS[linter](value);
}

/** A GS1 Company Prefix begins with two digits; which of them are given out only GS1 can say. */
function companyPrefixAt(value: string, start: number): Rejected<ValueReason> | undefined {
  return /^\d\d/.test(value.slice(start)) ? undefined : rejected('bad-company-prefix', start);
}

function below(value: string, at: number, end: number): Rejected<ValueReason> | undefined {
  return Number(value.slice(at, at + 2)) < end ? undefined : rejected('bad-time', at);
}

function oneOf(codes: string, value: string): Rejected<ValueReason> | undefined {
  return codes.includes(value) ? undefined : rejected('unknown-code', 0);
}

function pieceOf(piece: string, total: string): Rejected<ValueReason> | undefined {
  const isPiece = Number(piece) > 0 && Number(piece) <= Number(total);
  return isPiece ? undefined : rejected('bad-piece', 0);
}

function rejectionIn(coupon: ReturnType<typeof readCoupon8110>): Rejected<ValueReason> | undefined {
  return coupon.kind === 'rejected' ? coupon : undefined;
}
