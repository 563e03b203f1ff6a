import { describe, expect, test } from 'vitest';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import { encodeOwnCard, encodeOwnCoupon } from '../../kernel/scans/own-code.ts';
import { codeSvg } from '../../node/code-svg.ts';
import { type CodeKind, type CodeShape, printedCode } from '../../node/printed-code.ts';
import { utf8 } from '../support/bytes.ts';
import { quietZoneOf, readPrinted } from '../support/printed-code.ts';

const CARD = encodeOwnCard(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
const COUPON = encodeOwnCoupon(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
const GSRN = '123456789012345675';
const LINK = 'https://id.gs1.org/01/09520123456788/10/ABC1?17=180426';
const GCN = '95212345678990001';

const print = (kind: CodeKind, text: string, as?: CodeShape) =>
  codeSvg(printedCode(kind, text, as), { title: 'Card' });

describe('a printed code', () => {
  test.each([
    ['card', CARD, 'code128', CARD],
    ['card', CARD, 'qr', CARD],
    ['card', CARD, 'datamatrix', CARD],
    ['card', 'TESSERA-77/b', 'code128', 'TESSERA-77/b'],
    ['card', 'TESSERA-77/b', 'qr', 'TESSERA-77/b'],
    ['coupon', COUPON, 'code128', COUPON],
    ['coupon', COUPON, 'qr', COUPON],
    ['gsrn', GSRN, 'code128', `]C18018${GSRN}`],
    ['gsrn', GSRN, 'qr', `]Q38018${GSRN}`],
    ['gsrn', GSRN, 'datamatrix', `]d28018${GSRN}`],
    ['gcn', GCN, 'code128', `]C1255${GCN}`],
    ['gcn', GCN, 'qr', `]Q3255${GCN}`],
    ['gcn', GCN, 'datamatrix', `]d2255${GCN}`],
    ['gcn', GCN.slice(0, 13), 'datamatrix', `]d2255${GCN.slice(0, 13)}`],
    ['link', LINK, 'qr', LINK],
    ['link', '(17)180426(01)09520123456788(10)ABC1', 'qr', LINK],
    ['ean', '4006381333931', 'ean', '4006381333931'],
    ['ean', '9780201379624', 'ean', '9780201379624'],
    ['ean', '042100005264', 'ean', '0042100005264'],
    ['ean', '73513537', 'ean', '73513537'],
  ] as const)('%s %s as %s is read as %s', (kind, text, as, expected) => {
    expect(readPrinted(print(kind, text, as))).toBe(expected);
  });

  test('is what its reader means: the card that a scanner finds on it', () => {
    const read = meaningOfScan(utf8(readPrinted(print('card', CARD.toLowerCase()))));
    expect(read).toEqual({ kind: 'own-card', number: CARD });
  });

  test.each([
    ['card', CARD, 'SGC 0410 6105 0R3G N'],
    ['coupon', COUPON, 'SGK 0410 6105 0R3G G28A Y'],
    ['gsrn', `(8018)${GSRN}`, '(8018) 1234 5678 9012 3456 75'],
    ['gcn', GCN, '(255) 9521 2345 6789 9 0001'],
    ['gcn', GCN.slice(0, 13), '(255) 9521 2345 6789 9'],
    ['ean', '4006381333931', '4 006381 333931'],
    ['ean', '7351 3537', '7351 3537'],
    ['card', 'TESSERA-77/b', 'TESSERA-77/b'],
    ['card', '04006381333931', '0400 6381 3339 31'],
  ] as const)('%s %s has a line that a person can type: %s', (kind, text, line) => {
    const svg = print(kind, text);
    expect(svg).toContain(`>${line}</text>`);
    expect(svg).toContain(`<title>Card: ${line}</title>`);
    expect(printedCode(kind, line).content).toBe(printedCode(kind, text).content);
  });

  test('of a link says its identifiers, a line each', () => {
    const svg = print('link', LINK);
    for (const line of ['(01) 0952 0123 4567 88', '(10) ABC1', '(17) 180426'])
      expect(svg).toContain(`>${line}</text>`);
  });

  test('of a link begins where the shop wants', () => {
    const code = printedCode('link', '(01)09520123456788', 'qr', 'https://shop.example');
    expect(code.content).toBe('https://shop.example/01/09520123456788');
  });

  test.each([
    ['card', CARD, 'code128', 10, 10, 3, 0.33],
    ['ean', '4006381333931', 'ean', 11, 7, 3, 0.33],
    ['gsrn', GSRN, 'qr', 4, 4, 4, 0.5],
    ['gsrn', GSRN, 'datamatrix', 2, 2, 2, 0.5],
  ] as const)('%s %s as %s stands in light', (kind, text, as, left, right, top, xMm) => {
    const svg = print(kind, text, as);
    const quiet = quietZoneOf(svg);
    expect(quiet.left).toBeGreaterThanOrEqual(left);
    expect(quiet.right).toBeGreaterThanOrEqual(right);
    expect(quiet.top).toBeGreaterThanOrEqual(top);
    const [, width, , across] =
      /width="([\d.]+)mm" height="([\d.]+)mm" viewBox="0 0 (\d+) /.exec(svg)?.map(Number) ?? [];
    expect(Number(width) / Number(across)).toBeCloseTo(xMm, 3);
    expect(svg).toContain(`X ${String(xMm)} mm, quiet zone`);
  });

  test('carries nothing that runs or is fetched, whatever its title says', () => {
    const svg = codeSvg(printedCode('card', 'A<b>&"\'1'), { title: '<script>"&' });
    expect(svg).not.toMatch(/<script|href|url\(|<image|on\w+=/);
    expect(svg).toContain("<title>&#60;script&#62;&#34;&#38;: A&#60;b&#62;&#38;&#34;'1</title>");
  });
});

describe('what cannot be printed is said', () => {
  test.each([
    ['card', ' ', undefined, 'text: nothing in it'],
    ['card', `${CARD.slice(0, -1)}0`, undefined, 'the check character, character 16,'],
    ['card', `${CARD.slice(0, 5)}U${CARD.slice(6)}`, undefined, "character 6, 'U', is not of"],
    ['card', CARD.slice(1, -1) + 'è', undefined, 'character 15 is not ASCII'],
    ['card', CARD.slice(0, -1), undefined, 'text: not SGC, 12 symbols'],
    ['card', 'X'.repeat(49), undefined, 'at most 48 characters'],
    ['coupon', CARD, undefined, 'text: not SGK, 16 symbols'],
    ['gsrn', '12345678901234567', undefined, 'a GSRN has 18 digits, not 17'],
    ['gsrn', '123456789012345676', undefined, 'the check digit, digit 18,'],
    ['gsrn', '(8017)123456789012345675', undefined, 'the identifier (8017) is not (8018)'],
    ['gcn', '9521234567890', undefined, 'the check digit, digit 13,'],
    ['gcn', '95212345678990001x', undefined, "character 18, 'x', is no digit"],
    ['ean', '4006381333930', undefined, 'the check digit, digit 13,'],
    ['ean', '40063813339', undefined, '8, 12 or 13 digits, not 11'],
    ['ean', '4006381333931', 'qr', 'ean is printed as ean, not as qr'],
    [
      'link',
      'https://a/01/09520123456789',
      'qr',
      'identifier (01): wrong check digit, at character 27',
    ],
    ['link', 'https://a/01/09520123456788?89=1', 'qr', 'identifier (89): unknown identifier, at'],
    ['link', 'https://a/', 'qr', 'text: no key, at character 11'],
    ['link', '(01)09520123456789', 'qr', 'identifier (01): wrong check digit, at character 18'],
    ['link', '(98)1', 'qr', 'no link can say this: identifier (98): no key'],
    ['card', CARD, 'ean', 'card is printed as code128, qr, datamatrix, not as ean'],
  ] as const)('%s %s as %s: %s', (kind, text, as, message) => {
    expect(() => print(kind, text, as)).toThrow(message);
  });
});
