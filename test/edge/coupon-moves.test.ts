import { expect, test, vi } from 'vitest';
import type { Verdict } from '../../kernel/protocol/handheld-events.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, ask } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

test('[inv-4] [move-3] a store whose answer was lost says again that it let go, and redeems the coupon after a later move alone', async () => {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  const bundle = aBundle();
  const leased = bundle.offers.map((offer) =>
    offer.offerId === 'bread' ? { ...offer, redemption: 'leased' as const } : offer,
  );
  hq.publish({ ...bundle, offers: leased });
  const { row, couponCodes } = await aMember(hq.indexKey, { coupons: ['bread'] });
  hq.say('cohort', { kind: 'row', row });
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode: hq.enrolmentCode('bottega') });
  const handheld = await edge.handheld();
  const code = couponCodes['bread']!;
  const redeem = () => ask(handheld, 'redeem', { requestId: newId(), code });
  await until('the coupon', 10_000, async () => {
    const verdict = await ask<Verdict>(handheld, 'scan', { requestId: newId(), text: code });
    return verdict.ok && verdict.outcome.kind === 'coupon' && hq.hasLine;
  });

  const { pseudonym, coupons } = row;
  const right = { couponId: coupons[0]!.couponId, move: 0, pseudonym };
  const released = { ok: true, outcome: { kind: 'released' } };
  expect(await hq.release(right)).toEqual(released);
  expect(await hq.release(right)).toEqual(released);
  const elsewhere = { ok: true, outcome: { kind: 'refused', reason: 'elsewhere' } };
  expect(await redeem()).toEqual(elsewhere);

  const moved = coupons.map((coupon) => ({ ...coupon, move: 2 }));
  hq.say('cohort', {
    kind: 'row',
    row: { ...row, rowVersion: row.rowVersion + 1, coupons: moved },
  });
  const used = await until('the coupon, back again', 10_000, async () => {
    const answer = await redeem();
    return JSON.stringify(answer).includes('"redeemed"') ? answer : undefined;
  });
  expect(used).toMatchObject({ outcome: { kind: 'redeemed', offerId: 'bread' } });
  expect(await hq.release({ ...right, move: 2 })).toMatchObject({ outcome: { kind: 'used' } });
  await until('the facts at head office', 10_000, () => hq.bodies('coupon-redeemed').length === 1);
  expect(hq.bodies('coupon-released')).toMatchObject([right]);
});
