import { expect, test } from 'vitest';
import type { Gtin } from '../../../kernel/domain/ids.ts';
import {
  firstDayOfCut,
  lowestOf30Days,
  priceEvidence,
  type PriceHistory,
  priceWith,
  referencePrice,
  spansOf,
} from '../../../kernel/domain/price-history.ts';

const espresso = '08000070000012' as Gtin;
const kept = (given: Partial<PriceHistory>): PriceHistory => ({
  ...{ keptSince: '2026-01-01', shelf: [], cuts: [] },
  ...given,
});
const off20 = { kind: 'percent', percent: 20 } as const;
const evidence = (history: PriceHistory | undefined, day: string, benefit: typeof off20 = off20) =>
  priceEvidence({ gtins: [espresso], categories: [], benefit }, () => history, day);

test('[price-1] the lowest price of the 30 days before a cut is named, not the last one', () => {
  const shelf = spansOf([
    { day: '2026-01-01', minor: 400 },
    { day: '2026-04-10', minor: 320 },
    { day: '2026-04-15', minor: 400 },
  ]);
  expect(lowestOf30Days(kept({ shelf }), '2026-05-01')).toEqual({ minor: 320 });
  expect(lowestOf30Days(kept({ shelf }), '2026-05-16')).toEqual({ minor: 400 });
});

test('[price-1] what it cost with an earlier cut counts among the prices of the 30 days', () => {
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  const cuts = [{ from: '2026-04-01', until: '2026-04-10', minor: 300 }];
  expect(referencePrice(kept({ shelf, cuts }), '2026-05-01', 320)).toEqual({ minor: 300 });
  expect(evidence(kept({ shelf, cuts }), '2026-05-01').kind).toBe('not-cut');
});

test('[price-2] a cut that grows without a day between is measured by the price before the first', () => {
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  const cuts = [
    { from: '2026-04-01', until: '2026-04-20', minor: 360 },
    { from: '2026-04-21', until: '2026-04-30', minor: 320 },
  ];
  expect(firstDayOfCut(cuts, '2026-05-01', 280)).toBe('2026-04-01');
  expect(referencePrice(kept({ shelf, cuts }), '2026-05-01', 280)).toEqual({ minor: 400 });
  // A day without it, or a smaller cut, begins another one.
  expect(referencePrice(kept({ shelf, cuts }), '2026-05-02', 280)).toEqual({ minor: 320 });
  expect(referencePrice(kept({ shelf, cuts }), '2026-05-01', 350)).toEqual({ minor: 320 });
});

test('[price-2] a cut that lasts longer than 30 days keeps the price before it', () => {
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  const cuts = [{ from: '2026-04-01', until: '2026-06-30', minor: 320 }];
  expect(evidence(kept({ shelf, cuts }), '2026-06-30')).toEqual({
    kind: 'on-record',
    lowest: new Map([[espresso, { minor: 400 }]]),
  });
});

test('[price-3] of a product sold for fewer than 30 days the price says since when', () => {
  const shelf = spansOf([{ day: '2026-04-20', minor: 400 }]);
  expect(lowestOf30Days(kept({ shelf }), '2026-05-01')).toEqual({
    minor: 400,
    since: '2026-04-20',
  });
  expect(lowestOf30Days(kept({ shelf }), '2026-04-20')).toBeUndefined(); // it was never sold dearer
});

test('[price-3] a product that was there when prices were first written down waits for 30 days', () => {
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  expect(lowestOf30Days(kept({ shelf }), '2026-01-30')).toBeUndefined();
  expect(lowestOf30Days(kept({ shelf }), '2026-01-31')).toEqual({ minor: 400 });
});

test('[price-4] an offer says which of its products lack a price, or are no cheaper', () => {
  const other = '08000070000029' as Gtin;
  const offer = { gtins: [espresso, other], categories: [], benefit: off20 };
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  const raised = spansOf([
    { day: '2026-01-01', minor: 400 },
    { day: '2026-04-30', minor: 500 },
  ]);
  const known = (gtin: Gtin, second: PriceHistory | undefined) =>
    gtin === espresso ? kept({ shelf }) : second;
  expect(priceEvidence(offer, (gtin) => known(gtin, undefined), '2026-05-01')).toEqual({
    kind: 'not-on-record',
    gtins: [other],
  });
  // Raised by a quarter the day before, to be cut by a fifth.
  expect(
    priceEvidence(offer, (gtin) => known(gtin, kept({ shelf: raised })), '2026-05-01'),
  ).toEqual({ kind: 'not-cut', gtins: [other] });
});

test('[price-4] an offer on a category or the whole shop names no product whose price could be shown', () => {
  const whole = { gtins: [], categories: [], benefit: off20 };
  const category = { gtins: [espresso], categories: ['coffee'], benefit: off20 };
  for (const offer of [whole, category])
    expect(priceEvidence(offer, () => undefined, '2026-05-01')).toEqual({
      kind: 'not-on-record',
      gtins: [],
    });
});

test('[price-4] what makes no single piece cheaper needs the record alone', () => {
  const shelf = spansOf([{ day: '2026-01-01', minor: 400 }]);
  const benefit = { kind: 'bundle', take: 3, pay: 2 } as const;
  const found = priceEvidence(
    { gtins: [espresso], categories: [], benefit },
    () => kept({ shelf }),
    '2026-05-01',
  );
  expect(found.kind).toBe('on-record');
});

test('a piece with a benefit costs what the till would take', () => {
  expect(priceWith({ kind: 'percent', percent: 33.33 }, 200)).toBe(133);
  expect(priceWith({ kind: 'percent', percent: 12.5 }, 100)).toBe(87); // half a unit to the shopper
  expect(priceWith({ kind: 'percent', percent: 99.9 }, 10)).toBe(1);
  expect(priceWith({ kind: 'percent', percent: 100 }, 10)).toBe(0);
  expect(priceWith({ kind: 'amount', amount: { minor: 500, currency: 'EUR' } }, 320)).toBe(1);
  expect(priceWith({ kind: 'information' }, 320)).toBe(320);
});
