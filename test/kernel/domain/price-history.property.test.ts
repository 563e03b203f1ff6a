import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  firstDayOfCut,
  lowestOf30Days,
  type PriceSpan,
  shiftedDay,
  spansOf,
} from '../../../kernel/domain/price-history.ts';

const START = '2026-02-10';
const DAYS = 90;
const dayOf = (place: number) => shiftedDay(START, place);
const minors = fc.integer({ min: 1, max: 6 });

const shelves = fc
  .uniqueArray(fc.record({ place: fc.nat({ max: DAYS - 1 }), minor: minors }), {
    selector: ({ place }) => place,
    maxLength: 6,
  })
  .map((points) =>
    spansOf(
      points
        .sort((a, b) => a.place - b.place)
        .map(({ place, minor }) => ({ day: dayOf(place), minor })),
    ),
  );
const cutSpans: fc.Arbitrary<readonly PriceSpan[]> = fc.array(
  fc
    .record({ place: fc.nat({ max: DAYS - 1 }), days: fc.nat({ max: 40 }), minor: minors })
    .map(({ place, days, minor }) => ({ from: dayOf(place), until: dayOf(place + days), minor })),
  { maxLength: 6 },
);
const cases = fc.record({
  history: fc.record({
    keptSince: fc.constantFrom(START, dayOf(20), dayOf(45)),
    shelf: shelves,
    cuts: cutSpans,
  }),
  place: fc.integer({ min: 0, max: DAYS }),
  minor: minors,
});

/** Each day's prices in a list of its own: no intervals anywhere. */
function byDay(spans: readonly PriceSpan[]): readonly (readonly number[])[] {
  return Array.from({ length: DAYS + 1 }, (_, place) =>
    spans
      .filter(({ from, until }) => from <= dayOf(place) && dayOf(place) <= (until ?? '9999'))
      .map(({ minor }) => minor),
  );
}

test('[price-1] the lowest of 30 days is what a list of days gives', () => {
  fc.assert(
    fc.property(cases, ({ history, place }) => {
      const shelf = byDay(history.shelf);
      const cuts = byDay(history.cuts);
      const found = lowestOf30Days(history, dayOf(place));
      const window = Array.from({ length: 30 }, (_, back) => place - 1 - back);
      const seen = window.flatMap((at) => [...(shelf[at] ?? []), ...(cuts[at] ?? [])]);
      const soldFrom = shelf.findIndex((prices) => prices.length > 0);
      const isWhole = soldFrom !== -1 && soldFrom <= place - 30;
      const isNew =
        soldFrom !== -1 && soldFrom < place && dayOf(soldFrom) > history.keptSince && !isWhole;
      if (!isWhole && !isNew) expect(found).toBeUndefined();
      else
        expect(found).toEqual({
          minor: Math.min(...seen),
          ...(isNew && { since: dayOf(soldFrom) }),
        });
    }),
    { numRuns: 500 },
  );
});

test('[price-2] a cut begins where, day by day backwards, there was none or a deeper one', () => {
  fc.assert(
    fc.property(cases, ({ history, place, minor }) => {
      const cuts = byDay(history.cuts);
      let first = place;
      let price = minor;
      while (first > 0) {
        const before = Math.min(...(cuts[first - 1] ?? []));
        if (before === Infinity || before < price) break;
        price = before;
        first -= 1;
      }
      expect(firstDayOfCut(history.cuts, dayOf(place), minor)).toBe(dayOf(first));
    }),
    { numRuns: 500 },
  );
});

test('[price-2] making a cut smaller never lets it begin earlier', () => {
  fc.assert(
    fc.property(cases, ({ history: { cuts }, place, minor }) => {
      const day = dayOf(place);
      expect(firstDayOfCut(cuts, day, minor + 1) >= firstDayOfCut(cuts, day, minor)).toBe(true);
    }),
  );
});
