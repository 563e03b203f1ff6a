import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import { MOST_OFFLINE_BOOTS } from '../../edge/consent/lease-guard.ts';
import type { PersonalFeatures } from '../../kernel/protocol/personal-features.ts';
import { createLog } from '../../node/logs.ts';
import { aMember, type GivenMember, type Member } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { TestMachine } from '../doubles/machine.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, ask, type TestedBridge, type TestedEdge } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WINE = { segments: ['wine'], coupons: ['wine', 'bread'], firstName: 'Socia' } as const;

/** A store in step with HQ, on a machine of the test's own. */
async function aStore(given: GivenMember = WINE, breadUntil?: number) {
  const machine = new TestMachine();
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  const validUntil = Date.now() + 20 * DAY_MS;
  const offers = aBundle().offers.map((offer) => ({
    ...{ ...offer, validUntil },
    ...(offer.offerId === 'bread' &&
      (breadUntil === undefined ? { redemption: 'leased' as const } : { validUntil: breadUntil })),
  }));
  hq.publish({ ...aBundle(), offers });
  const member = await aMember(hq.indexKey, given);
  hq.say('cohort', { kind: 'row', row: member.row });
  const said: string[] = [];
  const log = createLog('edge', {
    level: 'warn',
    destination: { write: (line) => void said.push(line) },
  });
  const options = { hqUrl: hq.url, machine, log };
  const edge = await anEdge({ ...options, enrolmentCode: hq.enrolmentCode('bottega') });
  await knows(edge, 1);
  const again = () => anEdge({ ...options, dataDir: edge.dataDir });
  const leaseLines = () => said.filter((line) => line.includes('the lease is over:'));
  return { machine, hq, edge, again, member, leaseLines };
}
const metricsOf = async ({ url }: TestedEdge) => (await fetch(`${url}/metrics`)).text();
const knows = (edge: TestedEdge, members: number) =>
  until(`${String(members)} members and offers`, 8_000, async () => {
    const text = await metricsOf(edge);
    return (
      text.includes(`soglia_cohort_members ${String(members)}\n`) &&
      /bundle_version [1-9]/.test(text)
    );
  });
const featuresOf = async ({ url }: TestedEdge) =>
  ((await (await fetch(`${url}/readyz`)).json()) as { personalFeatures: PersonalFeatures })
    .personalFeatures;
const turnedOff = (edge: TestedEdge, why: string) =>
  until(`personal features off: ${why}`, 5_000, async () => {
    const features = await featuresOf(edge);
    return features.kind === 'off' && features.why === why ? features : undefined;
  });
const rowsOf = (edge: TestedEdge, table: string) => {
  const db = new Database(join(edge.dataDir, 'store.db'), { readonly: true });
  const count = db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
  db.close();
  return count;
};
const hasKeyFile = (edge: TestedEdge) => readdirSync(edge.dataDir).includes('lease.key');
const resolved = async (edge: TestedEdge, token: Uint8Array) => {
  const answer = await (await edge.bridge()).hear(token);
  return answer.ok ? answer.outcome.resolved : answer.code;
};
/** The windows of the right time are made anew first. */
const resolvesAgain = (bridge: TestedBridge, member: Member, machine: TestMachine) =>
  until('tokens resolve', 8_000, async () => {
    const answer = await bridge.hear(await tokenNow(member, machine));
    return answer.ok && answer.outcome.resolved === 1;
  });
const tokenNow = (member: Member, machine: TestMachine) => member.token(machine.trueNow);

describe('[lease-1] [duty-20] a lease that HQ does not renew', () => {
  test('ends in flight: screen, keys and rows go, it is logged once, and everything says what is off and why', async () => {
    const { machine, edge, hq, member, leaseLines } = await aStore();
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    await bridge.scan(member.card);
    await kiosk.screen('session');
    const key = readFileSync(join(edge.dataDir, 'lease.key'));
    const sealingKey = (JSON.parse(key.toString()) as { sealingKey: string }).sealingKey;
    await hq.close();
    machine.passHours(73);
    await kiosk.screen('attract', 2_000);
    const off = await turnedOff(edge, 'not-renewed');
    expect(off).toHaveProperty('since');
    await until(
      'no key and no row',
      3_000,
      () => !hasKeyFile(edge) && rowsOf(edge, 'cohort') === 0,
    );
    expect(rowsOf(edge, 'look_up')).toBe(0);
    for (const name of readdirSync(edge.dataDir)) {
      if (name.endsWith('.sock') || name === 'hq') continue;
      const bytes = readFileSync(join(edge.dataDir, name));
      expect(bytes.includes(sealingKey)).toBe(false);
      expect(bytes.includes(Buffer.from(sealingKey, 'base64url'))).toBe(false);
    }
    expect(await resolved(edge, await tokenNow(member, machine))).toBe(0);
    expect(await bridge.scan(member.card)).toBe('ask');
    expect(await kiosk.note('card-not-known')).toMatchObject({ personalOff: true });
    expect(await bridge.scan(await member.code(machine.trueNow))).toBe('ask');
    const metrics = await metricsOf(edge);
    expect(metrics).toContain('soglia_personal_features 0\n');
    expect(metrics).toContain('soglia_lease_seconds_left 0\n');
    await new Promise((resolve) => setTimeout(resolve, 600)); // two more looks at the lease
    expect(leaseLines()).toHaveLength(1);
  });

  test('ends while the store is shut, and at the next opening nobody is known', async () => {
    const { machine, edge, hq, again, member } = await aStore();
    await edge.running.stop();
    await hq.close();
    machine.passHours(73);
    const opened = await again();
    await turnedOff(opened, 'not-renewed');
    expect(hasKeyFile(opened)).toBe(false);
    expect(await (await opened.bridge()).scan(member.card)).toBe('ask');
  });

  test('rows without their key file are dropped at the start, and come anew', async () => {
    const { edge, again } = await aStore();
    await edge.running.stop();
    rmSync(join(edge.dataDir, 'lease.key'));
    const opened = await again();
    await knows(opened, 1);
    expect((await featuresOf(opened)).kind).toBe('on');
  });
});

describe('[lease-2] coupons without a lease', () => {
  test('are redeemed at kiosk, till and handheld, once, and HQ books them when it is back', async () => {
    const { machine, edge, hq, member } = await aStore();
    const port = Number(new URL(hq.url).port);
    const kiosk = await edge.kiosk();
    const bridge = await edge.bridge();
    const handheld = await edge.handheld();
    await hq.close();
    machine.passHours(73);
    await turnedOff(edge, 'not-renewed');
    const state = new Promise((resolve) => handheld.once('state', resolve));

    expect(await bridge.scan(member.couponCodes['wine']!)).toBe('good');
    await kiosk.note('redeemed');
    expect(await bridge.scan(member.couponCodes['wine']!, 'till-1')).toBe('ask');
    const redeem = (requestId: string) =>
      ask(handheld, 'redeem', { requestId, code: member.couponCodes['bread'] });
    const requestId = newId();
    const scanned = { requestId: newId(), text: member.couponCodes['bread'] };
    expect(await ask(handheld, 'scan', scanned)).toMatchObject({ outcome: { kind: 'coupon' } });
    const first = await redeem(requestId);
    expect(first).toMatchObject({ ok: true, outcome: { kind: 'redeemed', offerId: 'bread' } });
    expect(await redeem(requestId)).toEqual(first);
    expect(await redeem(newId())).toMatchObject({ outcome: { reason: 'already-used' } });
    expect(
      await ask(handheld, 'redeem', { requestId: newId(), code: 'SGK0000000000000000P' }),
    ).toMatchObject({ outcome: { reason: 'unknown' } });
    expect(await state).toMatchObject({ state: { personalFeatures: { kind: 'off' } } });

    await hq.open(port);
    await until('both at HQ', 20_000, () => hq.bodies('coupon-redeemed').length === 2);
    expect(hq.bodies('coupon-redeemed')).toMatchObject(
      ['wine', 'bread'].map((offerId) => ({
        ...{ offerId, pseudonym: member.pseudonym },
        couponId: member.row.coupons.find((coupon) => coupon.offerId === offerId)!.couponId,
      })),
    );
  });

  test('lie sealed under their own codes: without a code nobody can tell which they are', async () => {
    const { machine, edge, hq, member } = await aStore();
    await hq.close();
    machine.passHours(73);
    await turnedOff(edge, 'not-renewed');
    await until('no row', 3_000, () => rowsOf(edge, 'cohort') === 0);
    expect(rowsOf(edge, 'held_coupon')).toBe(2);
    const files = readdirSync(edge.dataDir).filter((name) => name.startsWith('store.db'));
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(edge.dataDir, name))));
    const secrets = [
      'Socia',
      member.card,
      ...member.row.coupons.flatMap((c) => [c.code, c.couponId]),
    ];
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
  });

  test('of somebody erased or removed are gone, also from a store that has no lease', async () => {
    const { machine, edge, hq, member } = await aStore();
    const port = Number(new URL(hq.url).port);
    await hq.close();
    machine.passHours(73);
    await turnedOff(edge, 'not-renewed');
    hq.say('erase', { kind: 'erased', pseudonym: member.pseudonym });
    hq.streams.keys.length = 0;
    hq.streams.cohort.length = 0;
    await hq.open(port);
    await until('no coupon left', 20_000, () => rowsOf(edge, 'held_coupon') === 0);
    expect(await (await edge.bridge()).scan(member.couponCodes['wine']!)).toBe('ask');
  });
});

describe('[time-4] a machine clock that is wrong, HQ being away', () => {
  const rebootedAhead = async () => {
    const at = await aStore();
    await at.edge.running.stop();
    await at.hq.close();
    at.machine.reboot();
    at.machine.wrongMs = 3 * DAY_MS + HOUR_MS;
    const opened = await at.again();
    return { ...at, opened };
  };

  test('by three days ahead turns personal features off, destroys nothing, and they are on again once it is right', async () => {
    const { machine, opened, member, leaseLines } = await rebootedAhead();
    await turnedOff(opened, 'clock');
    expect(hasKeyFile(opened)).toBe(true);
    expect(await resolved(opened, await tokenNow(member, machine))).toBe(0);
    const bridge = await opened.bridge();
    expect(await bridge.scan(member.card)).toBe('ask');
    expect(await bridge.scan(member.couponCodes['wine']!)).toBe('good');
    machine.wrongMs = 0;
    await until(
      'personal features on',
      5_000,
      async () => (await featuresOf(opened)).kind === 'on',
    );
    await until(
      'tokens resolve',
      8_000,
      async () => (await resolved(opened, await tokenNow(member, machine))) === 1,
    );
    expect(await bridge.scan(member.card)).toBe('good');
    expect(leaseLines()).toEqual([]);
  });

  // A phone's key serves for 18.2 hours: by 20 hours ahead the true one is always over, by one hour now and then.
  test.each([1, 20])(
    'by %i h is set right by HQ, in flight, and the session of the wrong time ends',
    async (hours) => {
      const { machine, opened, member, hq } = await aStoreAhead(hours * HOUR_MS);
      const kiosk = await opened.kiosk();
      const bridge = await opened.bridge();
      expect(await bridge.scan(member.card)).toBe('good');
      await kiosk.screen('session');
      await hq.open(Number(new URL(hq.url).port));
      await kiosk.screen('attract', 20_000);
      await resolvesAgain(bridge, member, machine);
    },
  );

  test('does not make a lease outlive 72 hours of uptime, or the fiftieth start', async () => {
    const { machine, opened } = await rebootedAhead();
    await turnedOff(opened, 'clock');
    machine.wrongMs = -20 * DAY_MS;
    machine.passHours(73);
    await turnedOff(opened, 'not-renewed');
    expect(hasKeyFile(opened)).toBe(false);
  });

  test('[time-3] the fiftieth start without HQ still knows people, the next does not', async () => {
    const { machine, edge, hq, again } = await aStore();
    await edge.running.stop();
    await hq.close();
    const db = new Database(join(edge.dataDir, 'store.db'));
    const kept = JSON.parse(
      db.prepare<[], string>("SELECT value FROM meta WHERE key = 'time'").pluck().get()!,
    ) as object;
    const text = JSON.stringify({ ...kept, offlineBoots: MOST_OFFLINE_BOOTS - 1 });
    db.prepare("UPDATE meta SET value = ? WHERE key = 'time'").run(text);
    db.close();
    machine.reboot();
    const fiftieth = await again();
    expect((await featuresOf(fiftieth)).kind).toBe('on');
    await fiftieth.running.stop();
    machine.reboot();
    const next = await again();
    await turnedOff(next, 'not-renewed');
    expect(hasKeyFile(next)).toBe(false);
  });

  test('[time-3] nothing that may be over is treated as live: a grant counts only if it outlives the lease', async () => {
    const soon = Date.now() + DAY_MS;
    const { machine, edge, hq, again, member } = await aStore();
    const grants = member.row.grants.map((grant) => ({ ...grant, expiresAt: soon }));
    hq.say('cohort', { kind: 'row', row: { ...member.row, rowVersion: 2, grants } });
    const token = await tokenNow(member, machine);
    await until('the new row', 5_000, () => rowVersion(edge) === 2);
    expect(await resolved(edge, token)).toBe(1);
    await edge.running.stop();
    await hq.close();
    machine.reboot();
    const opened = await again();
    expect((await featuresOf(opened)).kind).toBe('on');
    expect(await resolved(opened, await tokenNow(member, machine))).toBe(0);
    const kiosk = await opened.kiosk();
    expect(await (await opened.bridge()).scan(member.card)).toBe('good');
    const session = await kiosk.screen('session');
    expect(JSON.stringify(session.offers.cards)).not.toContain('wine');
  });
});

async function aStoreAhead(wrongMs: number) {
  const at = await aStore();
  await at.edge.running.stop();
  await at.hq.close();
  at.machine.reboot();
  at.machine.wrongMs = wrongMs;
  const opened = await at.again();
  return { ...at, opened };
}

function rowVersion(edge: TestedEdge): number | undefined {
  const db = new Database(join(edge.dataDir, 'store.db'), { readonly: true });
  const version = db.prepare<[], number>('SELECT row_version FROM cohort').pluck().get();
  db.close();
  return version;
}

test('[time-5] after a start of the machine no offer is shown that may be over, until HQ is heard', async () => {
  const { machine, edge, hq, again } = await aStore(WINE, Date.now() + 60 * HOUR_MS);
  const port = Number(new URL(hq.url).port);
  const offered = async (shop: TestedEdge) => {
    const { offers } = await (await shop.kiosk()).screen('attract');
    return offers.cards.map(({ offerId }) => offerId as string);
  };
  expect(await offered(edge)).toContain('bread');
  await edge.running.stop();
  await hq.close();
  machine.reboot(2);
  const opened = await again();
  expect(await offered(opened)).not.toContain('bread'); // the lease ends after it
  await hq.open(port);
  await until('bread again', 8_000, async () => (await offered(opened)).includes('bread'));
});
