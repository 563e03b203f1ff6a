import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { sqlUnitOfWork } from '../../../hq/db/sql-unit-of-work.ts';
import { createCohort } from '../../../hq/profiles/cohort.ts';
import { couponMovesOf, letGo } from '../../../hq/profiles/coupon-moves.ts';
import { createCustomers } from '../../../hq/profiles/customers.ts';
import { renewLease } from '../../../hq/publishing/lease.ts';
import { createStores } from '../../../hq/publishing/stores.ts';
import type { ConsentId, StoreId } from '../../../kernel/domain/ids.ts';
import type { Offer } from '../../../kernel/domain/offer.ts';
import type { ReleaseAsk, ReleaseOutcome } from '../../../kernel/protocol/relay.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { newId } from '../../doubles/facts.ts';
import { aStandingOffer } from '../../doubles/held-coupons.ts';
import { endLater } from '../../support/endings.ts';

const [home, here, there] = ['casa', 'qui', 'altrove'] as [StoreId, StoreId, StoreId];
const NOW = 1_800_000_000_000;
const LEASED = aStandingOffer('oil-20', { segments: ['cooks'] });
const ONLINE = aStandingOffer('wine', { redemption: 'online-only', segments: [] });

/** Head office without its doors: three stores that serve two offers, and somebody of the first. */
async function backOffice() {
  const opened = await openDatabase(':memory:');
  endLater(() => opened.close());
  const database = sqlUnitOfWork(opened.db, () => undefined);
  const clock = () => NOW;
  const serve = (storeId: StoreId, offers: readonly Offer[]) =>
    opened.db
      .insertInto('publishedOffer')
      .values(
        offers.map((offer) => {
          const { offerId, version } = offer;
          return { storeId, offerId, version, body: JSON.stringify(offer) };
        }),
      )
      .execute();
  for (const storeId of [home, here, there]) {
    await createStores(database, nodeCrypto, clock, undefined).put(storeId, storeId);
    await database.write((tables) => renewLease(tables, nodeCrypto, storeId, NOW));
    await serve(storeId, [LEASED, ONLINE]);
  }
  const customers = createCustomers(database, nodeCrypto, clock);
  const post = { language: 'it', segments: ['cooks'], storeIds: [home], test: false };
  const { customerId } = await customers.add(post);
  const personalise = (given: boolean) =>
    database.write((tables) =>
      tables.consents.add({
        ...{ consentId: newId<ConsentId>(), customerId, purpose: 'personalise', given },
        ...{ textVersion: '1', textSha256: undefined, language: 'it', channel: 'paper' },
        ...{ place: undefined, actor: 'person', at: NOW - (given ? 2 : 1), receivedAt: NOW },
        ...{ signature: undefined, signedBy: undefined, proof: undefined },
      }),
    );
  await personalise(true);
  const cohort = createCohort(database, nodeCrypto, clock);
  await database.write((tables) => tables.members.markCustomer(customerId));
  await cohort.makeRows();
  const coupons = async () => database.read((tables) => tables.coupons.of(customerId));
  const couponOf = async ({ offerId }: Offer) =>
    (await coupons()).find((coupon) => coupon.offerId === offerId)!;
  const asked: { holder: StoreId; ask: ReleaseAsk }[] = [];
  const holder = {
    answer: (): Promise<ReleaseOutcome> => Promise.resolve({ kind: 'released' }),
  };
  const moveCoupon = couponMovesOf(database, nodeCrypto, clock, (storeId, ask) => {
    asked.push({ holder: storeId, ask });
    return holder.answer();
  });
  const show = async (offer: Offer, storeId: StoreId) =>
    moveCoupon(storeId, { code: (await couponOf(offer)).code });
  /** As the newest row of the store has it. */
  const inRow = async (offer: Offer, storeId: StoreId) => {
    await cohort.makeRows();
    const changes = await database.read((tables) => tables.changes.since('cohort', storeId, 0, 99));
    const rows = changes.flatMap(({ change }) => (change.kind === 'row' ? [change.row] : []));
    const held = rows.at(-1)?.coupons.find(({ offerId }) => offerId === offer.offerId);
    return held && { move: held.move, isElsewhere: held.isElsewhere };
  };
  return { database, personalise, couponOf, asked, holder, moveCoupon, show, inRow };
}
const refused = (reason: string) => ({ kind: 'refused', reason });

test('[move-1] a coupon for online use is in every row, and the right to it HQ’s until it is shown', async () => {
  const { show, inRow, asked } = await backOffice();
  expect(await inRow(ONLINE, home)).toEqual({ move: undefined, isElsewhere: true });
  expect(await show(ONLINE, home)).toMatchObject({ kind: 'given', coupon: { move: 1 } });
  expect(await inRow(ONLINE, home)).toEqual({ move: 1, isElsewhere: undefined });
  expect(await show(ONLINE, here)).toMatchObject({ kind: 'given', coupon: { move: 2 } });
  expect(await inRow(ONLINE, home)).toEqual({ move: undefined, isElsewhere: true });
  expect(asked.map(({ holder, ask }) => [holder, ask.move])).toEqual([[home, 1]]);
});

test('[inv-4] [move-2] a leased coupon is given once its holder has let go, and again to whoever asks again', async () => {
  const { show, inRow, asked, holder } = await backOffice();
  expect(await inRow(LEASED, home)).toEqual({ move: undefined, isElsewhere: undefined });
  holder.answer = () => Promise.resolve({ kind: 'refused', reason: 'store-away' });
  expect(await show(LEASED, here)).toEqual({ ...refused('elsewhere'), offerId: 'oil-20' });
  expect(await inRow(LEASED, home)).toBeDefined();
  holder.answer = () => Promise.resolve({ kind: 'released' });
  expect(await show(LEASED, here)).toMatchObject({ kind: 'given', coupon: { move: 1 } });
  expect(await inRow(LEASED, home)).toBeUndefined();
  expect(await inRow(LEASED, here)).toEqual({ move: 1, isElsewhere: undefined });
  expect(asked).toHaveLength(2);
  expect(await show(LEASED, here)).toMatchObject({ kind: 'given', coupon: { move: 2 } });
  expect(asked).toHaveLength(2);
});

test('[inv-4] [move-2] of two stores that ask at once one is given the coupon', async () => {
  const { show, holder } = await backOffice();
  const asking = new EventEmitter();
  const both = once(asking, 'both');
  let waiting = 0;
  holder.answer = async () => {
    if ((waiting += 1) === 2) asking.emit('both');
    await both;
    return { kind: 'released' };
  };
  const answers = await Promise.all([show(LEASED, here), show(LEASED, there)]);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['given', 'refused']);
});

test('[inv-4] [move-2] a store that asks for its own coupon gets it by a later move: it may have let go unheard', async () => {
  const { database, show, couponOf, holder } = await backOffice();
  expect(await show(LEASED, home)).toMatchObject({ kind: 'given', coupon: { move: 1 } });
  // What it had let go of before is no news any more.
  const { couponId } = await couponOf(LEASED);
  await database.write((tables) => letGo(tables, home, { couponId, move: 0 }));
  expect(await couponOf(LEASED)).toMatchObject({ holder: home, move: 1 });
  holder.answer = async () => {
    await database.write((tables) => tables.coupons.give(couponId, home, 2)); // it asks meanwhile
    return { kind: 'released' };
  };
  expect(await show(LEASED, here)).toMatchObject(refused('elsewhere'));
});

test('[move-3] the fact in its journal mends a lost answer: the right is HQ’s, and the next row of a store has it', async () => {
  const { database, couponOf, inRow } = await backOffice();
  const { couponId } = await couponOf(LEASED);
  await database.write((tables) => letGo(tables, home, { couponId, move: 0 }));
  expect(await couponOf(LEASED)).toMatchObject({ holder: undefined, move: 0 });
  expect(await inRow(LEASED, home)).toEqual({ move: 1, isElsewhere: undefined });
});

test('[move-1] a used coupon, one that the holder has used, and one of nobody are not given', async () => {
  const { database, show, couponOf, holder, moveCoupon } = await backOffice();
  holder.answer = () => Promise.resolve({ kind: 'used', redeemedAt: 7 });
  const used = { ...refused('already-used'), offerId: 'oil-20' };
  expect(await show(LEASED, here)).toEqual({ ...used, redeemedAt: 7 });
  const { couponId } = await couponOf(LEASED);
  await database.write((tables) => tables.coupons.redeemed(couponId, home, 8));
  expect(await show(LEASED, here)).toEqual({ ...used, redeemedAt: 8 });
  expect(await moveCoupon(here, { code: 'SGKnobody' })).toEqual(refused('unknown'));
});

test('[move-1] [duty-6] a coupon of somebody who said no to personal offers is not given', async () => {
  const { show, personalise, asked } = await backOffice();
  await personalise(false);
  expect(await show(LEASED, here)).toMatchObject(refused('not-here'));
  expect(asked).toEqual([]);
});
