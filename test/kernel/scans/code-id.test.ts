import { describe, expect, test } from 'vitest';
import { CODE_ID_PROFILES, type CodeIdProfile, toAimForm } from '../../../kernel/scans/code-id.ts';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { textOf } from '../../../kernel/scans/text.ts';
import { utf8 } from '../../support/bytes.ts';

function aimForm(text: string, profile: CodeIdProfile): string {
  const form = toAimForm(utf8(text), profile);
  return form instanceof Uint8Array ? textOf(form) : `${form.reason}@${String(form.at)}`;
}

describe("a maker's letter becomes the AIM identifier", () => {
  test.each<[CodeIdProfile, string, string]>([
    ['zebra', 'A4006381333931', ']E04006381333931'],
    ['zebra', 'A012345678905', ']E0012345678905'],
    ['zebra', 'A96385074', ']E496385074'],
    ['zebra', 'A04252614', ']E004252614'], // UPC-E of 042100005264
    ['zebra', 'A400638133393112', ']E3400638133393112'],
    ['zebra', 'A01234567890512', ']E3001234567890512'],
    ['zebra', 'K0104006381333931\x1d10A', ']C10104006381333931\x1d10A'],
    ['zebra', 'P01https://example.com', ']Q1https://example.com'],
    ['zebra', 'P0Q0104006381333931', ']Q30104006381333931'],
    ['honeywell', 'd4006381333931', ']E04006381333931'],
    ['honeywell', 'D96385074', ']E496385074'],
    ['honeywell', 'jSGC', ']C0SGC'],
    ['honeywell', 'I010800', ']C1010800'],
    ['honeywell', 'w\x1d01', ']d1\x1d01'],
    ['datalogic', 'B4006381333931', ']E04006381333931'],
    ['datalogic', 'A96385074', ']E496385074'],
    ['datalogic', 'TSGC', ']C0SGC'],
    ['datalogic', 'k010800', ']C1010800'],
    ['datalogic-us', 'F4006381333931', ']E04006381333931'],
    ['datalogic-us', 'FF96385074', ']E496385074'],
    ['datalogic-us', 'QRSGR', ']Q1SGR'],
    ['cino', 'F4006381333931', ']E04006381333931'],
    ['cino', 'N96385074', ']E496385074'],
    ['cino', 'BSGC', ']C0SGC'],
    ['aim', ']C1010800', ']C1010800'],
    ['none', ']C1010800', ']C1010800'],
    ['none', 'anything', 'anything'],
  ])('%s: %j is %j', (profile, text, expected) => {
    expect(aimForm(text, profile)).toBe(expected);
  });

  test('and the product is the same whichever maker read it', () => {
    const readings: Record<Exclude<CodeIdProfile, 'none'>, string> = {
      aim: ']E04006381333931',
      zebra: 'A4006381333931',
      honeywell: 'd4006381333931',
      datalogic: 'B4006381333931',
      'datalogic-us': 'F4006381333931',
      cino: 'F4006381333931',
    };
    for (const [profile, text] of Object.entries(readings)) {
      const form = toAimForm(utf8(text), profile as CodeIdProfile);
      expect(meaningOfScan(form as Uint8Array)).toMatchObject({
        kind: 'gtin',
        gtin: '04006381333931',
      });
    }
  });
});

test.each(CODE_ID_PROFILES.filter((profile) => profile !== 'none'))(
  'a letter that %s does not have is rejected, and so is no letter at all',
  (profile) => {
    expect(aimForm('?4006381333931', profile)).toBe('unknown-code-id@0');
    expect(aimForm('4006381333931', profile)).toBe('unknown-code-id@0');
    expect(aimForm('', profile)).toBe('unknown-code-id@0');
  },
);

test('names that every object has are no letters of a maker', () => {
  expect(aimForm('constructor', 'zebra')).toBe('unknown-code-id@0');
});

test('eight digits that are a right EAN-8 and a right UPC-E are not guessed at', () => {
  expect(aimForm('A01234565', 'zebra')).toBe('ambiguous-code-id@1');
});
