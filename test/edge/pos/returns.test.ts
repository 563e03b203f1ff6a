import Database from 'better-sqlite3';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, test, vi } from 'vitest';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import { ReturnAnswerSchema, VoidAnswerSchema } from '../../../kernel/protocol/pos-api.ts';
import { anOffer, OIL } from '../../doubles/shop-goods.ts';
import { anEdge } from '../../support/edge.ts';
import { aShopWithTill, aTill } from '../../support/till.ts';
import { until } from '../../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const WATER = '08000070000012';
/** Two bottles of oil and one of water. */
const basket = {
  currency: 'EUR',
  lines: [
    { line: 1, gtin: OIL as string, category: 'oil', quantity: 2, unitPriceMinor: 990 },
    { line: 7, gtin: WATER, category: 'water', quantity: 1, unitPriceMinor: 105 },
  ],
};
const together = { stacking: 'with-others' } as const;
const OFFERS = [
  anOffer('bread', { ...together, budget: { minor: 100_000, currency: 'EUR' } }),
  anOffer('wine', {
    ...together,
    ...{ redemption: 'leased', categories: ['oil'], benefit: { kind: 'percent', percent: 50 } },
  }),
  anOffer('day', { ...together, categories: ['oil'], caps: { perStoreAndDay: 1 } }),
  anOffer('points', { ...together, benefit: { kind: 'points', points: 10 } }),
];

type Till = Awaited<ReturnType<typeof aTill>>;
async function back(
  till: Till,
  purchaseId: string,
  pieces: Readonly<Record<number, number>>,
  requestId = uuidv7(),
) {
  const lines = Object.entries(pieces).map(([line, quantity]) => ({
    ...{ line: Number(line), quantity },
  }));
  const { status, text } = await till.post(`purchases/${purchaseId}/returns`, { requestId, lines });
  expect(status, text).toBe(200);
  return { text, answer: ReturnAnswerSchema.parse(JSON.parse(text)) };
}

test('[pos-7] single pieces come back for what was paid, with points, budgets and at last the coupon; each return once', async () => {
  const { hq, edge, member, till } = await aShopWithTill(OFFERS, { coupons: ['wine'] });
  const slice = { kind: 'slice', unit: 'minor', granted: 900, returned: 0, spent: 0 } as const;
  hq.say('cohort', { ...slice, offerId: 'bread' as OfferId });
  await until(
    'the budget',
    10_000,
    async () => (await till.price([], basket)).effects.length === 2,
  );
  const codes = [member.card, member.couponCodes['wine']!];
  const { purchaseId, netMinor, points, priced } = await till.buy(codes, basket);
  // Of 19.80: bread 3.96, day 3.17, wine 6.34 (half of what they left); of 1.05 bread 0.21.
  expect({ netMinor, points }).toEqual({ netMinor: 633 + 84, points: 10 });
  expect(priced.effects.map(({ offerId, minor }) => [offerId, minor])).toEqual([
    ...[
      ['bread', 417],
      ['day', 317],
      ['points', 0],
      ['wine', 634],
    ],
  ]);

  const first = await back(till, purchaseId, { 1: 1 });
  expect(first.answer).toMatchObject({
    lines: [{ line: 1, quantity: 1, minor: 317 }],
    ...{ paidBackMinor: 317, points: 4, givenBack: [] },
    remaining: {
      lines: [
        { line: 1, quantity: 1, minor: 316 },
        { line: 7, quantity: 1, minor: 84 },
      ],
      ...{ netMinor: 400, points: 6 },
    },
  });
  const isUsed = { codes: [{}, { reason: 'already-used' }] };
  expect(await till.price(codes, basket)).toMatchObject(isUsed);

  const requestId = uuidv7();
  const same = await Promise.all(
    [1, 2, 3].map(() => back(till, purchaseId, { 1: 1, 7: 1 }, requestId)),
  );
  expect(new Set(same.map(({ text }) => text)).size).toBe(1);
  expect(same[0]!.answer).toMatchObject({
    ...{ paidBackMinor: 400, points: 6, givenBack: ['wine'] },
    remaining: { lines: [], netMinor: 0, points: 0 },
  });
  const again = await till.price(codes, basket);
  expect(again.effects).toEqual(priced.effects); // coupon, day's cap and budget are as before

  await until('all of it at HQ', 10_000, () => hq.bodies('purchase-returned').length === 2);
  const couponId = member.row.coupons[0]!.couponId;
  const whose = { pseudonym: member.pseudonym, stationId: 'till', purchaseId };
  expect(hq.bodies('purchase-returned')).toMatchObject([
    {
      ...{ ...whose, points: 4, netMinor: 317, isAll: false, couponIds: [] },
      budgets: [{ offerId: 'bread', minor: 198 }],
    },
    {
      ...{ ...whose, points: 6, netMinor: 400, isAll: true, couponIds: [couponId] },
      ...{ budgets: [{ offerId: 'bread', minor: 219 }], uses: ['day'] },
    },
  ]);
  const file = new Database(join(edge.dataDir, 'store.db'), { readonly: true });
  const kept = ['purchase', 'purchase_line', 'purchase_return'].map((table) =>
    file.prepare(`SELECT * FROM ${table}`).all(),
  );
  file.close();
  expect(JSON.stringify(kept)).not.toMatch(new RegExp([OIL, WATER].join('|')));
});

test('[pos-5] [pos-7] the rest is given back by a void, and of what is void nothing comes back', async () => {
  const { hq, member, till } = await aShopWithTill(OFFERS.slice(1), { coupons: ['wine'] });
  const codes = [member.card, member.couponCodes['wine']!];
  const { purchaseId, netMinor } = await till.buy(codes, basket);
  const { answer } = await back(till, purchaseId, { 1: 1 });
  const path = `purchases/${purchaseId}`;
  const voided = await till.post(`${path}/void`, { requestId: uuidv7() });
  expect(VoidAnswerSchema.parse(JSON.parse(voided.text))).toMatchObject({
    ...{ givenBack: ['wine'], points: 10 - answer.points },
    paidBackMinor: netMinor - answer.paidBackMinor,
  });
  const lines = [{ line: 7, quantity: 1 }];
  const late = await till.post(`${path}/returns`, { requestId: uuidv7(), lines });
  expect(late.status).toBe(400);
  expect(late.text).toContain('purchaseId: voided as a whole, nothing of it can come back');
  expect((await till.post(`${path}/void`, { requestId: uuidv7() })).text).toBe(voided.text);
  await until('the void at HQ', 10_000, () => hq.bodies('purchase-voided').length === 1);
  expect(hq.bodies('purchase-voided')).toMatchObject([
    { points: 10 - answer.points, uses: ['day'] },
  ]);
});

test('[pos-7] what cannot come back is refused by field and reason, and nothing is written', async () => {
  const till = await aTill(await anEdge());
  const { purchaseId } = await till.buy([], basket);
  const other = await till.buy([], basket);
  const refused = async (lines: unknown, of: string = purchaseId, requestId = uuidv7()) => {
    const { status, text } = await till.post(`purchases/${of}/returns`, { requestId, lines });
    return `${String(status)} ${(JSON.parse(text) as { message: string }).message}`;
  };
  const line = (given: object) => [
    { line: 7, quantity: 1 },
    { line: 1, quantity: 1, ...given },
  ];
  expect(await refused(line({ line: 2 }))).toBe('400 lines.1.line: 2 is not in the purchase');
  expect(await refused(line({ quantity: 3 }))).toBe(
    '400 lines.1.quantity: 3, and of line 1 2 are left to come back',
  );
  for (const quantity of [0, -1, 1.5, 1_001, '1', null, undefined])
    expect(await refused(line({ quantity })), String(quantity)).toMatch(
      /^400 lines\.1\.quantity: /,
    );
  expect(await refused(line({ line: 7 }))).toMatch(/^400 lines\.1\.line: 7 is there twice/);
  expect(await refused([])).toMatch(/^400 lines: /);
  expect(await refused(line({}), uuidv7())).toBe('404 purchaseId: no such purchase here');
  expect(await refused(line({}), 'nonsense')).toMatch(/^400 purchaseId: /);
  expect(await refused(line({}), purchaseId, 'nonsense')).toMatch(/^400 requestId: /);
  const requestId = uuidv7();
  const { answer } = await back(till, purchaseId, { 1: 2, 7: 1 }, requestId); // nothing was lost meanwhile
  expect(answer.remaining.lines).toEqual([]);
  expect(await refused(line({}), other.purchaseId, requestId)).toBe(
    '400 requestId: used for a return of another purchase',
  );
  expect(await refused([{ line: 7, quantity: 1 }])).toBe(
    '400 lines.0.quantity: 1, and of line 7 0 are left to come back',
  );
  const stranger = await fetch(`${till.url}/v1/pos/purchases/${purchaseId}/returns`, {
    method: 'POST',
  });
  expect(stranger.status).toBe(401);
});

test('[pos-7] returns made at once never pay more than was paid', async () => {
  const till = await aTill(await anEdge());
  const { purchaseId, netMinor } = await till.buy([], basket);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      till.post(`purchases/${purchaseId}/returns`, {
        ...{ requestId: uuidv7(), lines: [{ line: 1, quantity: 1 }] },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 400, 400, 400, 400]);
  const paid = answers
    .filter(({ status }) => status === 200)
    .map(({ text }) => ReturnAnswerSchema.parse(JSON.parse(text)).paidBackMinor)
    .reduce((all, minor) => all + minor, 0);
  expect(paid).toBe(netMinor - 105);
});
