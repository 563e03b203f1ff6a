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
    const rows = await this.#db
      .selectFrom('measured')
      .select(['storeId', 'customerId', 'arm', 'firstAt', 'mismatched'])
      .where('offerId', '=', offerId)
      .where('sinceVersion', '=', sinceVersion)
      .execute();
    return rows.map(({ arm, firstAt, mismatched, ...place }) => ({
      ...placeOf(place),
      ...{ arm, firstAt, mismatched: mismatched === 1 },
    }));
  }

  async exposures(offerId: OfferId): Promise<readonly Exposure[]> {
    const rows = await this.#db
      .selectFrom('measuredExposure')
      .select(['storeId', 'customerId', 'at'])
      .where('offerId', '=', offerId)
      .execute();
    return rows.map(({ at, ...place }) => ({ ...placeOf(place), at }));
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
    const people = this.#db
      .selectFrom('measured')
      .select('customerId')
      .where('offerId', '=', offerId)
      .where('sinceVersion', '=', sinceVersion);
    const rows = await this.#db
      .selectFrom('measuredPurchase')
      .select((eb) => [
        ...(['storeId', 'customerId', 'at', 'currency', 'netMinor', 'offerIds'] as const),
        eb
          .selectFrom('measuredReturn as back')
          .select((of) =>
            of.fn.coalesce(of.fn.sum<number>('back.netMinor'), sql.lit(0)).as('minor'),
          )
          .whereRef('back.storeId', '=', 'measuredPurchase.storeId')
          .whereRef('back.purchaseId', '=', 'measuredPurchase.purchaseId')
          .as('backMinor'),
      ])
      .where('customerId', 'in', people)
      .where('voided', '=', 0)
      .$narrowType<{ currency: string; netMinor: number; offerIds: string }>()
      .execute();
    return rows.map(({ at, currency, netMinor, backMinor, offerIds, ...place }) => ({
      ...placeOf(place),
      ...{ at, currency, netMinor: netMinor - (backMinor ?? 0) },
      offerIds: JSON.parse(offerIds) as OfferId[],
    }));
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

function experimentOf(row: Selectable<HqTables['experiment']>): Experiment {
  return { ...row, offerId: OfferIdSchema.parse(row.offerId) };
}

/** As they were checked when they were written: a month of a chain is hundreds of thousands of rows, and a check is dear. */
const placeOf = ({ storeId, customerId }: { storeId: string; customerId: string }) => ({
  storeId: storeId as StoreId,
  customerId: customerId as CustomerId,
});
