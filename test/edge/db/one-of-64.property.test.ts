import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openForReading } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import { WriterClient } from '../../../edge/db/writer.ts';
import type { CouponId } from '../../../kernel/domain/ids.ts';
import { aRedemption, newId } from '../../doubles/facts.ts';
import { runs } from '../../support/runs.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Coupons under way at once: 64 requests each are as many as may wait. */
const AT_ONCE = 32;
const ATTEMPTS = 64;

test('[inv-4] [threat-14] of 64 who use a coupon at the same moment exactly one does, and all others hear when it was', async () => {
  const file = join(tempDir(), 'store.db');
  const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => undefined);
  onTestFinished(() => writer.stop());
  const coupons = runs(500);
  for (let done = 0; done < coupons; done += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, coupons - done) }, () => newId<CouponId>());
    // One attempt at each coupon after the other, so that those of one lie in different commits too.
    const attempts = Array.from({ length: ATTEMPTS }, () =>
      ids.map(async (couponId) => {
        const redemption = aRedemption({ couponId });
        return { redemption, outcome: await writer.write('redeem', redemption) };
      }),
    );
    const settled = await Promise.all(attempts.flat());
    for (const couponId of ids) {
      const ofIt = settled.filter(({ redemption }) => redemption.couponId === couponId);
      const winners = ofIt.filter(({ outcome }) => outcome.kind === 'redeemed');
      expect(winners).toHaveLength(1);
      const redeemedAt = winners[0]?.redemption.redeemedAt;
      const losers = ofIt.filter(({ outcome }) => outcome.kind !== 'redeemed');
      for (const { outcome } of losers)
        expect(outcome).toEqual({ kind: 'already-used', redeemedAt });
    }
  }
  const reader = new StoreReader(openForReading(file));
  expect(reader.lastSeq('redeem')).toBe(coupons);
});
