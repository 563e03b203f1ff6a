import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { createCohort } from '../../../hq/profiles/cohort.ts';
import { createCustomers } from '../../../hq/profiles/customers.ts';
import { renewLease } from '../../../hq/publishing/lease.ts';
import type { CustomerId, DeviceId, StoreId } from '../../../kernel/domain/ids.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import {
  aMeasuredOffer,
  BOTTEGA,
  MEASURED_OFFER,
  measuredOffice,
  MERCATO,
} from '../../support/measured-office.ts';

const compared = aMeasuredOffer({ redemption: 'optimistic' });
const notCompared = aMeasuredOffer({ redemption: 'optimistic', experiment: undefined });

/** Head office with a phone for whoever is asked about, and rows for its shops. */
async function officeWith(offer: typeof compared) {
  const office = await measuredOffice(offer);
  const { database, clock } = office;
  const now = () => clock.now;
  for (const storeId of [BOTTEGA, MERCATO])
    await database.write((tables) => renewLease(tables, nodeCrypto, storeId, now()));
  const cohort = createCohort(database, nodeCrypto, now);
  const customers = createCustomers(database, nodeCrypto, now);
  const inRow = async (customerId: CustomerId, storeId: StoreId) => {
    await cohort.makeRows();
    const member = (await database.read((tables) => tables.members.of(customerId))).find(
      (each) => each.storeId === storeId,
    );
    const changes = await database.read((tables) =>
      tables.changes.since('cohort', storeId, 0, 1_000),
    );
    const rows = changes.flatMap(({ change }) =>
      change.kind === 'row' && change.row.pseudonym === member?.pseudonym ? [change.row] : [],
    );
    return rows.at(-1)!.coupons.map(({ offerId }) => offerId);
  };
  const onPhone = async (customerId: CustomerId) => {
    const phoneId = uuidv7() as DeviceId;
    const keys = { signingKey: '', identityKey: '0'.repeat(32), codeId: phoneId, codeKey: '' };
    await database.write((tables) =>
      tables.customers.linkPhone(customerId, { phoneId, ...keys, clockOffsetS: 0 }, now()),
    );
    return (await customers.phoneView(phoneId)).coupons.map(({ offerId }) => offerId);
  };
  /** In the row, and on the phone. */
  const couponsOf = async (customerId: CustomerId, storeId = BOTTEGA) => [
    await inRow(customerId, storeId),
    await onPhone(customerId),
  ];
  return { ...office, couponsOf };
}
const armIn = { defined: compared };
const [NONE, ONE] = [
  [[], []],
  [[MEASURED_OFFER], [MEASURED_OFFER]],
];

describe('[lift-12] while an offer is compared', () => {
  test('who is held out gets no coupon of it, in the row nor on the phone; others do', async () => {
    const office = await officeWith(compared);
    const out = await office.joinIn('held-out');
    const shown = await office.joinIn('shown');
    expect(await office.couponsOf(out.customerId)).toEqual(NONE);
    expect(await office.couponsOf(shown.customerId)).toEqual(ONE);
  });

  test('nor does who says nothing yet about personal offers, and may say yes later', async () => {
    const office = await officeWith(compared);
    const out = await office.joinIn('held-out', { allows: false });
    expect(await office.couponsOf(out.customerId)).toEqual(NONE);
  });

  test('a coupon that they got before it began stays theirs', async () => {
    const office = await officeWith(notCompared);
    const out = await office.joinIn('held-out', armIn);
    expect(await office.couponsOf(out.customerId)).toEqual(ONE);
    await office.publish(compared);
    expect(await office.couponsOf(out.customerId)).toEqual(ONE);
    const later = await office.joinIn('held-out', armIn);
    expect(await office.couponsOf(later.customerId)).toEqual(NONE);
  });

  test('another of their shops that does not compare it draws none either', async () => {
    const office = await officeWith(notCompared);
    await office.publish(compared, [MERCATO]);
    const out = await office.joinIn('held-out', { storeIds: [BOTTEGA, MERCATO], ...armIn });
    expect(await office.couponsOf(out.customerId, BOTTEGA)).toEqual(NONE);
    const here = await office.joinIn('held-out', { storeIds: [BOTTEGA], ...armIn });
    expect(await office.couponsOf(here.customerId, BOTTEGA)).toEqual(ONE);
  });

  test('they get it once it is compared no more', async () => {
    const office = await officeWith(compared);
    const out = await office.joinIn('held-out');
    expect(await office.couponsOf(out.customerId)).toEqual(NONE);
    await office.publish(notCompared);
    expect(await office.couponsOf(out.customerId)).toEqual(ONE);
  });
});
