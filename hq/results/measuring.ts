import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { armName, armOf } from '../../kernel/domain/experiment.ts';
import type { CustomerId, EpochMs, OfferId, Pseudonym, StoreId } from '../../kernel/domain/ids.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import { grantsOf } from '../profiles/cohort.ts';
import type { Tables } from '../unit-of-work.ts';
import { bucketOf } from './buckets.ts';
import { definedBy } from './experiments.ts';
import { OUTCOME_MS } from './tally.ts';

interface Measuring {
  readonly tables: Tables;
  readonly crypto: Crypto;
  readonly storeId: StoreId;
  readonly receivedAt: EpochMs;
}
type Fact<T extends JournalBody['type']> = JournalBody & { readonly type: T };

/**
 * What of a store's fact the comparison of offers is made of. Facts that come late, twice or in another order end the same.
 * Nothing is written of somebody who does not allow `personalise`, of a time before they last took it back, or of a
 * credential of the shop's own.
 */
export async function measure(measuring: Measuring, body: JournalBody): Promise<void> {
  switch (body.type) {
    case 'decided':
      return eligible(measuring, body);
    case 'exposed':
      return exposed(measuring, body);
    case 'coupon-redeemed':
      return used(measuring, body);
    case 'purchase-made':
      return bought(measuring, body);
    case 'purchase-voided':
      return voided(measuring, body);
    case 'purchase-returned':
      return returned(measuring, body);
    default:
      return;
  }
}

async function eligible(measuring: Measuring, body: Fact<'decided'>): Promise<void> {
  const { tables, crypto, storeId } = measuring;
  if (body.eligible === undefined || body.pseudonym === undefined) return;
  const customerId = await allowing(measuring, body.pseudonym, body.at);
  if (customerId === undefined) return;
  for (const { offerId, layer, arm } of body.eligible) {
    const experiment = await tables.measures.servedWith(storeId, offerId, body.bundleVersion);
    if (experiment === undefined) continue;
    const defined = definedBy(experiment);
    const bucket = await bucketOf(tables, crypto, customerId, defined.layer);
    const own = armOf({ ...defined, variants: [...defined.variants] }, { [defined.layer]: bucket });
    if (own === undefined) continue;
    const mismatched = layer !== defined.layer || arm !== armName(own);
    const person = { storeId, customerId, arm: armName(own), firstAt: body.at, mismatched };
    await tables.measures.addPerson(experiment, person);
  }
}

async function exposed(measuring: Measuring, body: Fact<'exposed'>): Promise<void> {
  const { tables, storeId } = measuring;
  const { pseudonym, at } = body;
  if (pseudonym === undefined) return;
  for (const offerId of body.offerIds) {
    if (!(await isMeasured(measuring, at, offerId))) continue;
    const customerId = await allowing(measuring, pseudonym, at);
    if (customerId === undefined) return;
    await tables.measures.addExposure(offerId, { storeId, customerId, at });
  }
}

async function used(measuring: Measuring, body: Fact<'coupon-redeemed'>): Promise<void> {
  const { couponId, requestId, at } = body;
  await couponAct(measuring, 'used', couponId, at, `used:${requestId}`);
}

async function bought(measuring: Measuring, body: Fact<'purchase-made'>): Promise<void> {
  const { tables, storeId } = measuring;
  const { purchaseId, pseudonym, at, currency, netMinor } = body;
  if (pseudonym === undefined || !(await isMeasured(measuring, at))) return;
  const customerId = await allowing(measuring, pseudonym, at);
  if (customerId === undefined) return;
  const offerIds = body.effects.map(({ offerId }) => offerId);
  const purchase = { storeId, customerId, at, currency, netMinor, offerIds };
  await tables.measures.addPurchase(purchaseId, purchase);
}

async function voided(measuring: Measuring, body: Fact<'purchase-voided'>): Promise<void> {
  const { tables, storeId } = measuring;
  const { purchaseId, pseudonym, at } = body;
  for (const couponId of body.couponIds)
    await couponAct(measuring, 'given-back', couponId, at, `void:${purchaseId}:${couponId}`);
  if (pseudonym === undefined || !(await isMeasured(measuring, at))) return;
  const customerId = await allowing(measuring, pseudonym, at);
  if (customerId !== undefined)
    await tables.measures.voidPurchase(purchaseId, { storeId, customerId, at });
}

/** Of what came back whole nothing counts any more, as of what was voided. */
async function returned(measuring: Measuring, body: Fact<'purchase-returned'>): Promise<void> {
  const { tables, storeId } = measuring;
  const { purchaseId, requestId, pseudonym, at, netMinor, isAll } = body;
  for (const couponId of body.couponIds)
    await couponAct(measuring, 'given-back', couponId, at, `return:${requestId}:${couponId}`);
  if (pseudonym === undefined || !(await isMeasured(measuring, at))) return;
  const customerId = await allowing(measuring, pseudonym, at);
  if (customerId === undefined) return;
  const back = { storeId, customerId, at };
  await tables.measures.addReturn(purchaseId, requestId, { ...back, netMinor });
  if (isAll) await tables.measures.voidPurchase(purchaseId, back);
}

/** Whose the coupon is counts, not whose card was shown with it. */
async function couponAct(
  measuring: Measuring,
  kind: 'used' | 'given-back',
  couponId: Fact<'coupon-redeemed'>['couponId'],
  at: EpochMs,
  source: string,
): Promise<void> {
  const { tables, storeId } = measuring;
  const coupon = await tables.coupons.get(couponId);
  if (coupon === undefined) return;
  const { offerId, customerId } = coupon;
  if (!(await isMeasured(measuring, at, offerId))) return;
  const members = await tables.members.of(customerId);
  const member = members.find((each) => each.storeId === storeId);
  if (member === undefined || !(await allows(measuring, customerId, at))) return;
  await tables.measures.addCouponAct(offerId, { storeId, kind, couponId, customerId, at }, source);
}

/** Whether a comparison of the offer, or of any, could still have to do with what somebody did then. */
function isMeasured({ tables, storeId }: Measuring, at: EpochMs, offerId?: OfferId) {
  return tables.measures.measures(storeId, Math.max(0, at - OUTCOME_MS), offerId);
}

async function allowing(
  measuring: Measuring,
  pseudonym: Pseudonym,
  at: EpochMs,
): Promise<CustomerId | undefined> {
  const member = await measuring.tables.members.find(measuring.storeId, pseudonym);
  if (member === undefined) return undefined;
  return (await allows(measuring, member.customerId, at)) ? member.customerId : undefined;
}

async function allows(
  { tables, receivedAt }: Measuring,
  customerId: CustomerId,
  at: EpochMs,
): Promise<boolean> {
  if ((await tables.customers.get(customerId))?.test !== false) return false;
  const grants = await grantsOf(tables, customerId, receivedAt);
  if (!grants.some(({ purpose }) => purpose === 'personalise')) return false;
  const records = await tables.consents.of(customerId);
  return !records.some(
    ({ purpose, given, at: saidAt }) => purpose === 'personalise' && !given && at <= saidAt,
  );
}
