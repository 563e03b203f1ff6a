import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  APPLICATION_IDENTIFIERS,
  applicationIdentifier,
} from '../../../../kernel/scans/gs1/application-identifiers.ts';
import {
  decodeElementString,
  encodeElementString,
  GS,
} from '../../../../kernel/scans/gs1/element-string.ts';
import { type Gs1Element, checkElementValue } from '../../../../kernel/scans/gs1/element-value.ts';
import { anyMessage, LINTED, valueOf } from '../../../support/gs1-messages.ts';
import { objectionOfOracle } from '../../../support/gs1-oracle.ts';
import { runs } from '../../../support/runs.ts';

/** Where we and the oracle part, each told in docs/gs1-agreement.md. True: it is this case. */
const DISAGREEMENTS: Readonly<Record<string, (element: Gs1Element) => boolean>> = {
  'package-types-ape-at': ({ ai, value }) =>
    ai === '7041' && ['APE', 'AT', 'APE/AT'].includes(value),
  'currency-924': ({ ai, value }) => /^39[13]/.test(ai) && value.startsWith('924'),
  'short-iban': ({ ai, value }) => ai === '8007' && value.length <= 10,
};
const isExplained = (elements: readonly Gs1Element[]) =>
  elements.some((element) => Object.values(DISAGREEMENTS).some((isCase) => isCase(element)));

const objectionOfOurs = (elements: readonly Gs1Element[]) => {
  const written = encodeElementString(elements);
  return typeof written === 'string' ? undefined : written;
};

function expectAgreement(elements: readonly Gs1Element[]): void {
  const ours = objectionOfOurs(elements);
  const theirs = objectionOfOracle(elements);
  if ((ours === undefined) !== (theirs === undefined) && !isExplained(elements))
    expect({ elements, ours, theirs }).toBe('agreed upon');
}

describe('where we part from the oracle, it is as told in docs/gs1-agreement.md', () => {
  const gtin = { ai: '01', value: '12312312312333' };
  const weight = { ai: '3103', value: '000500' };
  const payTo = { ai: '415', value: '4006381333931' };
  const sscc = { ai: '00', value: '006141411234567890' };

  test.each<[string, boolean, ...Gs1Element[]]>([
    ['package-types-ape-at', true, sscc, { ai: '7041', value: 'APE' }],
    ['package-types-ape-at', true, sscc, { ai: '7041', value: 'AT' }],
    ['currency-924', true, gtin, weight, { ai: '3932', value: '924500' }],
    ['short-iban', false, payTo, { ai: '8020', value: 'R' }, { ai: '8007', value: 'IT161' }],
  ])('%s: ours says valid: %s', (name, isValidToUs, ...elements) => {
    expect(elements.some((element) => DISAGREEMENTS[name]!(element))).toBe(true);
    expect(objectionOfOurs(elements) === undefined).toBe(isValidToUs);
    expect(objectionOfOracle(elements) === undefined).toBe(!isValidToUs);
  });
});

describe('each identifier', () => {
  const values = fc
    .constantFrom(...APPLICATION_IDENTIFIERS)
    .chain((identifier) => valueOf(identifier).map((value) => ({ ai: identifier.ai, value })));

  test.prop([values], { numRuns: runs(3000) })('takes what is made for it', ({ ai, value }) => {
    expect(checkElementValue(ai, value)).toBeUndefined();
  });
});

/** One change to one value: another character, one more, one less, all of another identifier's. */
const change = fc.record({
  where: fc.nat(),
  kind: fc.constantFrom(
    'flip',
    'digit',
    'zeros',
    'insert',
    'remove',
    'swap',
    'overlong',
    'rename',
    'drop',
    'repeat',
  ),
  at: fc.nat(),
  character: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  digit: fc.constantFrom(...Array.from('0123456789')),
  ai: fc.constantFrom(...APPLICATION_IDENTIFIERS.map(({ ai }) => ai), '89', '3106', '715'),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

function changed(elements: readonly Gs1Element[], by: Change): Gs1Element[] {
  const i = by.where % elements.length;
  const element = elements[i]!;
  const { ai, value } = element;
  const at = by.at % (value.length + 1);
  const withValue = (other: string) => elements.with(i, { ai, value: other });
  switch (by.kind) {
    case 'flip':
      return withValue(value.slice(0, at) + by.character + value.slice(at + 1));
    case 'digit':
      return withValue(value.slice(0, at) + by.digit + value.slice(at + 1));
    case 'zeros':
      return withValue(value.slice(0, at) + '00' + value.slice(at + 2));
    case 'insert':
      return withValue(value.slice(0, at) + by.digit + value.slice(at));
    case 'remove':
      return withValue(value.slice(0, at) + value.slice(at + 1));
    case 'swap':
      return withValue(
        value.slice(0, at) +
          Array.from(value.slice(at, at + 2))
            .reverse()
            .join('') +
          value.slice(at + 2),
      );
    case 'overlong':
      return withValue(value.repeat(4));
    case 'rename':
      return elements.with(i, { ai: by.ai, value });
    case 'drop':
      return elements.length > 1 ? elements.toSpliced(i, 1) : [...elements];
    case 'repeat':
      return [...elements, { ai, value: by.at % 2 === 0 ? value : by.digit }];
  }
}

/** What BWIPP says of messages rather than of values, once it has found the values right. */
const OF_MESSAGES = ['GS1missingAIs', 'GS1exclusiveAIs'];

describe('what is valid, we and the oracle say alike', () => {
  const linted = fc
    .constantFrom(...LINTED)
    .chain((ai) => valueOf(applicationIdentifier(ai)!).map((value) => ({ ai, value })));

  test.prop([linted, change], { numRuns: runs(4000) })(
    'of single values with something changed',
    (element, by) => {
      fc.pre(by.kind !== 'repeat');
      const [one = element] = changed([element], by);
      const ours = checkElementValue(one.ai, one.value);
      const theirs = objectionOfOracle([one]);
      const isValidToThem = theirs === undefined || OF_MESSAGES.includes(theirs);
      if ((ours === undefined) !== isValidToThem && !isExplained([one]))
        expect({ one, ours, theirs }).toBe('agreed upon');
    },
  );

  test.prop([anyMessage], { numRuns: runs(1500) })('of messages as they are made', (elements) => {
    expectAgreement(elements);
  });

  test.prop([anyMessage, fc.array(change, { minLength: 1, maxLength: 2 })], {
    numRuns: runs(3000),
  })('of messages with something changed', (elements, changes) => {
    expectAgreement(changes.reduce(changed, [...elements]));
  });

  test.prop([anyMessage, fc.nat(), fc.constantFrom('no GS', 'GS', 'cut', 'long')], {
    numRuns: runs(2000),
  })('of messages that lost or gained something on the way', (elements, where, damage) => {
    const written = encodeElementString(elements);
    fc.pre(typeof written === 'string');
    const at = where % written.length;
    const damaged = {
      'no GS': written.replaceAll(GS, ''),
      GS: written.slice(0, at) + GS + written.slice(at),
      cut: written.slice(0, at),
      long: written.slice(0, at) + '0'.repeat(100) + written.slice(at),
    }[damage];
    fc.pre(damaged !== '' && damaged !== GS);
    const split = elementsBySplitting(damaged);
    const theirs = split === undefined ? 'no identifier' : objectionOfOracle(split);
    const ours = decodeElementString(damaged);
    const isSame = (ours.kind === 'rejected') === (theirs !== undefined);
    if (!isSame && !isExplained(split ?? [])) expect({ damaged, ours, theirs }).toBe('agreed upon');
  });
});

/** Lengths of values that end by themselves, by the first two digits: GS1 General Specifications, figure 7.8.5-1. */
const ENDING = new Map<string, number>([
  ...(['00', '01', '02', '03', '20', '41'] as const).map(
    (two, i) => [two, [18, 14, 14, 14, 2, 13][i]!] as const,
  ),
  ...['11', '12', '13', '15', '16', '17', '31', '32', '33', '34', '35', '36'].map(
    (two) => [two, 6] as const,
  ),
]);

/** Identifiers and values by the shortest way, without a look at the values; undefined where none begins. */
function elementsBySplitting(message: string): Gs1Element[] | undefined {
  const elements: Gs1Element[] = [];
  let rest = message.startsWith(GS) ? message.slice(1) : message;
  while (rest !== '') {
    const ai = APPLICATION_IDENTIFIERS.find((identifier) => rest.startsWith(identifier.ai))?.ai;
    if (ai === undefined) return undefined;
    const upToGs = rest.slice(ai.length).split(GS)[0]!;
    const value = upToGs.slice(0, ENDING.get(ai.slice(0, 2)) ?? upToGs.length);
    elements.push({ ai, value });
    rest = rest.slice(ai.length + value.length);
    if (rest.startsWith(GS)) rest = rest.slice(1);
  }
  return elements;
}
