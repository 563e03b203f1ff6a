import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { priceBasket } from '../../../kernel/domain/basket-best.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import {
  goneBack,
  type Pieces,
  remainingOf,
  type Returned,
  returnOf,
  type Sold,
} from '../../../kernel/domain/returning.ts';
import { soldLinesOf } from '../../../kernel/domain/sold-lines.ts';
import { baskets, offersAtTill } from '../../doubles/baskets.ts';
import { runs } from '../../support/runs.ts';

const numRuns = runs(1_000);
/** A purchase as the till's offers leave it. */
const purchases = fc
  .tuple(baskets(6), offersAtTill(5), fc.nat(1_000))
  .map(([basket, offers, points]) => {
    const priced = priceBasket(basket, offers);
    const kept = new Set(offers.map(({ offer }) => offer.offerId));
    const sold: Sold = { points, lines: soldLinesOf(basket, priced, kept) };
    return { priced, sold };
  });

/** All pieces, one by one, cut into returns anyhow. */
function inSomeOrder({ lines }: Sold): fc.Arbitrary<readonly (readonly Pieces[])[]> {
  const pieces = lines.flatMap(({ line, quantity }) => Array<number>(quantity).fill(line));
  return fc
    .tuple(
      fc.shuffledSubarray(pieces, { minLength: pieces.length }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: pieces.length }),
    )
    .map(([order, sizes]) => {
      const returns: Pieces[][] = [];
      for (let at = 0, i = 0; at < order.length; at += sizes[i - 1] ?? 1) {
        const some = order.slice(at, at + (sizes[(i += 1) - 1] ?? 1));
        returns.push(
          [...new Set(some)].map((line) => {
            return { line, quantity: some.filter((each) => each === line).length };
          }),
        );
      }
      return returns;
    });
}
const returning = purchases.chain(({ priced, sold }) =>
  fc.record({ priced: fc.constant(priced), sold: fc.constant(sold), returns: inSomeOrder(sold) }),
);

function taken(sold: Sold, asked: readonly Pieces[]): Returned {
  const returned = returnOf(sold, asked);
  if (returned.kind === 'refused') throw new Error(returned.reason);
  return returned;
}
const sum = (parts: readonly { readonly minor: number }[]) =>
  parts.reduce((all, { minor }) => all + minor, 0);

test('[money-10] [money-11] everything that comes back, in any order and grouping, is exactly what was paid and given', () => {
  const property = fc.property(returning, ({ priced, sold, returns }) => {
    const budgets = new Map<OfferId, number>();
    const over: OfferId[] = [];
    let [now, paid, points] = [sold, 0, 0];
    for (const asked of returns) {
      const back = taken(now, asked);
      for (const { minor } of back.lines) expect(minor).toBeGreaterThanOrEqual(0);
      expect(sum(back.lines)).toBe(back.paidMinor);
      expect(back.points).toBeGreaterThanOrEqual(0);
      for (const { offerId, minor } of back.offers)
        budgets.set(offerId, (budgets.get(offerId) ?? 0) + minor);
      over.push(...back.over);
      now = back.sold;
      paid += back.paidMinor;
      points += back.points;
      const { netMinor, points: left } = remainingOf(now);
      expect([paid + netMinor, points + left]).toEqual([priced.netMinor, sold.points]);
      expect(back.isAll).toBe(remainingOf(now).lines.length === 0);
    }
    expect([paid, points]).toEqual(
      sold.lines.length === 0 ? [0, 0] : [priced.netMinor, sold.points],
    );
    expect(Object.fromEntries(budgets)).toEqual(
      Object.fromEntries(
        priced.effects.flatMap(({ offerId, minor }) => (minor > 0 ? [[offerId, minor]] : [])),
      ),
    );
    const applied = priced.effects.filter(({ minor, points: given }) => minor > 0 || given > 0);
    expect(over.sort()).toEqual(
      sold.lines.length === 0 ? [] : applied.map(({ offerId }) => offerId).sort(),
    );
  });
  fc.assert(property, { numRuns });
});

test('[money-10] what went back depends on the pieces that came, not on how they came', () => {
  const property = fc.property(returning, fc.nat(), ({ sold, returns }, cut) => {
    const some = returns.slice(0, cut % (returns.length + 1));
    const oneByOne = some.reduce((now, asked) => taken(now, asked).sold, sold);
    const counts = new Map<number, number>();
    for (const { line, quantity } of some.flat())
      counts.set(line, (counts.get(line) ?? 0) + quantity);
    const asked = [...counts].map(([line, quantity]) => ({ line, quantity }));
    expect(goneBack(taken(sold, asked).sold)).toEqual(goneBack(oneByOne));
  });
  fc.assert(property, { numRuns });
});

test('[money-12] what a bundle takes off is shared by its lines, and none is paid more than it cost', () => {
  const property = fc.property(purchases, ({ priced, sold }) => {
    expect(sold.lines.reduce((all, { paidMinor }) => all + paidMinor, 0)).toBe(priced.netMinor);
    for (const { line, paidMinor } of sold.lines) {
      const { grossMinor, netMinor } = priced.lines.find((each) => each.line === line)!;
      expect(paidMinor).toBeGreaterThanOrEqual(0);
      expect(paidMinor).toBeLessThanOrEqual(grossMinor);
      if (!priced.sets.some(({ lines }) => lines.includes(line))) expect(paidMinor).toBe(netMinor);
    }
  });
  fc.assert(property, { numRuns });
});

test('[pos-7] more than is left, or of no line of the purchase, comes never back, and changes nothing', () => {
  const property = fc.property(returning, ({ sold, returns }) => {
    const all = returns.reduce((now, asked) => taken(now, asked).sold, sold);
    for (const { line } of sold.lines)
      expect(returnOf(all, [{ line, quantity: 1 }])).toEqual({
        ...{ kind: 'refused', at: 0, field: 'quantity' },
        reason: `1, and of line ${String(line)} 0 are left to come back`,
      });
    expect(returnOf(sold, [{ line: 9_999, quantity: 1 }])).toMatchObject({ field: 'line' });
  });
  fc.assert(property, { numRuns: runs(200) });
});
