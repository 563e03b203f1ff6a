import { expect, test, vi } from 'vitest';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import type { StationId } from '../../kernel/domain/ids.ts';
import type { HandheldCheckOutcome, Verdict } from '../../kernel/protocol/handheld-events.ts';
import { reportProof } from '../../kernel/protocol/phone-api.ts';
import { confirmationProof } from '../../kernel/protocol/relay.ts';
import { decodeOwnCode, encodeRotatingCode } from '../../kernel/scans/own-code.ts';
import type { Member } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { anEdge, ask, CONFIGURATION, type TestedEdge, TestedKiosk } from '../support/edge.ts';
import { aShop, aShopWith, settled } from '../support/member-shop.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const STAFF = {
  ...{ segments: ['wine'], coupons: ['wine'], firstName: 'Socia' },
  consents: ['staff', 'show-name', 'personalise'],
} as const;
const BEACON = {
  ibeacon: { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', major: 17, minor: 4 },
};
/** Two kiosks and two handhelds, and a beacon where the second kiosk stands. */
const TWO_KIOSKS = {
  scanners: [...CONFIGURATION.scanners, { id: 'desk-2', kind: 'simulated' }],
  stations: [
    ...CONFIGURATION.stations,
    { id: 'kiosk-2', kind: 'kiosk', zone: 'aisle', scanners: ['desk-2'] },
    { id: 'screen', kind: 'kiosk', zone: 'aisle', touch: false },
    { id: 'handheld-2', kind: 'handheld' },
  ],
  beacons: [{ id: 'shelf-1', zone: 'aisle', ...BEACON }],
};

async function kioskAt(edge: TestedEdge, name: string): Promise<TestedKiosk> {
  const seen: TestedKiosk['seen'][number][] = [];
  const socket = await edge.socket('/kiosk', await edge.token('kiosk', name), (connecting) => {
    connecting.on('state', ({ state }: { state: (typeof seen)[number] }, drawn: () => void) => {
      seen.push(state);
      drawn();
    });
  });
  return new TestedKiosk(socket, seen);
}
async function handheldOf(edge: TestedEdge, name = 'handheld-1') {
  const socket = await edge.socket('/handheld', await edge.token('handheld', name));
  return {
    async scan(text: string): Promise<Verdict> {
      const answer = await ask<Verdict>(socket, 'scan', { requestId: newId(), text });
      if (!answer.ok) throw new Error(answer.message);
      return answer.outcome;
    },
    async check(checkId: string | undefined, more: object = {}): Promise<HandheldCheckOutcome> {
      const check = { requestId: newId(), checkId, ...more };
      const answer = await ask<HandheldCheckOutcome>(socket, 'check', check);
      if (!answer.ok) throw new Error(answer.message);
      return answer.outcome;
    },
    redeem: (code: string) => ask(socket, 'redeem', { requestId: newId(), code }),
  };
}
const checkIdIn = (verdict: Verdict) =>
  verdict.kind === 'member' ? verdict.checkId : `no member but ${verdict.kind}`;
const signed = async (by: Member, proof: string) =>
  Buffer.from(await by.phone.sign(utf8(proof))).toString('base64url');

test('[cred-4] staff who checked see the brief and the coupons, redeem one unasked, and HQ hears of it', async () => {
  const { hq, edge, members } = await aShop(STAFF);
  const [member] = members;
  const handheld = await handheldOf(edge);
  const verdict = await handheld.scan(member.card);
  expect(verdict).toMatchObject({ kind: 'member', brief: [{ it: 'Parla italiano' }, {}, {}] });
  expect(JSON.stringify(verdict)).not.toContain(member.pseudonym);
  const checked = await handheld.check(checkIdIn(verdict));
  expect(checked).toMatchObject({ kind: 'checked', brief: [{ en: 'Speaks Italian' }, {}, {}] });
  const coupons = checked.kind === 'checked' ? checked.coupons : [];
  expect(coupons).toMatchObject([{ offerId: 'wine', couponCode: member.couponCodes['wine'] }]);
  expect(await handheld.redeem(coupons[0]!.couponCode!)).toMatchObject({
    outcome: { kind: 'redeemed' },
  });
  expect(await handheld.check(checkIdIn(verdict))).toMatchObject({ coupons: [] });
  await until('the check at HQ', 5_000, () => hq.bodies('staff-checked').length > 0);
  const { pseudonym } = member;
  expect(hq.bodies('staff-checked')).toMatchObject([{ pseudonym, stationId: 'handheld-1' }]);
});

test('[cred-4] [duty-4] without consent staff there is nothing to check, and nothing is written', async () => {
  const { hq, edge, members } = await aShop({ ...STAFF, consents: ['personalise'] }, STAFF);
  const [silent, member] = members as unknown as [Member, Member];
  const handheld = await handheldOf(edge);
  expect(await handheld.scan(silent.card)).toEqual({ kind: 'member', brief: [] });
  expect(await handheld.check(newId())).toEqual({ kind: 'refused', reason: 'over' });

  // Taken back between the scan and the check.
  const checkId = checkIdIn(await handheld.scan(await member.code(Date.now())));
  const { pseudonym } = member;
  hq.say('erase', { kind: 'withdrawn', pseudonym, purpose: 'staff', at: Date.now() });
  await until('the withdrawal', 5_000, async () => {
    const verdict = await handheld.scan(member.card);
    return verdict.kind === 'member' && verdict.brief.length === 0;
  });
  expect(await handheld.check(checkId)).toEqual({ kind: 'refused', reason: 'no-consent' });
  expect(hq.bodies('staff-checked')).toEqual([]);
});

test('[cred-4] a check opens a kiosk as no card does, only where somebody can touch it, and not from another handheld', async () => {
  const { hq, edge, members } = await aShopWith(TWO_KIOSKS, STAFF);
  const [member] = members;
  const kiosk = await kioskAt(edge, 'kiosk-2');
  const handheld = await handheldOf(edge);
  const other = await handheldOf(edge, 'handheld-2');
  const checkId = checkIdIn(await handheld.scan(member.card));
  expect(await other.check(checkId)).toEqual({ kind: 'refused', reason: 'over' });
  for (const openAt of ['screen', 'till', 'nowhere'])
    expect(await handheld.check(checkId, { openAt })).toMatchObject({ reason: 'no-kiosk' });
  expect(await handheld.check(checkId, { openAt: 'kiosk-2' })).toMatchObject({
    ...{ kind: 'checked', openedAt: 'kiosk-2' },
  });
  const session = await kiosk.screen('session');
  expect(session).toMatchObject({ evidence: 'staff', personal: { firstName: 'Socia' } });
  await until('the session at HQ', 5_000, () => hq.bodies('session-opened').length > 0);
  expect(hq.bodies('session-opened')).toMatchObject([{ strength: 4, evidence: 'staff' }]);
  expect(hq.bodies('staff-checked')).toHaveLength(1); // asked five times, done once
});

test('[cred-3] a phone’s report is somebody near: the prompt, a visit by report, and nothing personal', async () => {
  const { hq, edge, members } = await aShopWith(TWO_KIOSKS, {
    ...STAFF,
    consents: ['recognise', 'personalise', 'show-name'],
  });
  const [member] = members;
  const kiosk = await kioskAt(edge, 'kiosk-2');
  const elsewhere = await edge.kiosk();
  await kiosk.screen('attract');
  const at = Date.now();
  const signature = await signed(member, reportProof('bottega', BEACON, at));
  const report = { pseudonym: member.pseudonym, beacon: BEACON, at, signature };
  expect(await hq.report(report)).toEqual({ ok: true, outcome: { kind: 'heard' } });
  expect(JSON.stringify(await kiosk.screen('prompt'))).not.toMatch(/Socia|wine/);
  expect((await elsewhere.screen('attract')).kind).toBe('attract');
  expect(await hq.report(report)).toMatchObject({ outcome: { reason: 'replayed' } });
  expect(await hq.report({ ...report, at: at + 1 })).toMatchObject({
    outcome: { reason: 'bad-signature' },
  });
  await until('the visit at HQ', 5_000, () => hq.bodies('visit-started').length > 0);
  expect(hq.bodies('visit-started')).toMatchObject([{ evidence: 'report', zoneId: 'aisle' }]);
});

test('[cred-5] [threat-2] a signature for one shop’s kiosk opens nothing at another shop, nor at another kiosk', async () => {
  const { hq, edge, members } = await aShopWith(TWO_KIOSKS, {});
  const [member] = members;
  const [kiosk, second] = [await edge.kiosk(), await kioskAt(edge, 'kiosk-2')];
  await (await edge.bridge()).hear(await member.token(Date.now()));
  const { nonce } = (await kiosk.screen('prompt')).challenge;
  const answer = async (storeId: string, stationId: string, to: string) =>
    hq.confirm({
      stationId: to as StationId,
      nonce,
      pseudonym: member.pseudonym,
      signature: await signed(member, confirmationProof(storeId, stationId, nonce)),
    });
  expect(await answer('altrove', 'kiosk-1', 'kiosk-1')).toMatchObject({
    outcome: { reason: 'bad-signature' },
  });
  expect(await answer('bottega', 'kiosk-2', 'kiosk-1')).toMatchObject({
    outcome: { reason: 'bad-signature' },
  });
  expect(await answer('bottega', 'kiosk-1', 'kiosk-2')).toMatchObject({
    outcome: { reason: 'no-such-challenge' },
  });
  expect(second.state?.screen.kind).not.toBe('session');
  expect(await answer('bottega', 'kiosk-1', 'kiosk-1')).toMatchObject({
    outcome: { kind: 'opened' },
  });
});

test('[cred-5] the same person stands in two shops’ cohorts: what they sign for one is nothing to the other', async () => {
  const { hq, edge, members } = await aShop({});
  const [member] = members;
  await edge.running.stop();
  // The same rows, lease and phone keys under another store's name.
  const other = await anEdge({
    hqUrl: hq.url,
    enrolmentCode: hq.enrolmentCode('altra'),
    more: { store: { id: 'altra', timeZone: 'Europe/Rome' } },
  });
  await until('its line to HQ', 10_000, () => hq.hasLine);
  const bridge = await other.bridge();
  const kiosk = await other.kiosk();
  await until('the member there', 10_000, async () => {
    const heard = await bridge.hear(await member.token(Date.now()));
    return heard.ok && heard.outcome.resolved === 1;
  });
  const { nonce } = (await kiosk.screen('prompt')).challenge;
  const { pseudonym } = member;
  const forFirst = await signed(member, confirmationProof('bottega', 'kiosk-1', nonce));
  const stationId = 'kiosk-1' as StationId;
  expect(await hq.confirm({ stationId, nonce, pseudonym, signature: forFirst })).toMatchObject({
    outcome: { reason: 'bad-signature' },
  });
  const here = await signed(member, confirmationProof('altra', 'kiosk-1', nonce));
  expect(await hq.confirm({ stationId, nonce, pseudonym, signature: here })).toMatchObject({
    outcome: { kind: 'opened' },
  });
});

test('[cred-5] two people answer one challenge at once: it is one person’s, and the other is told', async () => {
  const { hq, edge, members } = await aShop({}, {});
  const kiosk = await edge.kiosk();
  const bridge = await edge.bridge();
  for (const each of members) await bridge.hear(await each.token(Date.now()));
  const { nonce } = (await kiosk.screen('prompt')).challenge;
  const answers = await Promise.all(
    [...members, ...members].map(async (member) =>
      hq.confirm({
        stationId: 'kiosk-1' as StationId,
        nonce,
        pseudonym: member.pseudonym,
        signature: await signed(member, confirmationProof('bottega', 'kiosk-1', nonce)),
      }),
    ),
  );
  const outcomes = answers.map((answer) => (answer.ok ? answer.outcome : answer));
  expect(outcomes.filter((outcome) => 'kind' in outcome && outcome.kind === 'opened')).toHaveLength(
    1,
  );
  const refused = { kind: 'refused', reason: 'no-such-challenge' };
  expect(outcomes.filter((outcome) => 'reason' in outcome)).toEqual([refused, refused, refused]);
  await until('the session at HQ', 5_000, () => hq.bodies('session-opened').length > 0);
  expect(hq.bodies('session-opened')).toHaveLength(1);
});

test('[cred-5] one code at two kiosks at once opens one of them, in whatever way it is scanned again', async () => {
  const { edge, members } = await aShopWith(TWO_KIOSKS, {});
  const [member] = members;
  const kiosks = [await edge.kiosk(), await kioskAt(edge, 'kiosk-2')];
  const bridge = await edge.bridge();
  const code = await member.code(Date.now());
  const scans = ['desk', 'desk-2', 'desk', 'desk-2'].map((scanner) => bridge.scan(code, scanner));
  expect((await Promise.all(scans)).sort()).toEqual(['ask', 'ask', 'ask', 'good']);
  await until('the one session', 3_000, () =>
    kiosks.some(({ state }) => state?.screen.kind === 'session'),
  );
  expect(kiosks.filter(({ state }) => state?.screen.kind === 'session')).toHaveLength(1);
});

test('[cred-5] a code of one person under another’s id is nobody’s, and uses up nothing', async () => {
  const { edge, members } = await aShop({}, {});
  const [memberA, memberB] = members as unknown as [Member, Member];
  const bridge = await edge.bridge();
  const parts = async (member: Member) => {
    const code = decodeOwnCode(await member.code(Date.now()));
    if (code.kind !== 'rotating-code') throw new Error(code.kind);
    return code;
  };
  const [a, b] = [await parts(memberA), await parts(memberB)];
  const swapped = encodeRotatingCode({ codeId: a.codeId, minute: a.minute, mac: b.mac });
  expect(await bridge.scan(swapped)).toBe('ask');
  expect(await bridge.scan(encodeRotatingCode(a))).toBe('good');
});

test('[cred-5] several tokens near one kiosk, and one near two: each prompt names nobody, and whoever acts is served', async () => {
  const { edge, members } = await aShopWith(
    { ...TWO_KIOSKS, stations: TWO_KIOSKS.stations.map((s) => ({ ...s, zone: 'entrance' })) },
    STAFF_NEAR,
    STAFF_NEAR,
  );
  const [memberA, memberB] = members as unknown as [Member, Member];
  const [first, second] = [await edge.kiosk(), await kioskAt(edge, 'kiosk-2')];
  const bridge = await edge.bridge();
  await bridge.hear(await memberA.token(Date.now()), await memberB.token(Date.now()));
  const prompts = [await first.screen('prompt'), await second.screen('prompt')];
  expect(prompts[0]!.challenge.nonce).not.toBe(prompts[1]!.challenge.nonce);
  for (const prompt of prompts) expect(JSON.stringify(prompt)).not.toMatch(/Socia|wine/);
  expect(await bridge.scan(await memberB.code(Date.now()), 'desk-2')).toBe('good');
  await second.screen('session');
  expect((await first.screen('prompt')).challenge.nonce).toBe(prompts[0]!.challenge.nonce);
  expect(await bridge.scan(await memberA.code(Date.now()), 'desk')).toBe('good');
  await first.screen('session');
  await settled(edge, 2);
});

const STAFF_NEAR = { ...STAFF, consents: ['recognise', 'personalise'] } as const;
