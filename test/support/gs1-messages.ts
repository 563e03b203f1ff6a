// GS1 messages that are valid by construction, for every identifier of the table.
import { fc } from '@fast-check/vitest';
import {
  APPLICATION_IDENTIFIERS,
  type ApplicationIdentifier,
  applicationIdentifier,
} from '../../kernel/scans/gs1/application-identifiers.ts';
import { checkCharactersOf } from '../../kernel/scans/gs1/check-characters.ts';
import { CSET_82, type Charset } from '../../kernel/scans/gs1/charsets.ts';
import {
  COUNTRY_LETTERS,
  COUNTRY_NUMBERS,
  CURRENCY_NUMBERS,
  MEDIA_TYPES,
  PACKAGE_TYPES,
} from '../../kernel/scans/gs1/code-lists.ts';
import type { Gs1Element } from '../../kernel/scans/gs1/element-value.ts';
import type { Component } from '../../kernel/scans/gs1/identifier-row.ts';
import type { Linter } from '../../kernel/scans/gs1/linters.ts';
import { gs1CheckDigit } from '../../kernel/scans/check-digit.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CHARACTERS: Readonly<Record<Charset, string>> = {
  N: '0123456789',
  X: CSET_82,
  Y: `#-/0123456789${LETTERS}`,
  Z: `-_0123456789${LETTERS}${LETTERS.toLowerCase()}`,
};

const text = (characters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength });
const digits = (min: number, max = min) => text(CHARACTERS.N, min, max);
const codeOf = (codes: Iterable<string>) => fc.constantFrom(...codes);
const number = (min: number, max: number, width: number) =>
  fc.integer({ min, max }).map((value) => String(value).padStart(width, '0'));
const joined = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((words) => words.join(''));
/** Digits behind one that counts them, `more` left out of the count. */
const counted = (min: number, max: number, more = 0) =>
  fc
    .integer({ min, max })
    .chain((count) => digits(count + more).map((rest) => `${String(count)}${rest}`));
const optionally = (part: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), part);

const day = joined(number(0, 99, 2), number(1, 12, 2), number(1, 28, 2));
const requirement = joined(counted(1, 5), codeOf('012349'), digits(3));
const itsPrefix = fc.oneof(fc.constant('9'), counted(0, 6, 6));
const coupon8110 = joined(
  ...[counted(0, 6, 6), digits(6), counted(1, 5), requirement],
  optionally(joined(fc.constant('1'), codeOf('0123'), requirement, itsPrefix)),
  optionally(joined(fc.constant('2'), requirement, itsPrefix)),
  optionally(joined(fc.constant('3'), day)),
  optionally(joined(fc.constant('4'), day)),
  optionally(joined(fc.constant('5'), counted(0, 9, 6))),
  optionally(joined(fc.constant('6'), counted(1, 7, 6))),
  optionally(joined(fc.constant('9'), codeOf('01256'), codeOf('012'), digits(1), codeOf('01'))),
);

function ibanOf([country, rest]: readonly [string, string]): string {
  const value = Array.from(`${rest}${country}00`, (c) => Number.parseInt(c, 36)).join('');
  return `${country}${String(98n - (BigInt(value) % 97n)).padStart(2, '0')}${rest}`;
}

/** What a component holds whose first linter of these it is; the others hold by themselves. */
const CONTENTS: Readonly<Partial<Record<Linter, (component: Component) => fc.Arbitrary<string>>>> =
  {
    csum: ({ max }) => digits(max - 1).map((body) => body + gs1CheckDigit(body)),
    csumalpha: ({ max }) =>
      joined(fc.constant('12A'), text(CSET_82, 0, max - 5)).map(
        (body) => body + (checkCharactersOf(body) ?? ''),
      ),
    gcppos1: ({ charset, max }) => joined(digits(2), text(CHARACTERS[charset], 0, max - 2)),
    yymmd0: () => joined(number(0, 99, 2), number(1, 12, 2), number(0, 28, 2)),
    yymmdd: () => day,
    yyyymmdd: () => joined(number(0, 99, 2), day),
    hh: () => number(0, 23, 2),
    mi: () => number(0, 59, 2),
    ss: () => number(0, 59, 2),
    hhmi: () => joined(number(0, 23, 2), number(0, 59, 2)),
    iso3166: () => codeOf(COUNTRY_NUMBERS),
    iso3166999: () => codeOf([...COUNTRY_NUMBERS, '999']),
    iso3166alpha2: () => codeOf(COUNTRY_LETTERS),
    iso4217: () => codeOf(CURRENCY_NUMBERS),
    iso5218: () => codeOf('0129'),
    yesno: () => codeOf('01'),
    winding: () => codeOf('019'),
    importeridx: () => text(CHARACTERS.Z, 1),
    mediatype: () => codeOf(MEDIA_TYPES),
    packagetype: () => codeOf(PACKAGE_TYPES),
    iban: () => fc.tuple(codeOf(COUNTRY_LETTERS), text(CHARACTERS.N + LETTERS, 11, 30)).map(ibanOf),
    pcenc: ({ max }) =>
      joined(text(CSET_82.replace('%', ''), 1, max - 3), optionally(fc.constant('%2f'))),
    latitude: () => number(0, 1_800_000_000, 10),
    longitude: () => number(0, 3_600_000_000, 10),
    zero: () => fc.constant('0'),
    nonzero: ({ max }) => number(1, 10 ** max - 1, max),
    nozeroprefix: ({ max }) => number(0, 10 ** max - 1, 1),
    hyphen: () => fc.constant('-'),
    pieceoftotal: () => fc.tuple(number(1, 50, 2), number(50, 99, 2)).map((pair) => pair.join('')),
    posinseqslash: () => fc.tuple(number(1, 5, 1), number(5, 9, 1)).map((pair) => pair.join('/')),
    couponcode: () => coupon8110.filter((value) => value.length <= 70 && expiresLast(value)),
    couponposoffer: () => joined(codeOf('01'), counted(0, 6, 6), digits(6), counted(0, 9, 6)),
  };

/** Two days in a coupon are told apart only by reading it; those are left to the unit tests. */
function expiresLast(coupon: string): boolean {
  return !/3\d{6}4\d{6}/.test(coupon);
}

function contentOf(component: Component): fc.Arbitrary<string> {
  const { charset, min, max, linters } = component;
  const content = CONTENTS[linters[0] ?? 'csum'];
  if (linters.length > 0 && content !== undefined) return content(component);
  return text(CHARACTERS[charset], min, max);
}

/** A valid value of an identifier, each of its optional components there or not. */
export function valueOf({ components }: ApplicationIdentifier): fc.Arbitrary<string> {
  const needed = components.filter(({ optional }) => !optional);
  return fc
    .integer({ min: needed.length, max: components.length })
    .chain((count) => joined(...components.slice(0, count).map(contentOf)));
}

function elementOf(ai: string): fc.Arbitrary<Gs1Element> {
  const identifier = applicationIdentifier(ai);
  if (identifier === undefined) throw new RangeError(`no identifier: ${ai}`);
  return valueOf(identifier).map((value) => ({ ai, value }));
}

const matching = (pattern: string) =>
  APPLICATION_IDENTIFIERS.map(({ ai }) => ai).filter((ai) =>
    new RegExp(`^${pattern.replaceAll('n', '\\d')}$`).test(ai),
  );

/** An identifier with what it requires, and with what that requires: `pick` chooses among alternatives. */
function withRequisites(ai: string, pick: (count: number) => number): string[] {
  const ais = [ai];
  for (let i = 0; i < ais.length && ais.length < 12; i++) {
    for (const alternatives of applicationIdentifier(ais[i]!)!.requisites) {
      if (
        alternatives.some((all) => all.every((one) => ais.some((x) => matching(one).includes(x))))
      )
        continue;
      for (const pattern of alternatives[pick(alternatives.length)]!) {
        const members = matching(pattern);
        const member = members[pick(members.length)]!;
        if (!ais.includes(member)) ais.push(member);
      }
    }
  }
  return ais;
}

const ALL = APPLICATION_IDENTIFIERS.map(({ ai }) => ai);
/** Those that say more of their content than its characters: a quarter of all, and half of what is tried. */
export const LINTED = APPLICATION_IDENTIFIERS.filter(({ components }) =>
  components.some(({ linters }) => linters.length > 0),
).map(({ ai }) => ai);

/** Some identifiers with what they require; valid unless two of them exclude each other. */
export const anyMessage: fc.Arbitrary<readonly Gs1Element[]> = fc
  .tuple(
    fc.uniqueArray(fc.oneof(fc.constantFrom(...ALL), fc.constantFrom(...LINTED)), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
  )
  .chain(([seeds, picks]) => {
    let next = 0;
    const pick = (count: number) => picks[next++ % picks.length]! % count;
    const ais = new Set(seeds.flatMap((ai) => withRequisites(ai, pick)));
    return fc.tuple(...[...ais].map(elementOf));
  });
