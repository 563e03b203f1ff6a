import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOfferFile } from '../../cli/offer-file.ts';
import { tempDir } from '../support/temp-dir.ts';

const product = (picture: string) => ({
  gtin: '08001234000017',
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

test('what is wrong in a file is said with the file, the field and the reason', () => {
  const path = written({ offers: [{ offerId: 'Not A Name' }] });
  expect(() => readOfferFile(path)).toThrow(/offers\.yaml: offers\.0\.offerId: not a name/);
  expect(() => readOfferFile(written('offers: ['))).toThrow(/offers\.yaml: /);
});
