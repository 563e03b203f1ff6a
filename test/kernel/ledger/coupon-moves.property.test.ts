import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoreId } from '../../../kernel/domain/ids.ts';
import { type Fate, MovingCoupons } from '../../doubles/moving-coupons.ts';
import { runs } from '../../support/runs.ts';

const STORES = ['a', 'b', 'c'] as StoreId[];
const COUPONS = 2;

const at = fc.constantFrom(...STORES);
const coupon = fc.nat(COUPONS - 1);
const which = fc.oneof(fc.constant(0), fc.nat(20));
const fate = fc.constantFrom<Fate[]>('arrives', 'arrives', 'arrives', 'is-lost', 'arrives-twice');
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('use' as const), at, coupon }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('show' as const), at, coupon }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which, fate }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('row' as const), which }) },
);

test('[inv-4] [move-2] [move-3] a coupon that moves is used once, whatever of its moves is lost, late or said twice, and asking again mends it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const moving = new MovingCoupons(STORES, COUPONS);
      for (const each of steps) {
        if (each.kind === 'use') moving.use(each.at, each.coupon);
        if (each.kind === 'show') moving.show(each.at, each.coupon);
        if (each.kind === 'row') moving.tellAgain(each.which);
        if (each.kind === 'deliver') moving.deliver(each.which, each.fate, () => true);
        for (const uses of moving.uses.values()) expect(uses).toBe(1);
      }
      moving.wire.length = 0;
      for (let shown = 0; shown < COUPONS; shown += 1) {
        moving.show('c' as StoreId, shown);
        while (moving.wire.length > 0) moving.deliver(0, 'arrives', () => true);
        for (const store of STORES) moving.use(store, shown);
        expect(moving.uses.get(shown)).toBe(1);
      }
    }),
    { numRuns: runs(5_000) },
  );
});
