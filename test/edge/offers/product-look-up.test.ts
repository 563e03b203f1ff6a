import { describe, expect, test } from 'vitest';
import { Catalogue } from '../../../edge/offers/catalogue.ts';
import { ProductLookUp } from '../../../edge/offers/product-look-up.ts';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import { type Bundle, ProductSchema } from '../../../kernel/domain/offer.ts';
import { meaningOfScan } from '../../../kernel/scans/scan.ts';
import { utf8 } from '../../support/bytes.ts';

const product = (gtin: string) =>
  ProductSchema.parse({
    gtin,
    name: { it: 'Pecorino', en: 'Pecorino' },
    price: { minor: 2_400, currency: 'EUR' },
    category: 'cheese',
  });

const catalogue = new Catalogue({ storeName: 'Bottega', noticeUrl: 'http://127.0.0.1/' });
catalogue.serve({
  version: 1,
  offers: [],
  products: ['02112345000008', '02312345000002', '12312312312333', '02445678901231'].map(product),
} as unknown as Bundle);
const products = new ProductLookUp(catalogue, [
  { pattern: '21.....{NNDDD}', value: 'weight' },
  { pattern: '23.....{NNNDD}', value: 'price' },
  { pattern: '042', value: 'member' },
  { pattern: '041', value: 'staff' },
]);

function find(text: string) {
  const scan = meaningOfScan(utf8(text));
  if (scan.kind !== 'gtin' && scan.kind !== 'gs1') throw new Error(`not a product: ${scan.kind}`);
  return { card: products.find(scan)?.card, isStaff: products.isStaff(scan) };
}

describe('the label of one piece', () => {
  test('says its weight', () => {
    expect(find('2112345012346').card).toMatchObject({
      gtin: '02112345000008' as Gtin,
      price: { minor: 2_400, currency: 'EUR' },
      weightG: 1_234,
    });
  });

  test('says its price', () => {
    const { card } = find('2312345012340');
    expect(card).toMatchObject({ gtin: '02312345000002', price: { minor: 1_234 } });
    expect(card).not.toHaveProperty('weightG');
  });

  test('says both in a GS1 message', () => {
    expect(find(']e001123123123123333103000189' + '39222172').card).toMatchObject({
      gtin: '12312312312333',
      price: { minor: 2_172, currency: 'EUR' },
      weightG: 189,
    });
  });
});

test('a product that is listed by its whole number is found by it', () => {
  expect(find('12312312312333').card).toMatchObject({ price: { minor: 2_400 } });
  expect(find('2445678901231').card).toMatchObject({ gtin: '02445678901231' });
});

test('a number of staff is no product, and told apart from a customer’s', () => {
  expect(find('0411234567892')).toEqual({ card: undefined, isStaff: true });
  expect(find('0421234567891')).toEqual({ card: undefined, isStaff: false });
});
