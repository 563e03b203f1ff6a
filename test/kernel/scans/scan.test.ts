import { describe, expect, test } from 'vitest';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { hex, utf8 } from '../../support/bytes.ts';

const CARD = 'SGC041061050R3GN';
const meaningOf = (text: string) => meaningOfScan(utf8(text));

describe('a product', () => {
  test.each([
    [']E04006381333931', '04006381333931', 'ean-13'],
    [']E02112345678900', '02112345678900', 'ean-13'],
    [']E0416000336108', '00416000336108', 'upc-a'],
    [']E473513537', '00000073513537', 'ean-8'],
    [']E402345673', '00000002345673', 'ean-8'],
    [']I124012345678905', '24012345678905', 'itf'],
    ['4006381333931', '04006381333931', 'unknown'],
    ['416000336108', '00416000336108', 'unknown'],
    ['73513537', '00000073513537', 'unknown'],
    ['24012345678905', '24012345678905', 'unknown'],
  ])('is known by %s', (text, gtin, symbology) => {
    expect(meaningOf(text)).toEqual({ kind: 'gtin', gtin, symbology });
  });

  test.each([
    [']E3978020137962412', '12'],
    [']E3978020137962451299', '51299'],
  ])('is known by %s, with its add-on', (text, addOn) => {
    const gtin = '09780201379624';
    expect(meaningOf(text)).toEqual({ kind: 'gtin', gtin, symbology: 'ean-13', addOn });
  });
});

describe('a UPC-E is the UPC-A that it stands for', () => {
  test.each([
    [']E004252614', '00042100005264'],
    [']E00425261', '00042100005264'],
    [']E0425261', '00042100005264'],
    [']E00654321', '00065100004327'],
    [']E00123455', '00012345000058'],
    [']E04252614', '00042100005264'],
  ])('%s', (text, gtin) => {
    expect(meaningOf(text)).toEqual({ kind: 'gtin', gtin, symbology: 'upc-e' });
  });
});

describe('a coupon of the euro area', () => {
  test.each([
    [']E09813765030011', '9813765', '03', 10],
    ['9828508010106', '9828508', '01', 10],
    ['9811234569994', '9811234', '56', 9990],
  ])('%s says who pays and how much', (text, issuer, reference, minor) => {
    const amount = { minor, currency: 'EUR' };
    expect(meaningOf(text)).toMatchObject({ kind: 'euro-coupon', issuer, reference, amount });
  });

  test('with no value makes the item free', () => {
    expect(meaningOf('9828508010007')).toEqual({
      kind: 'euro-coupon',
      symbology: 'unknown',
      gtin: '09828508010007',
      issuer: '9828508',
      reference: '01',
    });
  });
});

test('a refund receipt is known by its prefix', () => {
  expect(meaningOf('9801234567892')).toEqual({
    kind: 'refund-receipt',
    symbology: 'unknown',
    gtin: '09801234567892',
  });
});

describe('a composite', () => {
  test.each([
    [
      ']E02112345678900|]e099COMPOSITE\u001d98XYZ',
      'ean-13',
      '02112345678900',
      ['0102112345678900', '99COMPOSITE', '98XYZ'],
    ],
    [']E402345673|]e010B\u001d', 'ean-8', '00000002345673', ['0100000002345673', '10B']],
    [']E0416000336108|]e021S', 'ean-13', '00416000336108', ['0100416000336108', '21S']],
    [
      ']e00112312312312333|]e110ABC',
      'gs1-databar',
      '12312312312333',
      ['0112312312312333', '10ABC'],
    ],
  ])('%j is one message', (text, symbology, gtin, elements) => {
    const scan = meaningOf(text);
    expect(scan).toMatchObject({ kind: 'gs1', symbology, gtin });
    if (scan.kind !== 'gs1') return;
    expect(scan.elements.map(({ ai, value }) => ai + value)).toEqual(elements);
  });

  test.each([
    [']E02112345678901|]e099X', 'wrong-check-digit', 15],
    [']E02112345678900|]e0', 'empty', 20],
    [']E02112345678900|]e09', 'unknown-identifier', 20],
    [']E02112345678900|]e037' + '5', 'excluded-identifier', 3],
    [']E02112345678900|]e0250A', 'missing-requisite', 20],
    [']E02112345678900|]e2ABC', 'unknown-symbology', 18],
    [']E02112345678900|]X', 'unknown-symbology', 18],
    [']E02112345678900|99X', 'not-a-digit', 16],
    [']e00112312312312334|]e099X', 'wrong-check-digit', 18],
  ])('%j is rejected at its place', (text, reason, at) => {
    expect(meaningOf(text)).toMatchObject({ kind: 'rejected', reason, at });
  });
});

describe('a card or coupon of ours', () => {
  test('is known in the groups that are printed below it', () => {
    expect(meaningOf('SGC 0410 6105 0R3G N')).toEqual({ kind: 'own-card', number: CARD });
    expect(meaningOf('SGC 0410 6105 0R3G M')).toEqual({
      kind: 'rejected',
      reason: 'wrong-check-digit',
      at: 19,
    });
  });

  test.each(['', ']C0', ']Q1', ']A0', ']I0'])('is known behind %j', (identifier) => {
    expect(meaningOf(identifier + CARD)).toEqual({ kind: 'own-card', number: CARD });
    expect(meaningOf(`${identifier}SGK041061050R3GG28GM`).kind).toBe('own-coupon');
  });

  test('with a slip of the hand is rejected at the character in the frame', () => {
    expect(meaningOf(`]C0${CARD.slice(0, -1)}M`)).toEqual({
      kind: 'rejected',
      reason: 'wrong-check-digit',
      at: 18,
    });
    expect(meaningOf('sgcu41061050r3gn')).toEqual({
      kind: 'rejected',
      reason: 'bad-character',
      at: 3,
    });
  });

  test('of another length belongs to somebody else', () => {
    expect(meaningOf('SGC123')).toMatchObject({ kind: 'opaque', text: 'SGC123' });
  });
});

describe('a GS1 message', () => {
  const MESSAGE = '011231231231233310ABC123\u001d99TESTING';

  test.each([
    [']C1', 'gs1-128'],
    [']Q3', 'gs1-qr'],
    [']d2', 'gs1-data-matrix'],
    [']J1', 'gs1-dotcode'],
    [']e0', 'gs1-databar'],
    [']e1', 'gs1-composite'],
    ['\u001d', 'unknown'],
    [']C1\u001d', 'gs1-128'],
    [']Q1\u001d', 'qr'],
  ])('is known behind %j', (identifier, symbology) => {
    expect(meaningOf(identifier + MESSAGE)).toEqual({
      kind: 'gs1',
      symbology,
      elements: [
        { ai: '01', value: '12312312312333' },
        { ai: '10', value: 'ABC123' },
        { ai: '99', value: 'TESTING' },
      ],
      gtin: '12312312312333',
    });
  });

  test('is known as it is printed', () => {
    expect(meaningOf('(01)12312312312333(10)ABC123')).toMatchObject({ gtin: '12312312312333' });
    expect(meaningOf(']Q1(8018)123456789012345675')).toMatchObject({ kind: 'gs1' });
    expect(meaningOf('(89)1')).toMatchObject({ kind: 'opaque' });
  });

  test.each([
    [']C1(01)12312312312333', 'unknown-identifier', 3, ''],
    [']d20112312312312334', 'wrong-check-digit', 18, '01'],
    ['\u001d0112312312312334', 'wrong-check-digit', 16, '01'],
    ['(01)12312312312334', 'wrong-check-digit', 17, '01'],
    [']C1011231231231233310è', 'bad-character', 21, '10'],
    [']Q310ABC', 'missing-requisite', 3, '10'],
    [']C1\u001d', 'empty', 4, ''],
  ])('that is not valid is rejected at its place in the frame: %j', (text, reason, at, ai) => {
    expect(meaningOf(text)).toEqual({ kind: 'rejected', reason, at, ai });
  });

  test('is read leniently where that is asked for', () => {
    expect(meaningOfScan(utf8(']Q310ABC'), 'lenient')).toMatchObject({ kind: 'gs1' });
  });
});

describe('anything else is kept as it is', () => {
  test.each([
    ['ABC', 'unknown', 'ABC'],
    ['2112345678901', 'unknown', '2112345678901'],
    [']C04006381333931', 'code-128', '4006381333931'],
    [']I04006381333931', 'itf', '4006381333931'],
    [']E112', 'ean-add-on', '12'],
  ])('%j', (scanned, symbology, text) => {
    expect(meaningOf(scanned)).toEqual({ kind: 'opaque', symbology, text, bytes: utf8(text) });
  });

  test('UTF-8 is read as such, and what is not as Latin-1', () => {
    expect(meaningOfScan(hex('63c3a8'))).toMatchObject({ text: 'cè', bytes: hex('63c3a8') });
    expect(meaningOfScan(hex('63e8'))).toMatchObject({ text: 'cè', bytes: hex('63e8') });
    expect(meaningOfScan(hex('80ff00'))).toMatchObject({ text: '\u0080ÿ\0' });
    expect(meaningOfScan(hex('efbbbf41'))).toMatchObject({ text: '\ufeffA' });
  });

  test('the bytes kept are a copy, since a framer uses its buffer again', () => {
    const frame = utf8('ABC');
    const scan = meaningOfScan(frame);
    frame.fill(0);
    expect(scan).toMatchObject({ bytes: utf8('ABC') });
  });
});

describe('what cannot be is rejected, with the place', () => {
  test.each([
    ['', 'empty', 0],
    [']C1', 'empty', 3],
    [']E0', 'empty', 3],
    [']XX', 'unknown-symbology', 2],
    [']E02112345678901', 'wrong-check-digit', 15],
    [']E0416000336109', 'wrong-check-digit', 14],
    [']E473513538', 'wrong-check-digit', 10],
    [']E4123456789', 'wrong-length', 11],
    [']E41234567', 'wrong-length', 10],
    [']E040063813339312', 'wrong-length', 16],
    [']E012345', 'wrong-length', 8],
    [']E004252615', 'wrong-check-digit', 10],
    [']E024252614', 'wrong-check-digit', 10],
    [']E0123456789', 'wrong-length', 12],
    [']E0400638133393X', 'not-a-digit', 15],
    [']E397802013796241', 'wrong-length', 17],
    [']E3978020137962512', 'wrong-check-digit', 15],
  ])('%j', (text, reason, at) => {
    expect(meaningOf(text)).toEqual({ kind: 'rejected', reason, at });
  });
});

describe('a GS1 Digital Link', () => {
  const LINK = 'https://example.com/01/12312312312333?99=TEST';

  test.each([']Q1', ']d1', ']C0', ']z0', ''])('is a GS1 message behind %j', (identifier) => {
    expect(meaningOf(identifier + LINK)).toMatchObject({
      kind: 'gs1',
      elements: [
        { ai: '01', value: '12312312312333' },
        { ai: '99', value: 'TEST' },
      ],
      gtin: '12312312312333',
      link: LINK,
    });
  });

  test.each([
    'https://example.com/01/12312312312334',
    'https://example.com/offers?01=12312312312333',
    'http://example.com/',
  ])('is not any address: %s is opaque', (text) => {
    expect(meaningOf(`]Q1${text}`)).toMatchObject({ kind: 'opaque', text });
  });

  test('of an older kind is known where GS1 is taken leniently', () => {
    const text = 'https://example.com/gtin/2112345678900';
    expect(meaningOf(`]Q1${text}`).kind).toBe('opaque');
    expect(meaningOfScan(utf8(`]Q1${text}`), 'lenient')).toMatchObject({
      kind: 'gs1',
      gtin: '02112345678900',
    });
  });
});
