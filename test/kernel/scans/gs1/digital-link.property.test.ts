import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  APPLICATION_IDENTIFIERS,
  type ApplicationIdentifier,
  applicationIdentifier,
} from '../../../../kernel/scans/gs1/application-identifiers.ts';
import {
  buildDigitalLink,
  type DigitalLink,
  type LinkReason,
  type LinkRejected,
  parseDigitalLink,
} from '../../../../kernel/scans/gs1/digital-link.ts';
import type { Gs1Element } from '../../../../kernel/scans/gs1/element-value.ts';
import { anyMessage, valueOf } from '../../../support/gs1-messages.ts';
import { objectionToLink } from '../../../support/link-oracle.ts';
import { runs } from '../../../support/runs.ts';

const elementOf = (identifier: ApplicationIdentifier): fc.Arbitrary<Gs1Element> =>
  valueOf(identifier).map((value) => ({ ai: identifier.ai, value }));
const KEYS = APPLICATION_IDENTIFIERS.filter(({ dlKeys }) => dlKeys !== undefined);

/** A key, some of its qualifiers, and attributes that ask for nothing but the key. */
const keyed: fc.Arbitrary<readonly Gs1Element[]> = fc.constantFrom(...KEYS).chain((key) => {
  const sequences = key.dlKeys!.filter((sequence) => sequence.length > 0);
  const qualifiers: fc.Arbitrary<readonly string[]> =
    sequences.length === 0
      ? fc.constant([])
      : fc.constantFrom(...sequences).chain((all) => fc.subarray([...all]));
  const content = APPLICATION_IDENTIFIERS.filter(
    ({ ai, dlDataAttribute, requisites }) =>
      ai !== key.ai &&
      dlDataAttribute &&
      requisites.every((alternatives) => alternatives.some((all) => all.join() === key.ai)),
  );
  const attributes = fc.uniqueArray(fc.constantFrom(...content), { maxLength: 3 });
  return fc
    .tuple(qualifiers, attributes)
    .chain(([others, more]) =>
      fc.tuple(
        ...[
          key,
          ...others.map((ai) => applicationIdentifier(ai)!),
          ...more.filter(({ ai }) => !others.includes(ai)),
        ].map(elementOf),
      ),
    );
});
const elements = fc.oneof(keyed, anyMessage);
const stem = fc.constantFrom(
  'https://id.gs1.org',
  'HTTP://A:8080',
  'https://a/some/stem',
  'https://a/01/x',
);

describe('a link', () => {
  test.prop([elements, stem], { numRuns: runs(1500) })(
    '[link-6] is read as it was made, and made again as it was read',
    (said, at) => {
      const text = buildDigitalLink(said, at);
      fc.pre(typeof text === 'string');
      const link = parseDigitalLink(text);
      expect(link).toMatchObject({ kind: 'digital-link', stem: at, parameters: [] });
      if (link.kind === 'rejected') return;
      const inOrder = (all: readonly Gs1Element[]) =>
        [...all].sort((one, other) => (one.ai < other.ai ? -1 : 1));
      expect(inOrder(link.elements)).toEqual(inOrder(said));
      expect(buildDigitalLink(link.elements, at)).toBe(text);
      expect(parseDigitalLink(text, 'lenient')).toEqual(link);
    },
  );

  test.prop([keyed], { numRuns: runs(1000) })('can say every key with its qualifiers', (said) => {
    const text = buildDigitalLink(said, 'https://a');
    if (typeof text === 'string') return;
    expect(['excluded-identifier', 'missing-requisite']).toContain(text.reason);
  });

  test.prop(
    [fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true }))],
    {
      numRuns: runs(3000),
    },
  )('is told from any text within its length', (text) => {
    for (const strictness of ['strict', 'lenient'] as const) {
      const link = parseDigitalLink(text, strictness);
      if (link.kind !== 'rejected') continue;
      expect(link.at).toBeGreaterThanOrEqual(0);
      expect(link.at).toBeLessThanOrEqual(text.length);
    }
  });
});

/** One change to a link, anywhere in it. */
const change = fc.record({
  kind: fc.constantFrom('put', 'insert', 'remove', 'swap', 'short', 'repeat', 'to query', 'end'),
  at: fc.nat(),
  with: fc.oneof(
    fc.constantFrom(
      '/',
      '?',
      '&',
      '=',
      '#',
      '%',
      '+',
      '%20',
      '%2F',
      '%00',
      '%4g',
      '%',
      '//',
      'x=1&',
    ),
    fc.constantFrom('/10/A', '/21/1', '/89/1', '/01/', '/22/B', '&99=1', '&10=A', '&89=1', '&x'),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

function changed(text: string, by: Change): string {
  const at = by.at % (text.length + 1);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const pairs = text.split('/');
  switch (by.kind) {
    case 'put':
      return before + by.with + after.slice(1);
    case 'insert':
      return before + by.with + after;
    case 'remove':
      return before + after.slice(1);
    case 'swap':
      return before + Array.from(after.slice(0, 2)).reverse().join('') + after.slice(2);
    case 'short':
      return text.replace('/01/0', '/01/');
    case 'repeat':
      return `${text}/${pairs.slice(-2).join('/')}`;
    case 'to query':
      return text.replace(/\/(\w+)\/([^/?]*)$/, '?$1=$2');
    case 'end':
      return text + by.with;
  }
}

/** Where we and the oracle part, each told in docs/gs1-agreement.md. True: it is this case. */
const DISAGREEMENTS: Readonly<
  Record<string, (text: string, ours: DigitalLink | LinkRejected) => boolean>
> = {
  host: (_text, ours) => isReason(ours, 'bad-host'),
  'uri-characters': (_text, ours) => isReason(ours, 'bad-character') && ours.ai === '',
  'short-gtin': (_text, ours) => isReason(ours, 'too-short') && ours.ai === '01',
  'said-twice': (_text, ours) => isReason(ours, 'repeated-identifier'),
  'nameless-parameter': (text, ours) => ours.kind !== 'rejected' && /[?&]=/.test(text),
  messages: (text, ours) => /[?&]39[13]\d=924/.test(text) || isReason(ours, 'bad-iban'),
  'stray-percent': (_text, ours) => isReason(ours, 'bad-escape'),
};
const isReason = (link: DigitalLink | LinkRejected, reason: LinkReason): link is LinkRejected =>
  link.kind === 'rejected' && link.reason === reason;

function expectAgreement(text: string): void {
  const ours = parseDigitalLink(text);
  const theirs = objectionToLink(text);
  const isSame = (ours.kind === 'rejected') === (theirs !== undefined);
  const isExplained = Object.values(DISAGREEMENTS).some((isCase) => isCase(text, ours));
  if (!isSame && !isExplained) expect({ text, ours, theirs }).toBe('agreed upon');
}

describe('where we part from the oracle, it is as told in docs/gs1-agreement.md', () => {
  test.each([
    ['host', false, 'https:///01/12312312312333'],
    ['host', false, 'https://$a/01/12312312312333'],
    ['uri-characters', false, 'https://a/{stem}/01/12312312312333'],
    ['short-gtin', false, 'https://a/01/2112345678900'],
    ['short-gtin', false, 'https://a/8004/9520614141234567?01=9520123456788'],
    ['said-twice', false, 'https://a/01/12312312312333?99=X&99=X'],
    ['stray-percent', false, 'https://a/01/12312312312333/10/AB%4'],
    ['nameless-parameter', true, 'https://a/01/12312312312333?=5'],
  ])('%s: ours says valid: %s: %s', (name, isValidToUs, text) => {
    const ours = parseDigitalLink(text);
    const theirs = objectionToLink(text);
    expect(DISAGREEMENTS[name]!(text, ours)).toBe(true);
    expect([ours.kind !== 'rejected', theirs === undefined]).toEqual([isValidToUs, !isValidToUs]);
  });
});

const link = fc
  .tuple(elements, stem)
  .map(([said, at]) => buildDigitalLink(said, at))
  .filter((text) => typeof text === 'string');

describe('what is a valid link, we and the oracle say alike', () => {
  test.prop([link], { numRuns: runs(1000) })('of links as they are made', (text) => {
    expectAgreement(text);
  });

  test.prop([link, fc.array(change, { minLength: 1, maxLength: 2 })], { numRuns: runs(2000) })(
    'of links with something changed',
    (text, changes) => {
      expectAgreement(changes.reduce(changed, text));
    },
  );
});
