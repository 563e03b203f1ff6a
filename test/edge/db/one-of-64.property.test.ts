import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openForReading } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import { WriterClient } from '../../../edge/db/writer.ts';
import { AT } from '../../doubles/facts.ts';
import { aCoupon, holding, OIL, redemptionOf, serving } from '../../doubles/held-coupons.ts';
import { runs } from '../../support/runs.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Coupons under way at once: 64 requests each are as many as may wait. */
const AT_ONCE = 32;
const ATTEMPTS = 64;

test('[inv-4] [threat-14] of 64 who use a coupon at the same moment exactly one does, and all others hear when it was', async () => {
  const file = join(tempDir(), 'store.db');
  const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => undefined);
  onTestFinished(() => writer.stop());
  await writer.write('change-cohort', serving(OIL));
  const coupons = runs(500);
  for (let done = 0; done < coupons; done += AT_ONCE) {
    const held = Array.from({ length: Math.min(AT_ONCE, coupons - done) }, () => aCoupon());
    await Promise.all(held.map((coupon) => writer.write('change-cohort', holding(coupon))));
    // One attempt at each coupon after the other, so that those of one lie in different commits too.
    const attempts = Array.from({ length: ATTEMPTS }, () =>
      held.map(async (coupon) => {
        const at = AT + Math.floor(Math.random() * 1_000);
        const { couponId } = coupon;
        return {
          couponId,
          at,
          outcome: await writer.write('redeem', redemptionOf(coupon, { at })),
        };
      }),
    );
    const settled = await Promise.all(attempts.flat());
    for (const { couponId } of held) {
      const ofIt = settled.filter((attempt) => attempt.couponId === couponId);
      const winners = ofIt.filter(({ outcome }) => outcome.kind === 'redeemed');
      expect(winners).toHaveLength(1);
      const redeemedAt = winners[0]?.at;
      const losers = ofIt.filter(({ outcome }) => outcome.kind !== 'redeemed');
      for (const { outcome } of losers)
        expect(outcome).toEqual({ kind: 'refused', reason: 'already-used', redeemedAt });
    }
  }
  const reader = new StoreReader(openForReading(file));
  expect(reader.lastSeq('redeem')).toBe(coupons);
});
