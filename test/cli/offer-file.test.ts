import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOfferFile } from '../../cli/offer-file.ts';
import { tempDir } from '../support/temp-dir.ts';

const product = (picture: string) => ({
  gtin: '08001234000011',
  name: { it: 'Vino', en: 'Wine' },
  category: 'wine',
  price: { minor: 950, currency: 'EUR' },
  picture,
});
const written = (content: unknown, name = 'offers.yaml') => {
  const path = join(tempDir(), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

test('a picture beside the file goes into it', () => {
  const path = written({ offers: [], products: [product('wine.webp')] });
  writeFileSync(join(path, '..', 'wine.webp'), 'RIFF');
  expect(readOfferFile(path).products?.[0]?.picture).toBe('data:image/webp;base64,UklGRg==');
});

test('a picture that is missing, too large or of another kind is named', () => {
  expect(() => readOfferFile(written({ offers: [], products: [product('gone.webp')] }))).toThrow(
    /gone\.webp cannot be read/,
  );
  expect(() => readOfferFile(written({ offers: [], products: [product('wine.svg')] }))).toThrow(
    /wine\.svg is neither webp nor png/,
  );
  const path = written({ offers: [], products: [product('big.png')] });
  writeFileSync(join(path, '..', 'big.png'), Buffer.alloc(60_000));
  expect(() => readOfferFile(path)).toThrow(/larger than 48 kB/);
});

test('what is wrong in a file is said with the file, the row, the field and the reason', () => {
  const path = written({ offers: [{ offerId: 'Not A Name' }] });
  expect(() => readOfferFile(path)).toThrow(/offers\.yaml:\n/);
  expect(() => readOfferFile(path)).toThrow(/offers, row 1 \(Not A Name\), offerId: not a name/);
  expect(() => readOfferFile(written('offers: ['))).toThrow(/offers\.yaml: /);
});

test('a wrong check digit and a name that comes twice are found', () => {
  const plain = { ...product(''), picture: undefined };
  const wrong = written({ offers: [], products: [{ ...plain, gtin: '08001234000012' }] });
  expect(() => readOfferFile(wrong)).toThrow(/row 1 \(08001234000012\), gtin: wrong check digit/);
  const twice = written({ offers: [], products: [plain, plain] });
  expect(() => readOfferFile(twice)).toThrow(/row 2 \(08001234000011\), gtin: comes twice/);
});

test('dates stand for whole days, the last one included', () => {
  const offer = readOfferFile('deploy/demo/offers.yaml').offers[0];
  expect(offer?.validFrom).toBe(Date.UTC(2026, 0, 1));
  expect(offer?.validUntil).toBe(Date.UTC(2032, 0, 1));
  const path = written({ offers: [{ offerId: 'x', validFrom: 'soon' }] });
  expect(() => readOfferFile(path)).toThrow(/row 1 \(x\), validFrom: 'soon' is no date/);
});

test('the example shop has what its screens need', () => {
  const { offers, products = [] } = readOfferFile('deploy/demo/offers.yaml');
  expect(products.length).toBeGreaterThanOrEqual(30);
  const known = new Set(products.map(({ gtin }) => gtin));
  for (const offer of offers) for (const gtin of offer.gtins) expect(known).toContain(gtin);
  expect(offers.filter(({ segments }) => segments.length === 0).length).toBeGreaterThanOrEqual(3);
  expect(offers.filter(({ redemption }) => redemption !== undefined).length).toBeGreaterThan(3);
});
