import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { RequestId } from '../../kernel/domain/ids.ts';
import { OfferFieldsSchema } from '../../kernel/domain/offer.ts';
import { StoresSchema } from '../../kernel/protocol/console-api.ts';
import type { RedemptionAnswer, Verdict } from '../../kernel/protocol/handheld-events.ts';
import { type PricedAnswer, PricedAnswerSchema } from '../../kernel/protocol/pos-api.ts';
import { createLog } from '../../node/logs.ts';
import { newId } from '../doubles/facts.ts';
import { cuttableLine } from '../support/cuttable-line.ts';
import { anEdge, ask, CONFIGURATION } from '../support/edge.ts';
import { startOffice, type TestOffice } from '../support/head-office.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const ONLINE = 'pecorino-intenditori';
const LEASED = 'benvenuto-gianduiotti';
const CITIES = ['bottega', 'mercato'] as const;

/** Head office, two stores on lines that can be cut, and somebody of the first with two coupons. */
async function aChain() {
  const lines: string[] = [];
  const log = (name: string) =>
    createLog(name, { level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const office = await startOffice({ log: log('hq'), clock: () => Date.now() });
  for (const storeId of CITIES) await office.makeStore(storeId);
  await office.publishDemo();
  await serve(office, ONLINE, 'online-only');
  await serve(office, LEASED, 'leased');
  await office.ask(z.unknown(), 'POST', '/v1/publications', {});
  const phone = await office.joinPhone({ storeIds: [CITIES[0]] });
  const stores = await Promise.all(CITIES.map((storeId) => aStore(office, storeId, log('edge'))));
  const [a, b] = [stores[0]!, stores[1]!];
  const codes = await until('both coupons', 10_000, async () => {
    const { coupons } = await phone.me();
    const codeOf = (id: string) => coupons.find(({ offerId }) => offerId === id)?.code;
    const [online, leased] = [codeOf(ONLINE), codeOf(LEASED)];
    return online === undefined || leased === undefined ? undefined : { online, leased };
  });
  return { office, a, b, codes, lines };
}

/** For everybody, without limits. */
async function serve(office: TestOffice, offerId: string, redemption: string): Promise<void> {
  const Offers = z.object({ offers: z.array(OfferFieldsSchema.loose()) });
  const { offers } = await office.ask(Offers, 'GET', '/v1/offers');
  const draft = offers.find((offer) => offer.offerId === offerId);
  const plain = { redemption, segments: [], caps: undefined, budget: undefined };
  const benefit = { kind: 'amount', amount: { minor: 100, currency: 'EUR' } };
  await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, {
    ...{ ...draft, offerId: undefined, ...plain },
    ...{ benefit, condition: undefined, schedule: undefined, sensitive: false },
  });
}

async function aStore(office: TestOffice, storeId: string, log: ReturnType<typeof createLog>) {
  const line = await cuttableLine(office.hq.url);
  const dataDir = tempDir();
  const open = async () => {
    const edge = await anEdge({
      ...{ hqUrl: line.url, hqOperatorSocket: office.hq.operatorSocket, pollMs: 500, dataDir, log },
      more: { store: { ...CONFIGURATION.store, id: storeId } },
    });
    const handheld = await edge.handheld();
    const token = await edge.token('till', 'till');
    return { edge, handheld, token };
  };
  let now = await open();
  const isOnline = async (is: boolean) =>
    until(`${storeId} on its line: ${String(is)}`, 30_000, async () => {
      const { stores } = await office.ask(StoresSchema, 'GET', '/v1/stores');
      return stores.some((store) => store.storeId === storeId && store.online === is);
    });
  const metrics = async () => (await fetch(`${now.edge.url}/metrics`)).text();
  const isReady = async () => {
    await isOnline(true);
    await until('offers and lease', 30_000, async () => {
      const text = await metrics();
      const seconds = Number(/lease_seconds_left (\d+)/.exec(text)?.[1] ?? 0);
      return /bundle_version [1-9]/.test(text) && seconds > 0;
    });
  };
  await isReady();
  const price = async (code: string): Promise<PricedAnswer> => {
    const line_ = { line: 1, gtin: '04006381333931', quantity: 1, unitPriceMinor: 900 };
    const response = await fetch(`${now.edge.url}/v1/pos/baskets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${now.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ basket: { currency: 'EUR', lines: [line_] }, codes: [code] }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return PricedAnswerSchema.parse(JSON.parse(text));
  };
  return {
    async redeem(code: string, requestId = newId<RequestId>()) {
      const answer = await ask<RedemptionAnswer>(now.handheld, 'redeem', { requestId, code });
      return answer.ok ? answer.outcome : answer.code;
    },
    async scan(code: string) {
      const asked = { requestId: newId(), text: code };
      const answer = await ask<Verdict>(now.handheld, 'scan', asked);
      return answer.ok ? answer.outcome : answer.code;
    },
    price,
    async cut() {
      line.cut();
      await isOnline(false);
    },
    async mend() {
      line.mend();
      await isReady();
    },
    async restart() {
      await now.edge.running.stop();
      now = await open();
      await isReady();
    },
  };
}

const refused = (reason: string) => ({ kind: 'refused', reason });

test('[move-1] a coupon for online use is redeemed in whichever store it is shown while the line is up, once, and not without a line', async () => {
  const { a, b, codes, lines } = await aChain();
  await until('the coupon in the row', 10_000, async () => {
    const verdict = await a.scan(codes.leased);
    return typeof verdict === 'object' && verdict.kind === 'coupon';
  });
  await a.cut();
  expect(await a.redeem(codes.online)).toEqual(refused('online-only'));
  await a.mend();
  const requestId = newId<RequestId>();
  const answer = await a.redeem(codes.online, requestId);
  expect(answer).toMatchObject({ kind: 'redeemed', offerId: ONLINE });
  expect(await a.redeem(codes.online, requestId)).toEqual(answer);
  const { redeemedAt } = answer as Extract<RedemptionAnswer, { kind: 'redeemed' }>;
  expect(await b.redeem(codes.online)).toEqual({ ...refused('already-used'), redeemedAt });
  expect(await b.scan(codes.online)).toMatchObject({ kind: 'coupon', refusal: 'already-used' });
  for (const code of Object.values(codes)) expect(lines.join('\n')).not.toContain(code);
});

test('[inv-4] [move-2] [move-3] a leased coupon moves to the store where it is shown and back, and never without its holder', async () => {
  const { a, b, codes } = await aChain();
  await until('the coupon at home', 10_000, async () => {
    const verdict = await a.scan(codes.leased);
    return typeof verdict === 'object' && verdict.kind === 'coupon';
  });
  await a.cut();
  expect(await b.redeem(codes.leased)).toEqual(refused('elsewhere'));
  expect(await b.scan(codes.leased)).toMatchObject({ kind: 'coupon', refusal: 'elsewhere' });
  expect((await b.price(codes.leased)).codes).toMatchObject([{ reason: 'elsewhere' }]);
  await a.mend();
  expect(await b.scan(codes.leased)).toMatchObject({ kind: 'coupon', redemption: 'leased' });
  await b.cut(); // its right is on disk, and needs no line
  await a.restart();
  expect(await a.redeem(codes.leased)).toEqual(refused('elsewhere'));
  expect((await a.price(codes.leased)).codes).toMatchObject([{ reason: 'elsewhere' }]);
  await b.mend();
  expect((await a.price(codes.leased)).codes).toMatchObject([{ kind: 'coupon' }]); // back again
  const answer = await b.redeem(codes.leased);
  expect(answer).toMatchObject({ kind: 'redeemed', offerId: LEASED });
  expect(await a.redeem(codes.leased)).toMatchObject(refused('already-used'));
});
