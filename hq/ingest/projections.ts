import type { OfferId } from '../../kernel/domain/ids.ts';
import { uuidv7 } from 'uuidv7';
import {
  ConsentIdSchema,
  type EpochMs,
  EventIdSchema,
  type Pseudonym,
  type StoreId,
} from '../../kernel/domain/ids.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';
import { type JournalBody, JournalBodySchema } from '../../kernel/protocol/journal-events.ts';
import { shareOut } from '../offers/quotas.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { measure } from '../results/measuring.ts';
import { flagTwoStores, raise } from '../alarms/alarms.ts';
import { recordConsent } from '../profiles/consents.ts';
import { letGo } from '../profiles/coupon-moves.ts';
import { visitUntil } from '../profiles/visitors.ts';
import type { Member } from '../profiles/member-repository.ts';
import type { Announce, Tables } from '../unit-of-work.ts';
import type { ChainedEvent } from './journal-repository.ts';

interface Projecting {
  readonly tables: Tables;
  readonly crypto: Crypto;
  readonly announce: Announce;
  readonly storeId: StoreId;
  readonly receivedAt: EpochMs;
}

/**
 * What an event changes beside itself: the person's timeline, coupons and consents, and what offers are measured by. An event of a type or version that we
 * do not know stays as it came and changes nothing; so does one of somebody we no longer have.
 * @returns whether it was understood
 */
export async function project(context: Projecting, event: ChainedEvent): Promise<boolean> {
  if (event.body === undefined) return true; // erased: nothing is left of it but its hash
  const body = bodyOf(event);
  if (body === undefined) return false;
  await apply(context, event, body);
  await measure(context, body);
  return true;
}

function bodyOf({ body, type, v }: ChainedEvent): JournalBody | undefined {
  if (v !== 1 || body === undefined) return undefined;
  let tree: unknown;
  try {
    tree = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = JournalBodySchema.safeParse(tree);
  return parsed.success && parsed.data.type === type ? parsed.data : undefined;
}

async function apply(context: Projecting, event: ChainedEvent, body: JournalBody): Promise<void> {
  const { tables, storeId } = context;
  switch (body.type) {
    case 'visit-started': {
      const details = { zone: body.zoneId, evidence: body.evidence };
      const entry = { kind: 'visit' as const, at: body.at, storeId, details };
      const source = `visit:${storeId}:${body.visitId}`;
      await note(context, event, body.pseudonym, entry, source);
      return flagTwoStores(tables, context.announce, source);
    }
    case 'visit-ended': {
      const member = await tables.members.find(storeId, body.pseudonym);
      if (member === undefined) return;
      const source = `visit:${storeId}:${body.visitId}`;
      if (!(await tables.timeline.extend(source, { until: body.at }))) return;
      await tables.members.visited(member, body.at, visitUntil(body.at));
      context.announce({ what: 'timeline', customerId: member.customerId });
      return flagTwoStores(tables, context.announce, source);
    }
    case 'session-opened': {
      const { stationId, at } = body;
      const member = await tables.members.find(storeId, body.pseudonym);
      if (member !== undefined) await tables.members.stays(member, visitUntil(at));
      const details = { evidence: body.evidence, strength: body.strength };
      const entry = { kind: 'session' as const, at, storeId, stationId, details };
      return note(context, event, body.pseudonym, entry, `session:${storeId}:${body.sessionId}`);
    }
    case 'staff-checked': {
      const { stationId, at } = body;
      const details = { evidence: 'staff', strength: 4 };
      const entry = { kind: 'staff-check' as const, at, storeId, stationId, details };
      return note(context, event, body.pseudonym, entry, `checked:${storeId}:${event.eventId}`);
    }
    case 'exposed': {
      const { stationId, at, decisionId } = body;
      const offerIds = await tables.timeline.firstShown(storeId, decisionId, body.offerIds);
      if (offerIds.length === 0 || body.pseudonym === undefined) return;
      const details = { surface: body.surface };
      const kind = 'exposure' as const;
      const entry = { kind, at, storeId, stationId, offerIds: [...offerIds], details };
      return note(context, event, body.pseudonym, entry, `exposed:${storeId}:${body.requestId}`);
    }
    case 'product-scanned': {
      if (body.pseudonym === undefined) return;
      const { stationId, at } = body;
      const details = { gtin: body.gtin };
      const entry = { kind: 'product-scan' as const, at, storeId, stationId, details };
      return note(context, event, body.pseudonym, entry, `scan:${storeId}:${event.eventId}`);
    }
    case 'coupon-redeemed':
      if (await tables.quotas.spent(body.offerId, 'use', storeId, 1))
        await shareOut(tables, body.offerId);
      return redeemed(context, event, body);
    case 'coupon-released':
      return letGo(tables, storeId, body); // HQ hears of it first, unless the store's answer was lost
    case 'slice-returned': {
      const { offerId, unit = 'use', units } = body;
      if (await tables.quotas.returned(offerId, unit, storeId, units))
        await shareOut(tables, offerId, unit);
      return;
    }
    case 'purchase-made':
      await onBudgets(context, 'spent', body.effects);
      await onTotals(context, 'spent', body.uses ?? []);
      return purchased(context, event, body);
    case 'purchase-voided':
      await onBudgets(context, 'givenBack', body.budgets ?? []);
      await onTotals(context, 'givenBack', body.uses ?? []);
      return givenBack(context, event, body, `voided:${storeId}:${body.purchaseId}`);
    case 'purchase-returned':
      await onBudgets(context, 'givenBack', body.budgets ?? []);
      await onTotals(context, 'givenBack', body.uses ?? []);
      return givenBack(context, event, body, `returned:${storeId}:${body.requestId}`);
    case 'consent-withdrawn':
      return withdrawn(context, body);
    case 'replay-suspected': {
      const { zoneId, at } = body;
      const alarm = { kind: 'replay' as const, storeId, zoneId, at };
      const alarmId = EventIdSchema.parse(event.eventId);
      return raise(tables, context.announce, { ...alarm, alarmId, source: `replay:${alarmId}` });
    }
    case 'parts-changed':
      return tables.storeParts.put(storeId, body.parts, body.anew); // the intake tells the console
    case 'card-shown': // its owner was found before, and nothing of it is kept
    case 'decided':
    case 'edge-started':
      return;
  }
}

async function redeemed(
  context: Projecting,
  event: ChainedEvent,
  body: JournalBody & { type: 'coupon-redeemed' },
): Promise<void> {
  const { tables, storeId, announce } = context;
  const { couponId, offerId, stationId, at, redemption } = body;
  const coupon = await tables.coupons.get(couponId);
  if (coupon === undefined) return;
  // One store cannot use up, or learn of, a coupon of somebody whom it does not know.
  const members = await tables.members.of(coupon.customerId);
  if (!members.some((member) => member.storeId === storeId)) return;
  const source = `redeemed:${storeId}:${body.requestId}`;
  const details = { redemption };
  const kind = 'redemption' as const;
  const offerIds = [offerId];
  const entryId = EventIdSchema.parse(event.eventId);
  const entry = { entryId, kind, at, storeId, stationId, offerIds, details };
  if (!(await tables.timeline.add(coupon.customerId, entry, source))) return;
  if (coupon.redeemedIn !== undefined)
    await raise(tables, announce, {
      ...{
        alarmId: entryId,
        kind: 'used-twice',
        storeId: coupon.redeemedIn,
        otherStoreId: storeId,
      },
      ...{ customerId: coupon.customerId, at, source: `used-twice:${couponId}:${source}` },
    });
  await tables.coupons.redeemed(couponId, storeId, at);
  await tables.members.markCustomer(coupon.customerId);
  announce({ what: 'timeline', customerId: coupon.customerId });
}

/** What was used, or given back, of offers that need no coupon. */
async function onTotals(
  { tables, storeId }: Projecting,
  what: 'spent' | 'givenBack',
  offerIds: readonly OfferId[],
): Promise<void> {
  for (const offerId of offerIds)
    if (await tables.quotas[what](offerId, 'use', storeId, 1)) await shareOut(tables, offerId);
}

/** What offers with a budget took off, or gave back. */
async function onBudgets(
  { tables, storeId }: Projecting,
  what: 'spent' | 'givenBack',
  effects: readonly { readonly offerId: OfferId; readonly minor: number }[],
): Promise<void> {
  for (const { offerId, minor } of effects) {
    if (minor > 0 && (await tables.quotas[what](offerId, 'minor', storeId, minor)))
      await shareOut(tables, offerId, 'minor');
  }
}

async function purchased(
  { tables, storeId, announce }: Projecting,
  event: ChainedEvent,
  body: JournalBody & { type: 'purchase-made' },
): Promise<void> {
  if (body.pseudonym === undefined) return;
  const member = await tables.members.find(storeId, body.pseudonym);
  if (member === undefined) return;
  const { customerId } = member;
  const { points, stationId, at } = body;
  const offerIds = body.effects.map(({ offerId }) => offerId);
  const entryId = EventIdSchema.parse(event.eventId);
  const entry = {
    ...{ entryId, kind: 'purchase' as const, at, storeId, stationId, offerIds },
    details: { points },
  };
  if (!(await tables.timeline.add(customerId, entry, `purchase:${storeId}:${body.purchaseId}`)))
    return;
  await tables.customers.addPoints(customerId, points);
  await tables.members.stays(member, visitUntil(at));
  await tables.members.markCustomer(customerId);
  announce({ what: 'timeline', customerId });
}

/** Points go back once; a coupon may be used again by whoever holds it, whether or not they had shown a card. */
async function givenBack(
  { tables, storeId, announce }: Projecting,
  event: ChainedEvent,
  body: JournalBody & { type: 'purchase-voided' | 'purchase-returned' },
  source: string,
): Promise<void> {
  for (const couponId of body.couponIds) {
    const coupon = await tables.coupons.get(couponId);
    if (coupon === undefined) continue;
    if (await tables.quotas.givenBack(coupon.offerId, 'use', storeId, 1))
      await shareOut(tables, coupon.offerId);
    const members = await tables.members.of(coupon.customerId);
    if (!members.some((member) => member.storeId === storeId)) continue;
    await tables.coupons.givenBack(couponId, storeId);
    await tables.members.markCustomer(coupon.customerId);
  }
  if (body.pseudonym === undefined) return;
  const member = await tables.members.find(storeId, body.pseudonym);
  if (member === undefined) return;
  const { customerId } = member;
  const { points, stationId, at } = body;
  const entryId = EventIdSchema.parse(event.eventId);
  const entry = { entryId, kind: body.type, at, storeId, stationId, details: { points } };
  if (!(await tables.timeline.add(customerId, entry, source))) return;
  await tables.customers.addPoints(customerId, -points);
  await tables.members.markCustomer(customerId);
  announce({ what: 'timeline', customerId });
}

async function withdrawn(
  { tables, announce, storeId, receivedAt }: Projecting,
  { pseudonym, purpose, stationId, at }: JournalBody & { type: 'consent-withdrawn' },
): Promise<void> {
  const member = await tables.members.find(storeId, pseudonym);
  if (member === undefined) return;
  const { customerId } = member;
  const customer = await tables.customers.get(customerId);
  await recordConsent(tables, announce, {
    consentId: ConsentIdSchema.parse(uuidv7()),
    customerId,
    purpose,
    given: false,
    textVersion: 'none', // saying no needs no text
    textSha256: undefined,
    language: customer?.language ?? 'it',
    channel: 'kiosk',
    place: `${storeId}/${stationId}`,
    actor: 'person',
    at,
    receivedAt,
    signature: undefined,
    signedBy: undefined,
    proof: undefined,
  });
}

async function note(
  { tables, announce, storeId }: Projecting,
  event: ChainedEvent,
  pseudonym: Pseudonym,
  entry: Omit<TimelineEntry, 'entryId'>,
  source: string,
): Promise<void> {
  const member: Member | undefined = await tables.members.find(storeId, pseudonym);
  if (member === undefined) return;
  const entryId = EventIdSchema.parse(event.eventId);
  if (await tables.timeline.add(member.customerId, { ...entry, entryId }, source))
    announce({ what: 'timeline', customerId: member.customerId });
}
