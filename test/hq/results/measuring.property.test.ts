import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { CouponId, CustomerId } from '../../../kernel/domain/ids.ts';
import {
  aMeasuredOffer,
  BOTTEGA,
  bought,
  DAY_MS,
  decided,
  exposed,
  MEASURED_OFFER,
  measuredOffice,
  redeemed,
  returned,
  voided,
} from '../../support/measured-office.ts';
import { NOON } from '../../doubles/members.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const TABLES = [
  ...(['measured', 'measuredExposure', 'measuredCoupon', 'measuredPurchase'] as const),
  'measuredReturn' as const,
];

test('[lift-11] whatever order facts come in, and however often, what is measured is the same', async () => {
  const office = await measuredOffice(aMeasuredOffer({ redemption: 'optimistic' }));
  const people = [await office.join(), await office.join(), await office.join()];
  const coupons: CouponId[] = [];
  for (const { customerId } of people) coupons.push(await couponOf(customerId));
  const facts = people.flatMap((somebody, i) => {
    const first = bought(somebody, NOON + 2 * DAY_MS, { netMinor: 700 });
    const second = bought(somebody, NOON + 5 * DAY_MS, { netMinor: 300 });
    return [
      decided(somebody, NOON + DAY_MS),
      decided(somebody, NOON), // in which the person stood first
      ...(i === 2 ? [decided(somebody, NOON + 3, { arm: 'another' })] : []),
      exposed(somebody, NOON + 5),
      redeemed(coupons[i]!, NOON + 2 * DAY_MS),
      first,
      voided(first, NOON + 3 * DAY_MS, [coupons[i]!]),
      ...(i === 1 ? [redeemed(coupons[i]!, NOON + 4 * DAY_MS)] : []),
      second,
      returned(second, NOON + 6 * DAY_MS, 100),
      returned(second, NOON + 7 * DAY_MS, 200, { isAll: i === 2 }),
    ];
  });
  office.clock.now = NOON + 30 * DAY_MS;
  let expected: unknown;

  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.subarray(facts),
      async (order, again) => {
        for (const table of TABLES) await office.opened.db.deleteFrom(table).execute();
        await office.push([...order, ...again]);
        const ended = await Promise.all(
          TABLES.map((table) => office.opened.db.selectFrom(table).selectAll().execute()),
        );
        expected ??= ended;
        expect(ended).toEqual(expected);
      },
    ),
    { numRuns: runs(20), seed },
  );
  const [measured, ...others] = expected as readonly unknown[][];
  expect([measured, ...others].map((rows) => rows!.length)).toEqual([3, 3, 7, 6, 6]);
  expect(measured).toEqual(
    expect.arrayContaining([expect.objectContaining({ firstAt: NOON, mismatched: 1 })]),
  );

  async function couponOf(customerId: CustomerId): Promise<CouponId> {
    const couponId = uuidv7() as CouponId;
    const coupon = {
      couponId,
      customerId,
      offerId: MEASURED_OFFER,
      holder: BOTTEGA,
      code: couponId,
      move: 0,
    };
    const unused = { redeemedAt: undefined, redeemedIn: undefined };
    await office.database.write((tables) => tables.coupons.add({ ...coupon, ...unused }, NOON));
    return couponId;
  }
});
