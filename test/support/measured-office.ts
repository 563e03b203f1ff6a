import { uuidv7 } from 'uuidv7';
import { openDatabase } from '../../hq/db/open-database.ts';
import { sqlUnitOfWork } from '../../hq/db/sql-unit-of-work.ts';
import { createIntake } from '../../hq/ingest/intake.ts';
import { createOffers } from '../../hq/offers/offers.ts';
import { createCustomers } from '../../hq/profiles/customers.ts';
import { createPublishing } from '../../hq/publishing/publishing.ts';
import { createStores } from '../../hq/publishing/stores.ts';
import { bucketOf } from '../../hq/results/buckets.ts';
import { createResults } from '../../hq/results/results.ts';
import { armName, armOf } from '../../kernel/domain/experiment.ts';
import type {
  CouponId,
  CustomerId,
  DecisionId,
  OfferId,
  Pseudonym,
  RequestId,
  StationId,
  StoreId,
} from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { anOffer, NOON } from '../doubles/members.ts';
import { endLater } from './endings.ts';
import { TestJournal } from './head-office.ts';

export const DAY_MS = 86_400_000;
export const BOTTEGA = 'bottega' as StoreId;
export const MERCATO = 'mercato' as StoreId;
export const MEASURED_OFFER = 'vino-in-festa' as OfferId;
const LAYER = 'offers';

export interface Somebody {
  readonly customerId: CustomerId;
  readonly pseudonym: Pseudonym;
  /** By head office's bucket, as the store's own row says it. */
  readonly arm: string;
}

/** Half are held out of an offer without coupon. */
export function aMeasuredOffer(given: Partial<Offer> = {}): Offer {
  const experiment = { layer: LAYER, holdOut: 5_000, variants: [] };
  return anOffer(MEASURED_OFFER, { experiment, ...given });
}

/** Head office without its doors: two shops that serve one offer whose effect is measured. */
export async function measuredOffice(offer = aMeasuredOffer(), file = ':memory:') {
  const opened = await openDatabase(file);
  endLater(() => opened.close());
  const clock = { now: NOON };
  const now = () => clock.now;
  const database = sqlUnitOfWork(opened.db, () => undefined);
  const stores = createStores(database, nodeCrypto, now, undefined);
  for (const storeId of [BOTTEGA, MERCATO]) await stores.put(storeId, storeId);
  const offers = createOffers(database, now);
  const signer = { publicKey: '', keyId: '0', sign: () => '' };
  const publishing = createPublishing(database, signer, now, () => 'https://hq.example');
  const customers = createCustomers(database, nodeCrypto, now);
  const intake = createIntake(database, opened.hqEpoch, nodeCrypto, now, {
    quarantined: () => undefined,
    notUnderstood: (_store, type) => {
      throw new Error(`${type} is not understood`);
    },
  });
  /** To both shops, or to these. @returns the bundle's version in the first */
  const publish = async (next: Offer, storeIds?: readonly StoreId[]) => {
    await offers.put(next);
    const published = await publishing.publish(storeIds);
    return published[0]!.version;
  };
  await publish(offer);

  const join = async ({
    storeIds = [BOTTEGA],
    test = false,
    allows = true,
    defined = offer,
  } = {}): Promise<Somebody> => {
    const post = { language: 'it', segments: [], storeIds: [...storeIds], test };
    const paper = { textVersion: '1', proof: 'binder 1' };
    const { customerId } = await customers.add({
      ...post,
      ...(allows && { paperConsents: { purposes: ['personalise'], ...paper } }),
    });
    const [member] = await database.read((tables) => tables.members.of(customerId));
    const bucket = await database.read((tables) => bucketOf(tables, nodeCrypto, customerId, LAYER));
    const arm = armName(armOf(defined.experiment, { [LAYER]: bucket })!);
    return { customerId, pseudonym: member!.pseudonym, arm };
  };
  /** Somebody in this arm, however many have to join before. */
  const joinIn = async (arm: string, how: Parameters<typeof join>[0] = {}): Promise<Somebody> => {
    for (;;) {
      const somebody = await join(how);
      if (somebody.arm === arm) return somebody;
    }
  };
  /** Each fact in the order given, as one journal. */
  const push = async (facts: readonly JournalBody[], storeId = BOTTEGA) => {
    const journal = new TestJournal();
    for (const fact of facts) journal.write(fact);
    for (const lane of journal.rows.keys()) {
      const size = journal.rows.get(lane)?.length ?? 0;
      for (let from = 1; from <= size; from += 500)
        await intake.push(storeId, journal.batch(lane, from, Math.min(size, from + 499)));
    }
  };
  return {
    ...{ opened, database, clock, publish, join, joinIn, push },
    results: () => createResults(database, now).of(MEASURED_OFFER),
  };
}

const stationId = 'kiosk-1' as StationId;

export const decided = (
  { pseudonym, arm }: Somebody,
  at: number,
  given: { readonly arm?: string; readonly bundleVersion?: number } = {},
): JournalBody => ({
  ...{ type: 'decided', decisionId: uuidv7() as DecisionId, pseudonym, stationId },
  ...{ surface: 'kiosk', bundleVersion: given.bundleVersion ?? 1, shown: [], rejected: [] },
  eligible: [{ offerId: MEASURED_OFFER, layer: LAYER, arm: given.arm ?? arm }],
  ...{ digest: '0'.repeat(64), at },
});

export const exposed = ({ pseudonym }: Somebody, at: number): JournalBody => ({
  ...{ type: 'exposed', requestId: uuidv7() as RequestId, decisionId: uuidv7() as DecisionId },
  ...{ offerIds: [MEASURED_OFFER], pseudonym, stationId, surface: 'kiosk', at },
});

export const bought = (
  { pseudonym }: Somebody,
  at: number,
  given: { readonly netMinor?: number; readonly offerIds?: readonly OfferId[] } = {},
): JournalBody & { readonly type: 'purchase-made' } => ({
  ...{ type: 'purchase-made', purchaseId: uuidv7() as RequestId, stationId, pseudonym, points: 0 },
  ...{ currency: 'EUR', netMinor: given.netMinor ?? 1_000 },
  effects: (given.offerIds ?? [MEASURED_OFFER]).map((offerId) => ({ offerId, minor: 100 })),
  at,
});

export const voided = (
  { purchaseId, pseudonym }: JournalBody & { readonly type: 'purchase-made' },
  at: number,
  couponIds: readonly CouponId[] = [],
): JournalBody => ({
  ...{ type: 'purchase-voided', purchaseId, stationId, points: 0, couponIds: [...couponIds], at },
  ...(pseudonym !== undefined && { pseudonym }),
});

export const returned = (
  { purchaseId, pseudonym }: JournalBody & { readonly type: 'purchase-made' },
  at: number,
  netMinor: number,
  given: { readonly isAll?: boolean; readonly couponIds?: readonly CouponId[] } = {},
): JournalBody => ({
  ...{ type: 'purchase-returned', purchaseId, requestId: uuidv7() as RequestId, stationId },
  ...{ points: 0, netMinor, isAll: given.isAll ?? false, couponIds: [...(given.couponIds ?? [])] },
  ...(pseudonym !== undefined && { pseudonym }),
  at,
});

export const redeemed = (couponId: CouponId, at: number): JournalBody => ({
  ...{
    type: 'coupon-redeemed',
    requestId: uuidv7() as RequestId,
    couponId,
    offerId: MEASURED_OFFER,
  },
  ...{ redemption: 'optimistic', stationId, at },
});
