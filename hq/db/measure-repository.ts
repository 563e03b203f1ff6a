import { randomBytes } from 'node:crypto';
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import {
  type CouponId,
  type CustomerId,
  type EpochMs,
  type OfferId,
  OfferIdSchema,
  type RequestId,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import type {
  CouponAct,
  Experiment,
  Exposure,
  MeasuredPerson,
  MeasureRepository,
  Purchase,
} from '../results/measure-repository.ts';
import type { HqTables } from './tables.ts';

const BUCKET_KEY = 'bucketKey';

export class SqlMeasureRepository implements MeasureRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async bucketKey(): Promise<string> {
    const kept = () =>
      this.#db.selectFrom('meta').select('value').where('key', '=', BUCKET_KEY).executeTakeFirst();
    const before = await kept();
    if (before !== undefined) return before.value;
    await this.#db
      .insertInto('meta')
      .values({ key: BUCKET_KEY, value: randomBytes(32).toString('hex') })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await kept())?.value ?? '';
  }

  async experimentAt(offerId: OfferId, version: number): Promise<Experiment | undefined> {
    const row = await this.#db
      .selectFrom('experiment')
      .selectAll()
      .where('offerId', '=', offerId)
      .where('sinceVersion', '<=', version)
      .orderBy('sinceVersion', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && experimentOf(row);
  }

  newest(offerId: OfferId): Promise<Experiment | undefined> {
    return this.experimentAt(offerId, Number.MAX_SAFE_INTEGER);
  }

  async begin(experiment: Experiment): Promise<void> {
    await this.#db.insertInto('experiment').values(experiment).execute();
  }

  async servedBy(storeId: StoreId): Promise<ReadonlyMap<OfferId, number>> {
    const rows = await this.#lastServed()
      .select(['served.offerId', 'served.sinceVersion'])
      .where('served.storeId', '=', storeId)
      .execute();
    return new Map(
      rows.flatMap(({ offerId, sinceVersion }) =>
        sinceVersion === null ? [] : [[OfferIdSchema.parse(offerId), sinceVersion] as const],
      ),
    );
  }

  async serve(
    storeId: StoreId,
    offerId: OfferId,
    from: { readonly bundle: number; readonly at: EpochMs },
    sinceVersion: number | undefined,
  ): Promise<void> {
    const place = { storeId, offerId, fromBundle: from.bundle, fromAt: from.at };
    await this.#db
      .insertInto('experimentServed')
      .values({ ...place, sinceVersion: sinceVersion ?? null })
      .execute();
  }

  async servedWith(
    storeId: StoreId,
    offerId: OfferId,
    bundle: number,
  ): Promise<Experiment | undefined> {
    const row = await this.#servedRow(storeId, offerId, bundle);
    if (row === undefined || row.sinceVersion === null) return undefined;
    return this.experimentAt(offerId, row.sinceVersion);
  }

  async isServed({ offerId, sinceVersion }: Experiment): Promise<boolean> {
    const row = await this.#lastServed()
      .select('served.storeId')
      .where('served.offerId', '=', offerId)
      .where('served.sinceVersion', '=', sinceVersion)
      .executeTakeFirst();
    return row !== undefined;
  }

  async storesOf({ offerId, sinceVersion }: Experiment): Promise<readonly StoreId[]> {
    const rows = await this.#db
      .selectFrom('experimentServed')
      .select('storeId')
      .distinct()
      .where('offerId', '=', offerId)
      .where('sinceVersion', '=', sinceVersion)
      .execute();
    return rows.map(({ storeId }) => StoreIdSchema.parse(storeId));
  }

  async measures(storeId: StoreId, endedAfter: EpochMs, offerId?: OfferId): Promise<boolean> {
    let query = this.#db
      .selectFrom('experimentServed as served')
      .select('served.offerId')
      .where('served.storeId', '=', storeId)
      .where('served.sinceVersion', 'is not', null)
      .where((eb) => eb.not(eb.exists(laterThan(eb).where('later.fromAt', '<=', endedAfter))));
    if (offerId !== undefined) query = query.where('served.offerId', '=', offerId);
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  }

  async addPerson(
    { offerId, sinceVersion }: Experiment,
    { mismatched, ...person }: MeasuredPerson,
  ): Promise<void> {
    await this.#db
      .insertInto('measured')
      .values({ offerId, sinceVersion, ...person, mismatched: mismatched ? 1 : 0 })
      .onConflict((conflict) =>
        conflict.columns(['offerId', 'sinceVersion', 'customerId', 'storeId']).doUpdateSet({
          firstAt: sql`min(measured.first_at, excluded.first_at)`,
          mismatched: sql`max(measured.mismatched, excluded.mismatched)`,
        }),
      )
      .execute();
  }

  async addExposure(offerId: OfferId, exposure: Exposure): Promise<void> {
    await this.#db
      .insertInto('measuredExposure')
      .values({ offerId, ...exposure })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async addCouponAct(offerId: OfferId, act: CouponAct, source: string): Promise<void> {
    await this.#db
      .insertInto('measuredCoupon')
      .values({ offerId, source, ...act })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async addPurchase(purchaseId: RequestId, purchase: Purchase): Promise<void> {
    const { storeId, customerId, at, currency, netMinor } = purchase;
    const amount = { at, currency, netMinor, offerIds: JSON.stringify(purchase.offerIds) };
    await this.#db
      .insertInto('measuredPurchase')
      .values({ storeId, purchaseId, customerId, ...amount, voided: 0 })
      .onConflict((conflict) => conflict.columns(['storeId', 'purchaseId']).doUpdateSet(amount))
      .execute();
  }

  async voidPurchase(
    purchaseId: RequestId,
    { storeId, customerId, at }: Pick<Purchase, 'storeId' | 'customerId' | 'at'>,
  ): Promise<void> {
    const nothing = { currency: null, netMinor: null, offerIds: null };
    await this.#db
      .insertInto('measuredPurchase')
      .values({ storeId, purchaseId, customerId, at, ...nothing, voided: 1 })
      .onConflict((conflict) =>
        conflict.columns(['storeId', 'purchaseId']).doUpdateSet({ voided: 1 }),
      )
      .execute();
  }

  async addReturn(
    purchaseId: RequestId,
    requestId: RequestId,
    { storeId, customerId, at, netMinor }: Omit<Purchase, 'currency' | 'offerIds'>,
  ): Promise<void> {
    await this.#db
      .insertInto('measuredReturn')
      .values({ storeId, requestId, purchaseId, customerId, at, netMinor })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async forget(customerId: CustomerId, until: EpochMs): Promise<void> {
    await this.#db
      .deleteFrom('measured')
      .where('customerId', '=', customerId)
      .where('firstAt', '<=', until)
      .execute();
    for (const table of [
      ...(['measuredExposure', 'measuredCoupon', 'measuredPurchase'] as const),
      'measuredReturn' as const,
    ])
      await this.#db
        .deleteFrom(table)
        .where('customerId', '=', customerId)
        .where('at', '<=', until)
        .execute();
  }

  async people({ offerId, sinceVersion }: Experiment): Promise<readonly MeasuredPerson[]> {
    const { rows } = await sql<PersonRow>`
      SELECT store_id, customer_id, arm, first_at, mismatched FROM measured
      WHERE offer_id = ${offerId} AND since_version = ${sinceVersion}
    `.execute(this.#db.withoutPlugins());
    return rows.map((row) => ({
      storeId: row.store_id,
      customerId: row.customer_id,
      arm: row.arm,
      firstAt: row.first_at,
      mismatched: row.mismatched === 1,
    }));
  }

  async exposures(offerId: OfferId): Promise<readonly Exposure[]> {
    const { rows } = await sql<ExposureRow>`
      SELECT store_id, customer_id, at FROM measured_exposure WHERE offer_id = ${offerId}
    `.execute(this.#db.withoutPlugins());
    return rows.map(({ store_id: storeId, customer_id: customerId, at }) => ({
      storeId,
      customerId,
      at,
    }));
  }

  async couponActs(offerId: OfferId): Promise<readonly CouponAct[]> {
    const rows = await this.#db
      .selectFrom('measuredCoupon')
      .select(['storeId', 'customerId', 'kind', 'couponId', 'at'])
      .where('offerId', '=', offerId)
      .execute();
    return rows.map(({ kind, couponId, at, ...place }) => ({
      ...placeOf(place),
      ...{ kind, couponId: couponId as CouponId, at },
    }));
  }

  async purchases({ offerId, sinceVersion }: Experiment): Promise<readonly Purchase[]> {
    const { rows } = await sql<PurchaseRow>`
      SELECT p.store_id, p.customer_id, p.at, p.currency, p.offer_ids, p.net_minor - coalesce(
        (SELECT sum(r.net_minor) FROM measured_return r WHERE r.store_id = p.store_id AND r.purchase_id = p.purchase_id), 0
      ) AS net_minor
      FROM measured_purchase p
      WHERE p.voided = 0 AND p.customer_id IN (
        SELECT customer_id FROM measured WHERE offer_id = ${offerId} AND since_version = ${sinceVersion})
    `.execute(this.#db.withoutPlugins());
    const lists = new Map<string, readonly OfferId[]>(); // a few are those of nearly all
    return rows.map((row) => {
      let offerIds = lists.get(row.offer_ids);
      if (offerIds === undefined) {
        offerIds = JSON.parse(row.offer_ids) as OfferId[];
        lists.set(row.offer_ids, offerIds);
      }
      return {
        storeId: row.store_id,
        customerId: row.customer_id,
        at: row.at,
        currency: row.currency,
        netMinor: row.net_minor,
        offerIds,
      };
    });
  }

  /** Of each store and offer the last word. */
  #lastServed() {
    return this.#db
      .selectFrom('experimentServed as served')
      .where((eb) => eb.not(eb.exists(laterThan(eb))));
  }

  #servedRow(storeId: StoreId, offerId: OfferId, bundle: number) {
    return this.#db
      .selectFrom('experimentServed')
      .select('sinceVersion')
      .where('storeId', '=', storeId)
      .where('offerId', '=', offerId)
      .where('fromBundle', '<=', bundle)
      .orderBy('fromBundle', 'desc')
      .limit(1)
      .executeTakeFirst();
  }
}

/** What the store was told of the same offer after what `served` says. */
const laterThan = (
  eb: ExpressionBuilder<HqTables & { served: HqTables['experimentServed'] }, 'served'>,
) =>
  eb
    .selectFrom('experimentServed as later')
    .select('later.fromBundle')
    .whereRef('later.storeId', '=', 'served.storeId')
    .whereRef('later.offerId', '=', 'served.offerId')
    .whereRef('later.fromBundle', '>', 'served.fromBundle');

/**
 * As they were checked when they were written, and read without Kysely's hands: a month of a chain is hundreds of thousands of
 * rows, and a check or another name for each column takes longer than the file.
 */
interface PlaceRow {
  readonly store_id: StoreId;
  readonly customer_id: CustomerId;
}
interface PersonRow extends PlaceRow {
  readonly arm: string;
  readonly first_at: number;
  readonly mismatched: number;
}
interface ExposureRow extends PlaceRow {
  readonly at: number;
}
interface PurchaseRow extends ExposureRow {
  readonly currency: string;
  readonly net_minor: number;
  readonly offer_ids: string;
}

function experimentOf(row: Selectable<HqTables['experiment']>): Experiment {
  return { ...row, offerId: OfferIdSchema.parse(row.offerId) };
}

const placeOf = ({ storeId, customerId }: { storeId: string; customerId: string }) => ({
  storeId: storeId as StoreId,
  customerId: customerId as CustomerId,
});
