import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTillCsv } from '../../../edge/pos/till-csv.ts';
import { OIL } from '../../doubles/shop-goods.ts';

const HEAD = 'receipt,time,codes,gtin,quantity,price';
const EAN = '4006381333931';
const complaintsOf = (text: string) => {
  const file = readTillCsv(text, 2);
  return file.kind === 'refused' ? file.complaints : [];
};

test('[csv-1] lines of one receipt and day are one purchase, its codes in their order', () => {
  const text = [
    `\uFEFF${HEAD}`,
    `0001,2026-04-30 18:05,SGC1 SGK2,${EAN},3,9.90`,
    `0001,2026-04-30 18:05,SGK2 SGK3,${EAN},1,9.9`,
    `0002,2026-04-30T18:06:59,,${EAN},1,10`,
    `0001,2026-05-01 09:00,,${EAN},1,0`,
  ].join('\r\n');
  const time = { date: '2026-04-30', minuteOfDay: 1_085 };
  const line = { gtin: OIL, quantity: 1, unitPriceMinor: 990 };
  expect(readTillCsv(text, 2)).toEqual({
    kind: 'purchases',
    receipts: [
      {
        ...{ receipt: '0001', time, codes: ['SGC1', 'SGK2', 'SGK3'] },
        lines: [
          { ...line, line: 2, quantity: 3 },
          { ...line, line: 3 },
        ],
      },
      {
        ...{ receipt: '0002', time: { ...time, minuteOfDay: 1_086 }, codes: [] },
        lines: [{ ...line, line: 4, unitPriceMinor: 1_000 }],
      },
      {
        ...{ receipt: '0001', time: { date: '2026-05-01', minuteOfDay: 540 }, codes: [] },
        lines: [{ ...line, line: 5, unitPriceMinor: 0 }],
      },
    ],
  });
});

test('[csv-1] columns stand in any order, by semicolon or tab too, quoted or not, with others between', () => {
  const semicolons = `price;Till;EAN NAME;gtin\n"3,20";1;"Oil ""fine""";${EAN}\n\n`;
  const found = { kind: 'prices', prices: [{ line: 2, gtin: OIL, minor: 320, from: undefined }] };
  expect(readTillCsv(semicolons, 2)).toEqual(found);
  expect(readTillCsv(`gtin\tprice\tfrom\n${EAN}\t3.20\t2026-04-01`, 2)).toMatchObject({
    prices: [{ minor: 320, from: '2026-04-01' }],
  });
  expect(readTillCsv(`gtin,price\n${EAN},320`, 0)).toMatchObject({ prices: [{ minor: 320 }] });
});

test('[csv-2] what is wrong is named by line, field and reason, all of it at once', () => {
  const text = [
    HEAD,
    `0001,yesterday,,${EAN},0,9.90`,
    `a b,2026-02-30 10:00,,4006381333932,1,9.905`,
    `0003,2026-04-30 10:00,,${EAN},1.5,-1`,
    `0004,2026-04-30 10:00,,${EAN},1`,
  ].join('\n');
  expect(complaintsOf(text).map(({ line, field }) => `${String(line)} ${field}`)).toEqual([
    ...['2 time', '2 quantity'],
    ...['3 receipt', '3 time', '3 gtin', '3 price'],
    ...['4 quantity', '4 price'],
    ...['5 line', '5 price'],
  ]);
  expect(complaintsOf('')).toEqual([{ line: 0, field: 'file', reason: 'is empty' }]);
  expect(complaintsOf('gtin,cost\n')).toMatchObject([{ line: 1, field: 'price' }]);
  expect(complaintsOf('gtin,price\n"1')).toMatchObject([{ line: 2, field: 'line' }]);
});

test('[csv-2] any text gives an answer', () => {
  const bits = fc.constantFrom('"', ',', ';', '\n', '\r', EAN, '1', ' ', 'a', '2026-04-30 18:05');
  fc.assert(
    fc.property(fc.constantFrom(HEAD, 'gtin;price'), fc.array(bits), (head, body) => {
      expect(['purchases', 'prices', 'refused']).toContain(
        readTillCsv(`${head}\n${body.join('')}`, 2).kind,
      );
    }),
    { numRuns: 300 },
  );
});
