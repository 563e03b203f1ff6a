import { expect, test, vi } from 'vitest';
import { aMember } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, ask } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

test('[inv-5] of an offer with a total a store redeems its slice, says so when it is spent, and sends back what is asked for', async () => {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  const bundle = aBundle();
  const offers = bundle.offers.map((offer) =>
    offer.offerId === 'bread'
      ? { ...offer, redemption: 'optimistic' as const, caps: { total: 10 } }
      : offer,
  );
  hq.publish({ ...bundle, offers });
  const members = await Promise.all(
    ['bread', 'bread', 'bread'].map((coupon) => aMember(hq.indexKey, { coupons: [coupon] })),
  );
  for (const { row } of members) hq.say('cohort', { kind: 'row', row });
  const slice = {
    kind: 'slice' as const,
    offerId: bundle.offers[0]!.offerId,
    returned: 0,
    spent: 0,
  };
  expect(slice.offerId).toBe('bread');
  hq.say('cohort', { ...slice, granted: 1 });
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode: hq.enrolmentCode('bottega') });
  const handheld = await edge.handheld();
  const redeem = (i: number, requestId = newId()) =>
    ask(handheld, 'redeem', { requestId, code: members[i]!.couponCodes['bread'] });
  await until('the first coupon', 10_000, async () => {
    const answer = await redeem(0);
    return JSON.stringify(answer).includes('redeemed') ? answer : undefined;
  });
  const refused = { ok: true, outcome: { kind: 'refused', reason: 'over-cap' } };
  const requestId = newId();
  expect(await redeem(1, requestId)).toEqual(refused);
  const looked = { requestId: newId(), text: members[1]!.couponCodes['bread'] };
  expect(await ask(handheld, 'scan', looked)).toMatchObject({
    outcome: { kind: 'coupon', refusal: 'over-cap' },
  });

  hq.say('cohort', { ...slice, granted: 4 });
  await until('the same request, once there is more', 10_000, async () =>
    JSON.stringify(await redeem(1, requestId)).includes('"redeemed"'),
  );
  hq.say('cohort', { ...slice, granted: 4, keep: 0 });
  await until('the rest back at HQ', 10_000, () => hq.bodies('slice-returned').length === 1);
  expect(hq.bodies('slice-returned')).toMatchObject([{ offerId: 'bread', units: 2 }]);
  expect(await redeem(2)).toEqual(refused);
});
