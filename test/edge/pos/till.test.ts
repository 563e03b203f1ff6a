import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, test, vi } from 'vitest';
import { encodeOwnCoupon } from '../../../kernel/scans/own-code.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import { PurchaseAnswerSchema } from '../../../kernel/protocol/pos-api.ts';
import { posOpenApi } from '../../../kernel/protocol/pos-openapi.ts';
import { aBundle, anOffer, OIL } from '../../doubles/shop-goods.ts';
import { anEdge, ask } from '../../support/edge.ts';
import { aShop, settled } from '../../support/member-shop.ts';
import { aShopWithTill, aTill, basket, MORE, purchaseOf, TOGETHER } from '../../support/till.ts';
import { until } from '../../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const HOUR_MS = 3_600_000;

test('[pos-1] a till alone may ask, and may ask nothing else', async () => {
  const edge = await anEdge();
  const { headers, post } = await aTill(edge);
  const spec = await fetch(`${edge.url}/v1/pos/openapi.json`, { headers });
  expect(await spec.json()).toEqual(JSON.parse(JSON.stringify(posOpenApi())));
  const handheld = await edge.token('handheld', 'handheld-1');
  const asked = await fetch(`${edge.url}/v1/pos/openapi.json`, {
    headers: { authorization: `Bearer ${handheld}` },
  });
  expect(asked.status).toBe(403);
  for (const namespace of ['/bridge', '/kiosk', '/handheld'])
    await expect(edge.socket(namespace, headers.authorization.slice(7))).rejects.toThrow(/denied/);
  const lines = [{ ...basket.lines[0], quantity: 0 }];
  const bad = await post('baskets', { basket: { ...basket, lines } });
  expect(bad).toMatchObject({ status: 400 });
  expect(bad.text).toMatch(/basket\.lines\.0\.quantity/);
});

test('[pos-2] a basket is answered line by line, and of each code whose it is, without a name', async () => {
  const { member, till } = await aShopWithTill();
  const nobody = await till.price();
  expect(nobody.effects).toMatchObject([
    { offerId: 'bread', minor: 594, title: { it: 'Offer bread' } },
  ]);
  expect(nobody).toMatchObject({ grossMinor: 2_970, netMinor: 2_376, points: 0 });
  const codes = [member.card, member.couponCodes['wine']!, member.couponCodes['wine']!];
  const known = await till.price(codes);
  expect(known.codes).toMatchObject([
    { kind: 'card', holder: 1, getsPoints: true },
    { kind: 'coupon', offerId: 'wine', holder: 1, takesEffect: false },
    { kind: 'refused', reason: 'twice' },
  ]);
  const { pseudonym } = member;
  expect(JSON.stringify(known)).not.toContain(pseudonym);
  expect(known.netMinor).toBe(2_376);
});

test('[pos-4] each refusal of a code has its own answer and sentence', async () => {
  const { member, till } = await aShopWithTill();
  const good = encodeOwnCoupon(new Uint8Array(10).fill(7));
  const reasonOf = async (code: string) => (await till.price([code])).codes[0];
  const broken = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
  expect(await reasonOf(broken)).toMatchObject({ kind: 'refused', reason: 'malformed' });
  expect(await reasonOf(good)).toMatchObject({ reason: 'not-of-this-store' });
  expect(await reasonOf(member.couponCodes['old']!)).toMatchObject({
    reason: 'expired',
    say: { it: 'Questo buono è scaduto.', en: 'This coupon has expired.' },
  });
  expect(await reasonOf(member.couponCodes['late']!)).toMatchObject({ reason: 'not-yet' });
  expect(await reasonOf(member.couponCodes['full']!)).toMatchObject({ reason: 'over-cap' });
  expect(await reasonOf(member.couponCodes['dear']!)).toMatchObject({ reason: 'online-only' });
  expect(await reasonOf(']E09812345678905')).toMatchObject({ kind: 'refused' });
});

test('[pos-3] a purchase is written once, and its retry gets the same bytes', async () => {
  const offers = ['bread', 'wine'].map((id) => anOffer(id, TOGETHER[id as 'wine']));
  const { hq, member, till } = await aShopWithTill([...offers, MORE[0]]);
  const codes = [member.card, member.couponCodes['wine']!];
  const priced = await till.price(codes);
  // 20 % of 29.70 are 5.94, and 20 % of what is left 4.75.
  expect(priced).toMatchObject({ cutMinor: 594 + 475, points: 7 });
  const purchase = purchaseOf(priced, codes);
  const wrong = await till.post('purchases', { ...purchase, tenderMinor: 1 });
  expect(wrong.status).toBe(400);
  expect(wrong.text).toMatch(/tenderMinor: 1, and the basket comes to/);
  const first = await till.post('purchases', purchase);
  expect(first.status, first.text).toBe(200);
  const answers = await Promise.all([1, 2, 3].map(() => till.post('purchases', purchase)));
  for (const again of answers) expect(again).toEqual(first);
  await until('the purchase at HQ', 5_000, () => hq.bodies('purchase-made').length > 0);
  expect(hq.bodies('purchase-made')).toHaveLength(1);
  expect(hq.bodies('purchase-made')[0]).toMatchObject({
    ...{ pseudonym: member.pseudonym, points: 7, netMinor: 1_901 },
  });
  expect(JSON.stringify(hq.bodies('purchase-made'))).not.toContain(OIL);
});

test('[pos-3] [pos-5] a coupon is used by one of two purchases, and given back once by a void', async () => {
  const offers = [
    anOffer('deep', { redemption: 'leased', benefit: { kind: 'percent', percent: 50 } }),
  ];
  const { hq, edge, members } = await aShop({ coupons: ['deep'] });
  hq.publish(aBundle(2, offers));
  await until('the offers', 5_000, async () =>
    (await (await fetch(`${edge.url}/metrics`)).text()).includes('bundle_version 2'),
  );
  const till = await aTill(edge);
  const codes = [members[0].couponCodes['deep']!];
  const priced = await till.price(codes);
  expect(priced.effects).toMatchObject([{ offerId: 'deep', minor: 1_485, code: 0 }]);
  expect(priced.without).toMatchObject([{ offerId: 'bread', reason: 'another-is-better' }]);

  const both = await Promise.all([
    till.post('purchases', purchaseOf(priced, codes)),
    till.post('purchases', purchaseOf(priced, codes)),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const [made, changed] = both
    .sort((a, b) => a.status - b.status)
    .map(({ text }) => PurchaseAnswerSchema.parse(JSON.parse(text)));
  if (made?.kind !== 'recorded' || changed?.kind !== 'changed') throw new Error('not so');
  expect(made.redeemed).toEqual(['deep']);
  expect(changed.priced.codes).toMatchObject([{ kind: 'refused', reason: 'already-used' }]);
  expect(changed.priced.effects).toMatchObject([{ offerId: 'bread' }]);

  const path = `purchases/${made.purchaseId}/void`;
  const voids = await Promise.all([1, 2, 3].map(() => till.post(path, { requestId: uuidv7() })));
  expect(new Set(voids.map(({ text }) => text)).size).toBe(1);
  expect(JSON.parse(voids[0]!.text)).toMatchObject({ kind: 'voided', givenBack: ['deep'] });
  expect((await till.post(`purchases/${uuidv7()}/void`, { requestId: uuidv7() })).status).toBe(404);

  const again = await till.price(codes);
  expect(again.effects).toMatchObject([{ offerId: 'deep' }]);
  expect((await till.post('purchases', purchaseOf(again, codes))).status).toBe(200);
  expect((await till.post(path, { requestId: uuidv7() })).text).toBe(voids[0]!.text);
  expect((await till.price(codes)).codes).toMatchObject([{ reason: 'already-used' }]);

  await until('all of it at HQ', 5_000, () => hq.bodies('purchase-made').length === 2);
  expect(hq.bodies('coupon-redeemed')).toHaveLength(2);
  expect(hq.bodies('purchase-voided')).toMatchObject([
    { couponIds: [members[0].row.coupons[0]!.couponId] },
  ]);
});

test('[lift-12] who is held out is not shown the offer, and the coupon that they have had before is honoured', async () => {
  const experiment = { layer: 'offers', holdOut: 5_000, variants: [] };
  const deep = { benefit: { kind: 'percent', percent: 50 } as const, experiment };
  const offers = [anOffer('deep', { redemption: 'leased', ...deep })];
  const { hq, edge, members } = await aShop({ coupons: ['deep'], buckets: { offers: 0 } });
  hq.publish(aBundle(2, offers));
  await settled(edge, 1);
  const [member] = members;
  const kiosk = await edge.kiosk();
  await (await edge.bridge()).scan(member.card);
  await kiosk.screen('session');
  await until('the decision at HQ', 5_000, () =>
    hq.bodies('decided').some(({ pseudonym }) => pseudonym === member.pseudonym),
  );
  expect(hq.bodies('decided').at(-1)).toMatchObject({
    eligible: [{ offerId: 'deep', arm: 'held-out' }],
    rejected: expect.arrayContaining([{ offerId: 'deep', reason: 'held-out' }]) as object,
  });
  const till = await aTill(edge);
  const codes = [member.couponCodes['deep']!];
  const priced = await till.price(codes);
  expect(priced.effects).toMatchObject([{ offerId: 'deep', code: 0 }]);
  expect((await till.post('purchases', purchaseOf(priced, codes))).status).toBe(200);
});

test('[duty-19] an erased person is in no purchase any more', async () => {
  const { hq, edge, member, till } = await aShopWithTill();
  const codes = [member.card];
  const made = await till.post('purchases', purchaseOf(await till.price(codes), codes));
  expect(made.status, made.text).toBe(200);
  await until('the purchase at HQ', 5_000, () => hq.bodies('purchase-made').length > 0);
  hq.say('erase', { kind: 'erased', pseudonym: member.pseudonym });
  const files = () =>
    readdirSync(edge.dataDir)
      .filter((name) => name.startsWith('store.db'))
      .map((name) => readFileSync(join(edge.dataDir, name), 'latin1'))
      .join('');
  await until('the bytes gone', 5_000, () => !files().includes(member.pseudonym));
});

test('[price-1] [price-5] a till’s price list opens the way for a price cut: the kiosk shows it with that price, the till takes it off', async () => {
  const cut = anOffer('cut', { gtins: [OIL], guards: { priceEvidence: true } });
  const { edge, till } = await aShopWithTill([cut]);
  const kiosk = await edge.kiosk();
  const cards = () => kiosk.state?.screen.offers.cards;
  await until('the kiosk', 5_000, () => cards() !== undefined);
  expect(cards()).toEqual([]);
  expect((await till.price()).effects).toEqual([]);
  const listed = (from?: string) =>
    till.post('prices', { currency: 'EUR', from, prices: [{ gtin: OIL, minor: 990 }] });
  const before = new Date(Date.now() - 40 * 24 * HOUR_MS).toISOString().slice(0, 10);
  expect(await listed(before)).toEqual({ status: 200, text: '{"kind":"kept","changed":1}' });
  expect(JSON.parse((await listed(before)).text)).toMatchObject({ changed: 0 });
  expect((await till.price()).effects).toMatchObject([{ offerId: 'cut', minor: 594 }]);
  await until('the card', 5_000, () => cards()?.length === 1);
  expect(cards()).toMatchObject([
    { offerId: 'cut', lowestPrice: { price: { minor: 990, currency: 'EUR' } } },
  ]);
  const bad = await till.post('prices', { currency: 'CHF', prices: [{ gtin: OIL, minor: 1 }] });
  expect(bad.status).toBe(400);
  expect(bad.text).toContain('currency: CHF, and this store’s is EUR');
});

test('[inv-5] [offer-7] of an offer with a budget the till gives the store’s part, a void gives it back, and its coupon is for the till alone', async () => {
  const budget = { minor: 100_000, currency: 'EUR' };
  const offers = [
    anOffer('bread', { budget }),
    anOffer('wine', { ...TOGETHER.wine, budget, gtins: ['00000000000017'] }),
  ];
  const { hq, edge, member, till } = await aShopWithTill(offers);
  expect((await till.price()).effects).toEqual([]);
  const slice = { kind: 'slice', unit: 'minor', granted: 900, returned: 0, spent: 0 } as const;
  hq.say('cohort', { ...slice, offerId: 'bread' as OfferId });
  const priced = await until('the budget', 10_000, async () => {
    const answer = await till.price();
    return answer.effects.length > 0 ? answer : undefined;
  });
  expect(priced.effects).toMatchObject([{ offerId: 'bread', minor: 594 }]);
  const both = await Promise.all([1, 2].map(() => till.post('purchases', purchaseOf(priced, []))));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const spent = await till.price();
  expect(spent.effects).toEqual([]);
  expect(spent.without).toEqual([{ offerId: 'bread', reason: 'budget-spent' }]);
  const made = both.find(({ status }) => status === 200)!.text;
  const { purchaseId } = PurchaseAnswerSchema.parse(JSON.parse(made)) as { purchaseId: string };
  await till.post(`purchases/${purchaseId}/void`, { requestId: uuidv7() });
  expect((await till.price()).effects).toMatchObject([{ offerId: 'bread', minor: 594 }]);
  await until('the void at HQ', 10_000, () => hq.bodies('purchase-voided').length === 1);
  expect(hq.bodies('purchase-voided')).toMatchObject([
    { budgets: [{ offerId: 'bread', minor: 594 }] },
  ]);
  const handheld = await edge.handheld();
  const code = member.couponCodes['wine']!;
  expect(await ask(handheld, 'redeem', { requestId: uuidv7(), code })).toEqual({
    ...{ ok: true, outcome: { kind: 'refused', reason: 'till-only' } },
  });
});
