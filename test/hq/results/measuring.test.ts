import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { createErasures } from '../../../hq/privacy/erasures.ts';
import { recordConsent } from '../../../hq/profiles/consents.ts';
import type { ConsentId, CustomerId } from '../../../kernel/domain/ids.ts';
import { NOON } from '../../doubles/members.ts';
import {
  aMeasuredOffer,
  bought,
  DAY_MS,
  decided,
  exposed,
  measuredOffice,
  returned,
} from '../../support/measured-office.ts';

const TABLES = [
  ...(['measured', 'measuredExposure', 'measuredCoupon', 'measuredPurchase'] as const),
  'measuredReturn' as const,
];
type Office = Awaited<ReturnType<typeof measuredOffice>>;

async function rowsOf({ opened }: Office, customerId?: CustomerId): Promise<number> {
  let rows = 0;
  for (const table of TABLES) {
    const all = await opened.db.selectFrom(table).select('customerId').execute();
    rows += all.filter((row) => customerId === undefined || row.customerId === customerId).length;
  }
  return rows;
}

function say({ database, clock }: Office, customerId: CustomerId, given: boolean, at: number) {
  const how = { textVersion: '1', textSha256: undefined, language: 'it', place: undefined };
  const proof = { signature: undefined, signedBy: undefined, proof: 'binder 2' };
  return database.write((tables, announce) =>
    recordConsent(tables, announce, {
      ...{ consentId: uuidv7() as ConsentId, customerId, purpose: 'personalise', given, at },
      ...{ ...how, ...proof, channel: 'paper', actor: 'staff', receivedAt: clock.now },
    }),
  );
}

test('[lift-7] a store that decided by another arm than head office’s is counted, and its person is not', async () => {
  const office = await measuredOffice();
  const [right, wrong] = [await office.joinIn('shown'), await office.joinIn('shown')];
  await office.push([
    decided(right, NOON),
    decided(wrong, NOON),
    decided(wrong, NOON + 1, { arm: 'held-out' }),
  ]);
  expect(await office.results()).toMatchObject({ kind: 'measured', mismatched: 1 });
});

describe('[lift-8] who is measured', () => {
  test('nobody without `personalise`, and no credential of the shop’s own', async () => {
    const office = await measuredOffice();
    for (const how of [{ allows: false }, { test: true }]) {
      const somebody = await office.join(how);
      await office.push([decided(somebody, NOON), exposed(somebody, NOON), bought(somebody, NOON)]);
    }
    expect(await rowsOf(office)).toBe(0);
    const member = await office.join();
    await office.push([decided(member, NOON), exposed(member, NOON), bought(member, NOON)]);
    expect(await rowsOf(office)).toBe(3);
  });

  test('nobody for longer than 14 days after the last comparison in the shop', async () => {
    const office = await measuredOffice();
    const somebody = await office.join();
    office.clock.now = NOON + DAY_MS;
    await office.publish(aMeasuredOffer({ experiment: undefined }));
    await office.push([
      exposed(somebody, NOON + 15 * DAY_MS),
      bought(somebody, NOON + 15 * DAY_MS),
    ]);
    expect(await rowsOf(office)).toBe(0);
    await office.push([
      exposed(somebody, NOON + 14 * DAY_MS),
      bought(somebody, NOON + 14 * DAY_MS),
    ]);
    expect(await rowsOf(office)).toBe(2);
  });

  test('nobody who took it back, nor what comes late of the time before', async () => {
    const office = await measuredOffice();
    const somebody = await office.join();
    const early = [decided(somebody, NOON), exposed(somebody, NOON), bought(somebody, NOON + 1)];
    await office.push(early.slice(0, 2));
    await say(office, somebody.customerId, false, NOON + DAY_MS);
    expect(await rowsOf(office)).toBe(0);
    await office.push([...early, bought(somebody, NOON + 2 * DAY_MS)]);
    expect(await rowsOf(office)).toBe(0);
    await say(office, somebody.customerId, true, NOON + 3 * DAY_MS);
    await office.push([...early, decided(somebody, NOON + 4 * DAY_MS)]);
    expect(await rowsOf(office)).toBe(1);
  });

  test('[duty-19] nobody who is erased', async () => {
    const office = await measuredOffice();
    const [gone, stays] = [await office.join(), await office.join()];
    for (const each of [gone, stays]) {
      const purchase = bought(each, NOON);
      await office.push([decided(each, NOON), exposed(each, NOON), purchase]);
      await office.push([returned(purchase, NOON, 100)]);
    }
    const erasures = createErasures({
      database: office.database,
      files: { clear: () => Promise.resolve(0) },
      clock: () => office.clock.now,
      revoke: () => Promise.resolve(),
    });
    const receipt = await erasures.erase(gone.customerId);
    expect(receipt.removed).toMatchObject({
      measured: 1,
      measuredExposure: 1,
      measuredPurchase: 1,
      measuredReturn: 1,
    });
    expect([await rowsOf(office, gone.customerId), await rowsOf(office)]).toEqual([0, 4]);
    await office.push([decided(gone, NOON), bought(gone, NOON)]);
    expect(await rowsOf(office, gone.customerId)).toBe(0);
  });
});

describe('[lift-10] a comparison', () => {
  const people = async (office: Office) =>
    (await office.opened.db.selectFrom('measured').select(['sinceVersion', 'arm']).execute()).map(
      ({ sinceVersion, arm }) => [sinceVersion, arm] as const,
    );

  test('goes on when words change, and begins anew when the hold-out or the benefit does', async () => {
    const office = await measuredOffice();
    const somebody = await office.joinIn('held-out');
    const words = { title: 'Altro titolo', body: '' };
    const second = await office.publish(aMeasuredOffer({ text: { it: words, en: words } }));
    const noHoldOut = { layer: 'offers', holdOut: 0, variants: [] };
    const third = await office.publish(aMeasuredOffer({ experiment: noHoldOut }));
    await office.push([
      decided(somebody, NOON, { bundleVersion: 1 }),
      decided(somebody, NOON + 1, { bundleVersion: second }),
      decided(somebody, NOON + 2, { bundleVersion: third, arm: 'shown' }),
    ]);
    expect(await people(office)).toEqual([
      [1, 'held-out'],
      [3, 'shown'],
    ]);
    expect(await office.results()).toEqual({ kind: 'not-measured', reason: 'no-hold-out' });
    await office.publish(aMeasuredOffer({ benefit: { kind: 'percent', percent: 20 } }));
    expect(await office.results()).toMatchObject({ kind: 'measured', isOn: true });
  });

  test('of a store that was away is the one of the bundle that it decided by', async () => {
    const office = await measuredOffice();
    const somebody = await office.join();
    await office.publish(aMeasuredOffer({ benefit: { kind: 'percent', percent: 20 } }));
    await office.push([decided(somebody, NOON, { bundleVersion: 1 })]);
    expect(await people(office)).toEqual([[1, somebody.arm]]);
  });

  test('is over where no store decides by it any more, and its results stay', async () => {
    const office = await measuredOffice();
    await office.publish(aMeasuredOffer({ experiment: undefined }));
    expect(await office.results()).toMatchObject({ kind: 'measured', isOn: false });
  });

  test('there is none of an offer without an experiment', async () => {
    const office = await measuredOffice(aMeasuredOffer({ experiment: undefined }));
    expect(await office.results()).toEqual({ kind: 'not-measured', reason: 'no-experiment' });
  });
});
