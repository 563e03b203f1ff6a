import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  hear,
  leftOf,
  NO_SLICE,
  share,
  type Slice,
  type SliceWord,
  spend,
  unspend,
} from '../../../kernel/domain/escrow.ts';
import type { StoreId } from '../../../kernel/domain/ids.ts';

const STORES = ['a', 'b', 'c'].map((id) => id as StoreId);

/** A store's own book, its facts on their way to HQ, and HQ's words on their way to it: each in order, each any time late. */
class Store {
  slice: Slice = NO_SLICE;
  readonly purchases: number[] = [];
  readonly facts: Partial<Slice>[] = [];
  readonly words: SliceWord[] = [];

  buy(minor: number): void {
    const after = spend(this.slice, minor);
    if (after === undefined) return;
    this.slice = after;
    this.purchases.push(minor);
    this.facts.push({ spent: minor });
  }
  void(): void {
    const minor = this.purchases.pop();
    if (minor === undefined) return;
    this.slice = unspend(this.slice, minor);
    this.facts.push({ givenBack: minor });
  }
  hear(again: boolean): void {
    const word = this.words[0];
    if (word === undefined) return;
    if (!again) this.words.shift();
    const before = this.slice.returned;
    this.slice = hear(this.slice, word);
    if (this.slice.returned > before) this.facts.push({ returned: this.slice.returned - before });
  }
  get spent(): number {
    return this.purchases.reduce((sum, minor) => sum + minor, 0);
  }
}

const steps = fc.array(
  fc.record({
    store: fc.nat({ max: STORES.length - 1 }),
    what: fc.constantFrom('buy', 'buy', 'void', 'hear', 'hear', 'hear-again', 'push', 'push'),
    minor: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 20, maxLength: 120 },
);

test('[inv-5] all stores together never give away more than the budget, whatever is late, said twice or made void', () => {
  let busiest = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 50, max: 3_000 }),
      fc.nat({ max: 300 }),
      steps,
      (budget, least, all) => {
        const stores = STORES.map(() => new Store());
        const known = new Map<StoreId, Slice>();
        const shareOut = () => {
          for (const [id, word] of share(budget, known, STORES, Math.max(1, least))) {
            const slice = { ...(known.get(id) ?? NO_SLICE), granted: word.granted };
            known.set(id, slice);
            stores[STORES.indexOf(id)]!.words.push({ ...slice, ...word });
          }
        };
        shareOut();
        for (const { store: place, what, minor } of all) {
          const store = stores[place]!;
          if (what === 'buy') store.buy(minor);
          else if (what === 'void') store.void();
          else if (what === 'hear' || what === 'hear-again') store.hear(what === 'hear-again');
          else {
            const fact = store.facts.shift() ?? {};
            const slice = known.get(STORES[place]!) ?? NO_SLICE;
            const { spent = 0, returned = 0, givenBack = 0 } = fact;
            known.set(STORES[place]!, {
              granted: slice.granted,
              returned: slice.returned + returned,
              spent: slice.spent + spent,
              givenBack: slice.givenBack + givenBack,
            });
            shareOut();
          }
          const given = stores.reduce((sum, each) => sum + each.spent, 0);
          busiest = Math.max(busiest, given / budget);
          expect(given).toBeLessThanOrEqual(budget);
          for (const { slice } of stores) expect(leftOf(slice)).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(busiest).toBeGreaterThan(0.6); // the bound is really reached for
});
