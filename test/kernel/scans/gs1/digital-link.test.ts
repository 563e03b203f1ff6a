import { describe, expect, test } from 'vitest';
import {
  buildDigitalLink,
  type DigitalLink,
  type LinkRejected,
  parseDigitalLink,
} from '../../../../kernel/scans/gs1/digital-link.ts';
import type { Gs1Element } from '../../../../kernel/scans/gs1/element-value.ts';

const inBrackets = (elements: readonly Gs1Element[]) =>
  elements.map(({ ai, value }) => `(${ai})${value}`).join('');
const said = (link: DigitalLink | LinkRejected) =>
  link.kind === 'rejected' ? link : inBrackets(link.elements);
const elementsIn = (brackets: string): Gs1Element[] =>
  Array.from(brackets.matchAll(/\((\d+)\)([^(]*)/g), ([, ai = '', value = '']) => ({ ai, value }));

describe('[link-1] a link says', () => {
  test.each([
    ['https://id.gs1.org/01/09520123456788', '(01)09520123456788'],
    [
      'https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426',
      '(01)09520123456788(10)ABC1(21)12345(17)180426',
    ],
    ['https://id.gs1.org/01/09520123456788/22/2A', '(01)09520123456788(22)2A'],
    ['https://a/8018/123456789012345675/8019/123', '(8018)123456789012345675(8019)123'],
    [
      'https://a/01/12312312312333/22/TEST/10/ABC/21/XYZ',
      '(01)12312312312333(22)TEST(10)ABC(21)XYZ',
    ],
    ['https://a/01/12312312312333/235/TEST', '(01)12312312312333(235)TEST'],
    [
      'https://id.gs1.org/01/09520123456788/235/XYZ?10=ABC123',
      '(01)09520123456788(235)XYZ(10)ABC123',
    ],
    ['https://a/253/1231231231232TEST5678901234567', '(253)1231231231232TEST5678901234567'],
    ['https://a/stem/401/12345678?99=ABC', '(401)12345678(99)ABC'],
    [
      'https://id.gs1.org/00/952012345678912345?02=09520123456788&37=25&10=ABC123',
      '(00)952012345678912345(02)09520123456788(37)25(10)ABC123',
    ],
    ['https://id.gs1.org/414/9520123456788/254/32a%2Fb', '(414)9520123456788(254)32a/b'],
    [
      'https://example.com/8004/9520614141234567?01=09520123456788',
      '(8004)9520614141234567(01)09520123456788',
    ],
    [
      'https://example.com/01/09520123456788?3103=000195&3922=0299&17=201225',
      '(01)09520123456788(3103)000195(3922)0299(17)201225',
    ],
  ])('%s: %s', (text, elements) => {
    expect(said(parseDigitalLink(text))).toBe(elements);
  });
});

describe('[link-2] the host and what stands before the key', () => {
  test.each([
    'HTTP://a', 'HTTPS://A', 'http://a', 'https://a.', 'https://a:65535', 'https://192.0.2.1',
    'https://[2001:db8::1]', 'https://xn--fsq.xn--0zwm56d', 'https://a/more/stem',
    'https://a/00/faux', 'https://a/01/12312312312333',
  ])('%s may be anybody\'s; the rightmost key counts', (stem) => {
    expect(parseDigitalLink(`${stem}/00/006141411234567890`)).toEqual({
      kind: 'digital-link',
      stem,
      elements: [{ ai: '00', value: '006141411234567890' }],
      parameters: [],
    });
  }); // prettier-ignore
});

describe('[link-3] besides identifiers', () => {
  test('other parameters are kept, and say nothing', () => {
    const link = parseDigitalLink('https://a/01/12312312312333?&&one&99=ABC&two=666&&98=XYZ&');
    expect(link).toMatchObject({ parameters: ['one', 'two=666'] });
    expect(said(link)).toBe('(01)12312312312333(99)ABC(98)XYZ');
  });

  test.each(['#', '#fragment', '?#a/b', '?99=1#?99=2'])('%s ends the link', (end) => {
    expect(said(parseDigitalLink(`https://a/00/006141411234567890${end}`))).toMatch(
      /^\(00\)006141411234567890(\(99\)1)?$/,
    );
  });

  test('escapes are read; a plus is a plus in the path', () => {
    const text = 'https://a/01/12312312312333/22/ABC%2d1+3?98=XYZ%2f987%2B';
    expect(said(parseDigitalLink(text))).toBe('(01)12312312312333(22)ABC-1+3(98)XYZ/987+');
  });
});

describe('[link-4] a text that is no valid link', () => {
  test.each([
    ['', 'bad-scheme', '', 0],
    ['ftp://a/01/12312312312333', 'bad-scheme', '', 0],
    ['HtTps://a/01/12312312312333', 'bad-scheme', '', 0],
    ['http:///01/12312312312333', 'bad-host', '', 7],
    ['https://$a/00/006141411234567890', 'bad-host', '', 8],
    ['https://a$/00/006141411234567890', 'bad-host', '', 9],
    ['https://u@a/00/006141411234567890', 'bad-host', '', 9],
    ['https://[fe80::1%25lo]/01/12312312312333', 'bad-host', '', 16],
    ['https://a/01/1231231231233"', 'bad-character', '', 26],
    ['http://a', 'no-key', '', 8],
    ['http://a/', 'no-key', '', 9],
    ['http://a/b', 'no-key', '', 9],
    ['http://a/b/', 'trailing-slash', '', 11],
    ['https://00/006141411234567890', 'no-key', '', 11],
    ['https://a/10/ABC', 'no-key', '', 10],
    ['https://a/gtin/12312312312333', 'no-key', '', 10],
    ['https://a/01/09520123456788/89/ABC123', 'no-key', '89', 28],
    ['https://a/stem/00/006141411234567890/', 'trailing-slash', '', 37],
    ['https://a/01/12312312312333/10/', 'empty-value', '10', 31],
    ['https://a/01//10/ABC', 'empty-value', '01', 13],
    ['https://a/01/12312312312333?99=', 'empty-value', '99', 31],
    ['https://a/01/12312312312334', 'wrong-check-digit', '01', 26],
    ['https://a/01/2112345678900', 'too-short', '01', 26],
    ['https://a/01/416000336108', 'too-short', '01', 25],
    ['https://a/01/02345673', 'too-short', '01', 21],
    ['https://a/253/1231231231232TEST56789012345678', 'too-long', '253', 44],
    ['https://a/01/12312312312333/10/A%00B', 'bad-character', '10', 32],
    ['https://a/01/12312312312333/10/A%20B', 'bad-character', '10', 32],
    ['https://a/01/12312312312333?98=XYZ+987', 'bad-character', '98', 34],
    ['https://a/01/12312312312333/10/%41%ffB', 'bad-character', '10', 34],
    ['https://a/01/12312312312333/10/A%4gB', 'bad-escape', '10', 32],
    ['https://a/01/12312312312333/10/AB%4', 'bad-escape', '10', 33],
    ['https://a/01/12312312312333/21/X/10/Y', 'bad-qualifier', '10', 33],
    ['https://a/01/12312312312333/10/Y/235/X', 'bad-qualifier', '235', 33],
    ['https://a/00/006141411234567890/10/Y', 'bad-qualifier', '10', 32],
    ['https://a/01/12312312312333/10/Y/10/Y', 'bad-qualifier', '10', 33],
    ['https://example.com/01/09520123456788?10=ABC123', 'qualifier-in-query', '10', 38],
    ['https://a/01/09520123456788/10/1?21=1', 'qualifier-in-query', '21', 33],
    ['https://a/00/006141411234567890?21=1', 'not-an-attribute', '21', 32],
    ['https://a/01/09520123456788/10/ABC?99=X&10=ABC', 'repeated-identifier', '10', 40],
    ['https://a/01/09520123456788?99=X&99=X', 'repeated-identifier', '99', 33],
    ['https://a/01/09520123456788?01=09520123456788', 'repeated-identifier', '01', 28],
    ['https://a/01/09520123456788?99=XYZ&89=ABC', 'unknown-identifier', '89', 35],
    ['https://a/01/09520123456788?999=faux', 'unknown-identifier', '999', 28],
    ['https://a/01/09520123456788?17=181331', 'bad-date', '17', 31],
    ['https://a/01/09520123456788?37=1', 'excluded-identifier', '01', 10],
    ['https://a/414/9520123456788?17=180426', 'missing-requisite', '17', 28],
  ])('%s: %s (%s) at %i', (text, reason, ai, at) => {
    expect(parseDigitalLink(text)).toEqual({ kind: 'rejected', reason, ai, at });
  });
});

describe('[link-5] an older link, taken leniently', () => {
  test.each([
    ['https://a/01/2112345678900', '(01)02112345678900'],
    ['https://a/01/416000336108', '(01)00416000336108'],
    ['https://a/01/02345673', '(01)00000002345673'],
    [
      'https://example.com/01/9520123456788?3103=000195&3922=0299&17=201225',
      '(01)09520123456788(3103)000195(3922)0299(17)201225',
    ],
    [
      'https://example.com/8004/9520614141234567?01=9520123456788',
      '(8004)9520614141234567(01)09520123456788',
    ],
    ['https://a/gtin/12312312312333/lot/ABC/ser/1', '(01)12312312312333(10)ABC(21)1'],
    ['https://a/sscc/006141411234567890', '(00)006141411234567890'],
    ['https://a/gsrn/123456789012345675/srin/1', '(8018)123456789012345675(8019)1'],
    ['HtTpS://a/01/12312312312333', '(01)12312312312333'],
    ['https://a/01/12312312312333/10/AB%4', '(01)12312312312333(10)AB%4'],
    ['https://a/01/09520123456788?89=ABC', '(01)09520123456788'],
    ['https://a/414/9520123456788?17=180426', '(414)9520123456788(17)180426'],
  ])('%s says %s', (text, elements) => {
    expect(parseDigitalLink(text).kind).toBe('rejected');
    expect(said(parseDigitalLink(text, 'lenient'))).toBe(elements);
  });

  test.each([
    ['https://a/01/2112345678901', 'wrong-check-digit', 25],
    ['https://a/01/02345674', 'wrong-check-digit', 20],
    ['https://a/toString/12312312312333', 'no-key', 10],
    ['https://a/01/12312312312333/21/X/10/Y', 'bad-qualifier', 33],
    ['https://a/01/09520123456788?10=ABC', 'qualifier-in-query', 28],
    ['https://a/01/12312312312333/10/A%00B', 'bad-character', 32],
    ['https://a/01/09520123456788/', 'trailing-slash', 28],
  ])('but not %s: %s at %i', (text, reason, at) => {
    expect(parseDigitalLink(text, 'lenient')).toMatchObject({ kind: 'rejected', reason, at });
  });
});

describe('[link-6] elements make one link', () => {
  test.each([
    ['(01)05412345000013(3103)000189(3923)2172(10)ABC&+123',
     'https://id.gs1.org/01/05412345000013/10/ABC%26%2B123?3103=000189&3923=2172'],
    ['(17)180426(21)12345(10)ABC1(01)09520123456788',
     'https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426'],
    ['(8019)123(8018)123456789012345675',
     'https://id.gs1.org/8018/123456789012345675/8019/123'],
    ['(01)09520123456788(10)ABC(235)XYZ',
     'https://id.gs1.org/01/09520123456788/235/XYZ?10=ABC'],
    ['(255)9521234567899', 'https://id.gs1.org/255/9521234567899'],
    ['(01)09520123456788(22)!"%&\'*+,-./:;<=>?_', 'https://id.gs1.org/01/09520123456788/22/%21%22%25%26%27%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F_'],
  ])('%s: %s', (elements, link) => {
    expect(buildDigitalLink(elementsIn(elements), 'https://id.gs1.org')).toBe(link);
  }); // prettier-ignore

  test('at the host and path that one likes', () => {
    const elements = elementsIn('(01)09520123456788');
    expect(buildDigitalLink(elements, 'http://shop.example/p/')).toBe(
      'http://shop.example/p/01/09520123456788',
    );
  });

  test.each([
    ['(10)ABC', 'https://a', 'no-key', '10'],
    ['', 'https://a', 'no-key', ''],
    ['(01)09520123456789', 'https://a', 'wrong-check-digit', '01'],
    ['(01)09520123456788(89)1', 'https://a', 'unknown-identifier', '89'],
    ['(01)09520123456788(8019)1', 'https://a', 'not-an-attribute', '8019'],
    ['(01)09520123456788(37)1', 'https://a', 'excluded-identifier', '01'],
    ['(01)09520123456788', 'gopher://a', 'bad-scheme', ''],
    ['(01)09520123456788', 'https://', 'bad-scheme', ''],
    ['(01)09520123456788(99)\ud800', 'https://a', 'bad-character', '99'],
  ])('but not %s at %s: %s (%s)', (elements, stem, reason, ai) => {
    expect(buildDigitalLink(elementsIn(elements), stem)).toMatchObject({
      kind: 'rejected',
      reason,
      ai,
    });
  });
});
