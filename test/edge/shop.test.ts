import { readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { couponHash } from '../../edge/consent/held-coupon.ts';
import type { StationId, StoreId } from '../../kernel/domain/ids.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import { confirmationProof } from '../../kernel/protocol/relay.ts';
import type { RedemptionAnswer } from '../../kernel/protocol/handheld-events.ts';
import type { Member } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { aBundle, OIL } from '../doubles/shop-goods.ts';
import { anEdge, ask } from '../support/edge.ts';
import { aShop } from '../support/member-shop.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const WINE = { segments: ['wine'], coupons: ['wine'], firstName: 'Socia' } as const;
const bytesOf = (folder: string) =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  );

describe('somebody who is known', () => {
  test('a token brings the neutral prompt, a card the personal offers, the coupon is redeemed, HQ hears of each once', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    const attract = await kiosk.screen('attract');
    expect(attract.offers.cards.map(({ offerId }) => offerId)).toEqual(['bread']);

    const token = await memberA.token(Date.now());
    expect(await bridge.hear(token, token)).toEqual({ ok: true, outcome: { resolved: 2 } });
    const prompt = await kiosk.screen('prompt');
    expect(JSON.stringify(prompt)).not.toMatch(/Socia|wine/);

    expect(await bridge.scan(memberA.card)).toBe('good');
    const session = await kiosk.screen('session');
    expect(session).toMatchObject({ evidence: 'card', language: 'it' });
    expect(session).not.toHaveProperty('personal');
    const cards = session.offers.cards;
    expect(cards.map(({ offerId }) => offerId)).toEqual(['wine', 'bread']);
    expect(cards[0]?.couponCode).toBe(memberA.couponCodes['wine']);

    const exposure = ['wine', 'bread'];
    const { decisionId } = session.offers;
    expect(await kiosk.expose(decisionId, exposure)).toMatchObject({ outcome: { recorded: 2 } });
    expect(await kiosk.expose(decisionId, exposure)).toMatchObject({ outcome: { recorded: 0 } });

    expect(await bridge.scan(memberA.couponCodes['wine']!)).toBe('good');
    await kiosk.note('redeemed');
    await until('the used offer gone', 2_000, () => {
      const screen = kiosk.state?.screen;
      return screen?.kind === 'session' && !screen.offers.cards.some((c) => c.offerId === 'wine');
    });
    expect(await bridge.scan(memberA.couponCodes['wine']!)).toBe('ask');
    await kiosk.note('not-redeemed');

    // Redemptions travel first.
    await until('all of it at HQ', 5_000, () => hq.bodies('exposed').length > 0);
    const pseudonym = memberA.pseudonym;
    expect(hq.bodies('visit-started')).toMatchObject([{ pseudonym, zoneId: 'entrance' }]);
    expect(hq.bodies('session-opened')).toMatchObject([{ pseudonym, evidence: 'card' }]);
    expect(hq.bodies('exposed')).toMatchObject([{ pseudonym, offerIds: exposure }]);
    expect(hq.bodies('coupon-redeemed')).toMatchObject([{ pseudonym, offerId: 'wine' }]);
  });

  test('a rotating code opens with points and name, and once', async () => {
    const { edge, members } = await aShop({ ...WINE, consents: ['personalise', 'show-name'] });
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    const code = await members[0].code(Date.now());
    expect(await bridge.scan(code)).toBe('good');
    const session = await kiosk.screen('session');
    expect(session.personal).toEqual({ firstName: 'Socia', points: 120 });
    expect(await bridge.scan(code)).toBe('ask');
    await kiosk.note('unknown-code');
    const old = await members[0].code(Date.now() - 5 * 60_000);
    expect(await bridge.scan(old)).toBe('ask');
  });

  test('a phone that signs the challenge takes the session; another signature, another person or an old nonce does not', async () => {
    const { hq, edge, members } = await aShop(WINE, {});
    const [memberA, memberB] = members as unknown as [Member, Member];
    const kiosk = await edge.kiosk();
    await (await edge.bridge()).hear(await memberA.token(Date.now()));
    const { challenge } = await kiosk.screen('prompt');
    expect(challenge.url).toContain(challenge.nonce);
    const stationId = 'kiosk-1' as StationId;
    const proof = utf8(confirmationProof('bottega', stationId, challenge.nonce));
    const signature = Buffer.from(await memberA.phone.sign(proof)).toString('base64url');
    const answer = (given: object) =>
      hq.confirm({
        stationId,
        nonce: challenge.nonce,
        pseudonym: memberA.pseudonym,
        signature,
        ...given,
      });
    expect(await answer({ pseudonym: memberB.pseudonym })).toMatchObject({
      outcome: { reason: 'bad-signature' },
    });
    expect(await answer({ pseudonym: '0'.repeat(32) })).toMatchObject({
      outcome: { reason: 'not-known-here' },
    });
    expect(await answer({ nonce: 'A'.repeat(22) })).toMatchObject({
      outcome: { reason: 'no-such-challenge' },
    });
    expect(await answer({})).toMatchObject({ outcome: { kind: 'opened' } });
    expect((await kiosk.screen('session')).evidence).toBe('phone');
    expect(await answer({})).toMatchObject({ outcome: { reason: 'no-such-challenge' } });
  });

  test('[duty-1] without personalise a card gives plain coupons only, and no record names the person', async () => {
    const { hq, edge, members } = await aShop({
      ...WINE,
      consents: [],
      coupons: ['wine', 'plain'],
    });
    hq.publish(aBundle(2, [{ ...aBundle().offers[0]!, offerId: 'plain', redemption: 'leased' }]));
    await until('version 2', 3_000, async () =>
      (await (await fetch(`${edge.url}/metrics`)).text()).includes('bundle_version 2'),
    );
    const kiosk = await edge.kiosk();
    expect(await (await edge.bridge()).scan(members[0].card)).toBe('good');
    const session = await kiosk.screen('session');
    expect(session.offers.cards.map(({ offerId }) => offerId).sort()).toEqual(['bread', 'plain']);
    await until('the decision at HQ', 3_000, () =>
      hq.bodies('decided').some(({ shown }) => (shown as string[]).includes('plain')),
    );
    for (const decided of hq.bodies('decided')) expect(decided).not.toHaveProperty('pseudonym');
  });

  test('[threat-16] another card replaces the session; leave wipes it and leaves nothing', async () => {
    const { edge, members } = await aShop(WINE, { segments: [] });
    const [memberA, memberB] = members as unknown as [Member, Member];
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    await bridge.scan(memberA.card);
    const first = await kiosk.screen('session');
    await bridge.scan(memberB.card);
    const second = await until('the other session', 3_000, () => {
      const screen = kiosk.state?.screen;
      return screen?.kind === 'session' && screen.sessionId !== first.sessionId && screen;
    });
    expect(JSON.stringify(second)).not.toContain('wine');
    const act = { requestId: newId(), kind: 'leave', sessionId: second.sessionId };
    expect(await ask(kiosk.socket, 'act', act)).toEqual({ ok: true, outcome: null });
    await kiosk.screen('attract');
  });

  test('[duty-6] at the kiosk all consents are taken back in one act, for good', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    await bridge.scan(memberA.card);
    const { sessionId } = await kiosk.screen('session');
    const act = (id: string) =>
      ask(kiosk.socket, 'act', { requestId: newId(), kind: 'withdraw', sessionId: id });
    expect(await act(newId())).toMatchObject({ ok: false, code: 'request/not-found' });
    expect(await act(sessionId)).toEqual({ ok: true, outcome: null });
    expect(kiosk.state?.screen.kind).toBe('attract');
    expect(await act(sessionId)).toEqual({ ok: true, outcome: null }); // [cred-1] its answer was lost
    await until('both at HQ', 5_000, () => hq.bodies('consent-withdrawn').length === 2);
    await bridge.scan(OIL); // written after whatever a second effect would have been
    await until('the scan at HQ', 5_000, () => hq.bodies('product-scanned').length === 1);
    expect(hq.bodies('consent-withdrawn')).toHaveLength(2);

    await edge.running.stop();
    const again = await anEdge({ dataDir: edge.dataDir, hqUrl: hq.url });
    const heard = await (await again.bridge()).hear(await memberA.token(Date.now()));
    expect(heard).toEqual({ ok: true, outcome: { resolved: 0 } });
  });

  test('[duty-6] withdrawal blanks the session within a second, and their token is a stranger’s', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    await bridge.scan(memberA.card);
    await kiosk.screen('session');
    hq.say('erase', {
      kind: 'withdrawn',
      pseudonym: memberA.pseudonym,
      purpose: 'recognise',
      at: Date.now(),
    });
    await kiosk.screen('attract', 1_000);
    const heard = await bridge.hear(await memberA.token(Date.now()));
    expect(heard).toEqual({ ok: true, outcome: { resolved: 0 } });
    // A row that was under way with the older grant does not bring it back.
    hq.say('cohort', { kind: 'row', row: { ...memberA.row, rowVersion: 2 } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await bridge.hear(await memberA.token(Date.now()))).toMatchObject({
      outcome: { resolved: 0 },
    });
  });

  test('[duty-19] erased: no byte of the person is left in the store', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const bridge = await edge.bridge();
    await bridge.hear(await memberA.token(Date.now()));
    await bridge.scan(memberA.card);
    await bridge.scan(memberA.couponCodes['wine']!);
    const canaries = [
      memberA.pseudonym,
      memberA.row.coupons[0]!.couponId,
      memberA.row.cardHashes[0]!,
      couponHash(memberA.row.coupons[0]!.code),
    ];
    const found = () => canaries.filter((canary) => bytesOf(edge.dataDir).includes(canary));
    expect(found()).toEqual(canaries);
    hq.say('erase', { kind: 'erased', pseudonym: memberA.pseudonym });
    await until('nothing left', 3_000, () => found().length === 0);
    expect(await bridge.scan(memberA.card)).toBe('ask');
    expect(await bridge.scan(memberA.couponCodes['wine']!)).toBe('ask');
  });

  test('[threat-5] rows are sealed at rest: nothing of a member can be read in the files of a store', async () => {
    const { edge, members } = await aShop(WINE);
    const [memberA] = members;
    const text = bytesOf(edge.dataDir);
    const phoneKey = memberA.row.phonePublicKeys[0]!;
    const [coupon] = memberA.row.coupons;
    for (const secret of ['Socia', phoneKey, coupon!.code, coupon!.couponId, memberA.card])
      expect(text.includes(secret)).toBe(false);
    expect(text.includes(memberA.pseudonym)).toBe(true);
  });
});

describe('somebody who is not', () => {
  test('[threat-26] a stranger’s token leaves no byte anywhere, only one more in a count', async () => {
    const { hq, edge } = await aShop(WINE);
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    const tokens = Array.from({ length: 50 }, () => randomBytes(8));
    expect(await bridge.hear(...tokens)).toEqual({ ok: true, outcome: { resolved: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(kiosk.state?.screen.kind).toBe('attract');
    expect(hq.bodies('visit-started')).toEqual([]);
    await edge.running.stop();
    const bytes = bytesOf(edge.dataDir);
    for (const token of tokens) {
      expect(bytes.includes(token)).toBe(false);
      expect(bytes.includes(token.toString('hex'))).toBe(false);
    }
  });

  test('a member without recognise is a stranger to the radio', async () => {
    const { edge, members } = await aShop({ ...WINE, consents: ['personalise'] });
    const heard = await (await edge.bridge()).hear(await members[0].token(Date.now()));
    expect(heard).toEqual({ ok: true, outcome: { resolved: 0 } });
  });

  test('[wire-44] a GSRN is a card and a GCN a coupon; a provider’s number is neither', async () => {
    const gsrn = '123456789012345675';
    const gcn = '4006381333931000042';
    const { edge } = await aShop({ ...WINE, card: gsrn, couponCodes: { wine: gcn } });
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    const handheld = await edge.handheld();
    const asked = (text: string) => ask(handheld, 'scan', { requestId: newId(), text });
    expect(await bridge.scan(`]C18017${gsrn}`)).toBe('ask');
    await kiosk.note('unknown-code');
    expect(await asked(`(8017)${gsrn}`)).toMatchObject({ outcome: { kind: 'unknown-code' } });
    expect(await asked(`(8018)${gsrn}`)).toMatchObject({ outcome: { kind: 'member' } });
    expect(await bridge.scan(`]C18018${gsrn}`)).toBe('good');
    expect(await kiosk.screen('session')).toMatchObject({ evidence: 'card' });
    expect(await asked(`https://id.gs1.org/255/${gcn}`)).toMatchObject({
      outcome: { kind: 'coupon', redemption: 'leased' },
    });
    expect(await bridge.scan(`]C1255${gcn}`)).toBe('good');
    await kiosk.note('redeemed');
    expect(await asked(`(255)${gcn}`)).toMatchObject({ outcome: { refusal: 'already-used' } });
    expect(await asked('(255)4006381333931000043')).toMatchObject({
      outcome: { kind: 'unknown-code', coupon: { family: 'global' } },
    });
    expect(await asked('9813765030011')).toMatchObject({
      outcome: { kind: 'unknown-code', coupon: { amount: { minor: 10 } } },
    });
    expect(await asked(`]C181120` + '0123456' + '654321' + '0123456')).toMatchObject({
      outcome: { kind: 'unknown-code', coupon: { family: 'north-american' } },
    });
  });

  test('what a scan means decides what is shown and which tone answers', async () => {
    const { hq, edge } = await aShop();
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    expect(await bridge.scan(`]E0${OIL.slice(1)}`)).toBe('good');
    expect(await kiosk.note('product')).toMatchObject({ product: { gtin: OIL } });
    expect(await bridge.scan('SGC4MAKCQHAVMXJX')).toBe('ask');
    await kiosk.note('card-not-known');
    expect(await bridge.scan('hello')).toBe('ask');
    await kiosk.note('unknown-code');
    expect(await bridge.scan(']E09813765030011')).toBe('ask');
    expect(await kiosk.note('unknown-code')).toMatchObject({
      coupon: { family: 'euro', amount: { minor: 10, currency: 'EUR' } },
    });
    expect(await bridge.scan(']C12554006381333931123')).toBe('ask');
    expect(await kiosk.note('not-redeemed')).toMatchObject({ reason: 'unknown' });
    expect(await bridge.scan(']C18017123456789012345675')).toBe('ask');
    expect(await bridge.scan(']Z9')).toBe('bad');
    expect(await bridge.scan(OIL.slice(1), 'desk', { ageMs: 2_001 })).toBe('bad');
    expect(await bridge.scan(OIL.slice(1), 'nobodys')).toBe('bad');
    await until('the scan at HQ', 3_000, () => hq.bodies('product-scanned').length === 1);
  });

  test('a product is known by a Digital Link or a label too; what names none is an unknown code', async () => {
    const { edge } = await aShop();
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    for (const code of [
      `]Q1https://id.gs1.org/01/${OIL}/10/A1?17=300101`,
      `]d1[)>\x1e05\x1d01${OIL}10A1\x1e\x04`,
    ]) {
      expect(await bridge.scan(code)).toBe('good');
      expect(await kiosk.note('product')).toMatchObject({ product: { gtin: OIL } });
    }
    for (const code of [']d1[)>\x1e06\x1d1P77\x1dS1\x1e\x04', ']Q1https://example.com/'])
      expect(await bridge.scan(code)).toBe('ask');
    await kiosk.note('unknown-code');
    expect(await bridge.scan(']d1[)>\x1e06\x1dno identifier\x1e\x04')).toBe('bad');
  });
});

describe('staff', () => {
  test('see a coupon before they use it, use it once, and get the same answer to the same request', async () => {
    const { edge, members } = await aShop({ ...WINE, coupons: ['wine', 'truffle'] });
    const [memberA] = members;
    const handheld = await edge.handheld();
    const scan = (text: string) => ask(handheld, 'scan', { requestId: newId(), text });
    const redeem = (code: string, requestId = newId()) =>
      ask<RedemptionAnswer>(handheld, 'redeem', { requestId, code });
    const code = memberA.couponCodes['wine']!;
    expect(await scan(code)).toMatchObject({ outcome: { kind: 'coupon', redemption: 'leased' } });
    const requestId = newId();
    const first = await redeem(code, requestId);
    expect(first).toMatchObject({ outcome: { kind: 'redeemed', offerId: 'wine' } });
    expect(JSON.stringify(await redeem(code, requestId))).toBe(JSON.stringify(first));
    expect(await redeem(code)).toMatchObject({ outcome: { reason: 'already-used' } });
    expect(await scan(code)).toMatchObject({ outcome: { refusal: 'already-used' } });
    expect(await redeem(memberA.couponCodes['truffle']!)).toMatchObject({
      outcome: { reason: 'online-only' },
    });
    expect(await scan(OIL.slice(1))).toMatchObject({ outcome: { kind: 'product' } });
    expect(await scan(memberA.card)).toMatchObject({ outcome: { kind: 'member', brief: [] } });
  });

  test('[threat-15] five wrong codes in a minute and the station waits', async () => {
    const { edge, members } = await aShop(WINE);
    const handheld = await edge.handheld();
    const redeem = (code: string) => ask(handheld, 'redeem', { requestId: newId(), code });
    for (let i = 0; i < 5; i += 1)
      expect(await redeem('SGK0000000000000000')).toMatchObject({ outcome: { reason: 'unknown' } });
    expect(await redeem('SGK0000000000000000')).toMatchObject({ code: 'request/too-many' });
    const [memberA] = members;
    expect(await (await edge.bridge()).scan(memberA.couponCodes['wine']!)).toBe('good');
  });
});

describe('without HQ', () => {
  test('the store opens, shows what is for all, and says what waits', async () => {
    const edge = await anEdge();
    expect((await fetch(`${edge.url}/readyz`)).status).toBe(200);
    const attract = await (await edge.kiosk()).screen('attract');
    expect(attract.offers.cards).toEqual([]);
  });

  test('[inv-2] HQ away for the middle part: everything works, and HQ then has each once', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const { port } = new URL(hq.url);
    await hq.close();
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    await bridge.hear(await memberA.token(Date.now()));
    expect(await bridge.scan(memberA.card)).toBe('good');
    await kiosk.screen('session');
    expect(await bridge.scan(memberA.couponCodes['wine']!)).toBe('good');
    await hq.open(Number(port));
    await until('the redemption at HQ', 9_000, () => hq.bodies('coupon-redeemed').length > 0);
    await until('the visit at HQ', 9_000, () => hq.bodies('visit-started').length > 0);
    expect(hq.bodies('coupon-redeemed')).toHaveLength(1);
    expect(hq.bodies('visit-started')).toHaveLength(1);
  });

  test('a restart goes on: the same offers and people, one visit, the coupon stays used', async () => {
    const { hq, edge, members } = await aShop(WINE);
    const [memberA] = members;
    const bridge = await edge.bridge();
    await bridge.hear(await memberA.token(Date.now()));
    await bridge.scan(memberA.couponCodes['wine']!);
    await edge.running.stop();
    await hq.close();
    const again = await anEdge({ hqUrl: hq.url, dataDir: edge.dataDir });
    const bridgeAgain = await again.bridge();
    const kiosk = await again.kiosk();
    await bridgeAgain.hear(await memberA.token(Date.now()));
    await kiosk.screen('prompt');
    expect(await bridgeAgain.scan(memberA.couponCodes['wine']!)).toBe('ask');
    expect(await bridgeAgain.scan(memberA.card)).toBe('good');
    const { port } = new URL(hq.url);
    await hq.open(Number(port));
    await until('the session at HQ', 9_000, () => hq.bodies('session-opened').length > 0);
    expect(hq.bodies('visit-started')).toHaveLength(1);
    expect(hq.bodies('coupon-redeemed')).toHaveLength(1);
  });
});

test('[threat-11] a bundle that was tampered with or is older is refused, and the one before goes on', async () => {
  const { hq, edge } = await aShop();
  const kiosk = await edge.kiosk();
  await kiosk.screen('attract');
  hq.publish(aBundle(5), { tamper: true });
  hq.publish({ ...aBundle(6), storeId: 'elsewhere' as StoreId });
  hq.publish(aBundle(7), { expires: Date.now() - 1 });
  hq.publish(aBundle(1, [{ ...aBundle().offers[0]!, offerId: 'rolled-back' }]));
  hq.publish(aBundle(3, [{ ...aBundle().offers[0]!, offerId: 'fresh', priority: 90 }]));
  const offers = () => {
    const screen = kiosk.state?.screen;
    return screen?.kind === 'attract' ? screen.offers.cards.map(({ offerId }) => offerId) : [];
  };
  await until('version 3', 3_000, () => offers().includes('fresh' as never));
  expect(offers()).toEqual(['fresh', 'bread']);
});
