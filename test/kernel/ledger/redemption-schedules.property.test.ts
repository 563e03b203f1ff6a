import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  freeOf,
  hear,
  NO_SLICE,
  share,
  type Slice,
  spend,
  unspend,
} from '../../../kernel/domain/escrow.ts';
import { isLiable } from '../../../kernel/domain/liability.ts';
import type { StoreId } from '../../../kernel/domain/ids.ts';
import { type Fate, MovingCoupons } from '../../doubles/moving-coupons.ts';
import { runs } from '../../support/runs.ts';

/**
 * A chain of 50 stores that lose their line and find it again, in any order, while people use coupons everywhere: HQ's
 * books, each store's books and what travels between them, late, twice and out of order. The rules are the product's
 * (`kernel/domain/escrow.ts`), line, time and people are the model's.
 */
const STORES = Array.from({ length: 50 }, (_, i) => `s${String(i)}` as StoreId);
const COUPONS = 30;
const WORTH = 300;
const CAP = 1_500;

interface Fact {
  readonly store: StoreId;
  readonly kind: 'quota' | 'void' | 'optimistic' | 'returned';
  readonly units: number;
  readonly coupon?: number;
}
class Store {
  readonly id: StoreId;
  isOnline = true;
  slice: Slice = NO_SLICE;
  /** Written down in order; HQ has the first `acked`. */
  readonly journal: Fact[] = [];
  acked = 0;
  readonly used = new Set<number>();
  /** Coupons of the optimistic class that HQ said are over. */
  readonly stopped = new Set<number>();

  constructor(id: StoreId) {
    this.id = id;
  }

  get open(): number {
    return this.journal
      .slice(this.acked)
      .reduce((sum, { kind, units }) => sum + (kind === 'optimistic' ? units : 0), 0);
  }
  write(kind: Fact['kind'], units: number, coupon?: number): void {
    this.journal.push({ store: this.id, kind, units, ...(coupon === undefined ? {} : { coupon }) });
  }
}

class Chain {
  readonly total: number;
  readonly stores = new Map(STORES.map((id) => [id, new Store(id)]));
  /** As HQ knows them. */
  readonly slices = new Map<StoreId, Slice>();
  readonly spentAt = { quota: 0, over: 0 };
  readonly optimisticUses = new Map<number, number>();
  /** Those of which one is used by one holder alone. */
  readonly moving = new MovingCoupons(STORES, COUPONS);
  /** Words under way: the line may say one again later. */
  readonly old: { to: StoreId; granted: number; keep?: number | undefined }[] = [];

  constructor(total: number) {
    this.total = total;
  }

  at(id: StoreId): Store {
    return this.stores.get(id)!;
  }

  push(store: Store): void {
    if (!store.isOnline) return;
    for (const { kind, units, coupon } of store.journal.slice(store.acked)) {
      const known = this.slices.get(store.id) ?? NO_SLICE;
      if (kind === 'quota') this.slices.set(store.id, { ...known, spent: known.spent + units });
      if (kind === 'void') this.slices.set(store.id, unspend(known, units));
      if (kind === 'returned')
        this.slices.set(store.id, { ...known, returned: known.returned + units });
      if (kind === 'optimistic') {
        const uses = (this.optimisticUses.get(coupon!) ?? 0) + 1;
        this.optimisticUses.set(coupon!, uses);
        if (uses > 1) this.spentAt.over += units; // booked to the store's cap
      }
    }
    store.acked = store.journal.length;
    for (const [coupon, uses] of this.optimisticUses) if (uses > 0) store.stopped.add(coupon);
  }

  /** HQ's round: whoever is online hears its word, sometimes an older one again. */
  round(isRepeated: boolean): void {
    for (const [to, word] of share(this.total, this.slices, STORES)) {
      const known = this.slices.get(to) ?? NO_SLICE;
      // Granted is HQ's own word, kept before it is said: a store that never hears it holds nothing against it.
      this.slices.set(to, { ...known, granted: Math.max(known.granted, word.granted) });
      this.old.push({ to, ...word });
    }
    for (const word of isRepeated ? this.old : this.old.slice(-STORES.length)) {
      const store = this.at(word.to);
      if (!store.isOnline) continue;
      const before = store.slice.returned;
      store.slice = hear(store.slice, word);
      const back = store.slice.returned - before;
      if (back > 0) store.write('returned', back);
    }
  }

  giveOfQuota(store: Store): void {
    const after = spend(store.slice, 1);
    if (after === undefined) return;
    store.slice = after;
    store.write('quota', 1);
    this.spentAt.quota += 1;
  }

  makeVoid(store: Store): void {
    if (store.slice.spent === store.slice.givenBack) return;
    store.slice = unspend(store.slice, 1);
    store.write('void', 1);
    this.spentAt.quota -= 1;
  }

  useOptimistic(store: Store, coupon: number): void {
    const id = coupon + COUPONS;
    if (store.used.has(id) || store.stopped.has(id)) return;
    if (!isLiable({ cap: CAP, open: store.open }, WORTH)) return;
    store.used.add(id);
    store.write('optimistic', WORTH, id);
  }
}

// Most of it happens in a few stores, so that slices run out and caps are reached.
const at = fc.oneof(
  { weight: 3, arbitrary: fc.nat(2) },
  { weight: 1, arbitrary: fc.nat(STORES.length - 1) },
);
const burst = fc.nat(20);
// Of a few there is much news.
const coupon = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.nat(COUPONS - 1) },
);
const which = fc.oneof(fc.constant(0), fc.nat(1_000));
const fate = fc.constantFrom<Fate[]>('arrives', 'arrives', 'arrives', 'is-lost', 'arrives-twice');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('give' as const), at, burst }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('void' as const), at }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leased' as const), at, coupon }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('optimistic' as const), at, coupon, burst }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('line' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('push' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('push-all' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('round' as const), again: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('show' as const), at, coupon }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which, fate }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('row' as const), which }) },
);

test('[inv-4] [inv-5] 50 stores offline and back in any order: no leased coupon twice, no quota exceeded, no store owes more than its cap', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 1_200 })),
      fc.array(step, { maxLength: 300 }),
      (total, steps) => {
        const chain = new Chain(total);
        chain.round(false);
        for (const each of steps) {
          const store = 'at' in each ? chain.at(STORES[each.at]!) : undefined;
          if (each.kind === 'give')
            for (let i = 0; i <= each.burst; i += 1) chain.giveOfQuota(store!);
          if (each.kind === 'void') chain.makeVoid(store!);
          if (each.kind === 'leased') chain.moving.use(store!.id, each.coupon);
          if (each.kind === 'optimistic')
            for (let i = 0; i <= each.burst; i += 1)
              chain.useOptimistic(store!, (each.coupon + i) % COUPONS);
          if (each.kind === 'line') store!.isOnline = !store!.isOnline;
          if (each.kind === 'push') chain.push(store!);
          if (each.kind === 'push-all') for (const one of chain.stores.values()) chain.push(one);
          if (each.kind === 'round') chain.round(each.again);
          if (each.kind === 'show') chain.moving.show(store!.id, each.coupon);
          if (each.kind === 'row') chain.moving.tellAgain(each.which);
          if (each.kind === 'deliver')
            chain.moving.deliver(each.which, each.fate, (id) => chain.at(id).isOnline);
          expect(chain.spentAt.quota).toBeLessThanOrEqual(total);
          expect(freeOf(total, chain.slices)).toBeGreaterThanOrEqual(0);
          for (const { open } of chain.stores.values()) expect(open).toBeLessThanOrEqual(CAP);
        }
        for (const uses of chain.moving.uses.values()) expect(uses).toBe(1);
        // Healed: everybody is online and pushes. What was used twice is booked, within all caps together.
        const owed = [...chain.stores.values()].reduce((sum, { open }) => sum + open, 0);
        const before = chain.spentAt.over;
        for (const store of chain.stores.values()) {
          store.isOnline = true;
          chain.push(store);
        }
        // Whatever was lost, each coupon that nobody has used can be used wherever it is shown.
        chain.moving.wire.length = 0;
        for (let shown = 0; shown < COUPONS; shown += 1) {
          const where = STORES[(shown * 7) % STORES.length]!;
          chain.moving.show(where, shown);
          while (chain.moving.wire.length > 0) chain.moving.deliver(0, 'arrives', () => true);
          chain.moving.use(where, shown);
          expect(chain.moving.uses.get(shown)).toBe(1);
        }
        expect(chain.spentAt.over - before).toBeLessThanOrEqual(owed);
        expect(owed).toBeLessThanOrEqual(CAP * STORES.length);
        for (let turn = 0; turn < 4; turn += 1) {
          chain.round(false);
          for (const store of chain.stores.values())
            for (let i = 0; i < 20; i += 1) chain.giveOfQuota(store);
          for (const store of chain.stores.values()) chain.push(store);
        }
        expect(chain.spentAt.quota).toBeLessThanOrEqual(total);
        const known = [...chain.slices.values()].reduce(
          (sum, { spent, givenBack }) => sum + spent - givenBack,
          0,
        );
        expect(known).toBe(chain.spentAt.quota);
      },
    ),
    { numRuns: runs(1_000) },
  );
});

test('[goal-4] once all are online again, every unit of a quota can be given, wherever people come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), at, (total, where) => {
      const chain = new Chain(total);
      const busy = chain.at(STORES[where]!);
      for (let turn = 0; turn < 400 && chain.spentAt.quota < total; turn += 1) {
        chain.round(false);
        for (let i = 0; i < 10; i += 1) chain.giveOfQuota(busy);
        for (const store of chain.stores.values()) chain.push(store);
      }
      expect(chain.spentAt.quota).toBe(total);
    }),
    { numRuns: runs(50) },
  );
});
