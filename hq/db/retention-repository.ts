import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { RetentionRepository } from '../privacy/retention-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlRetentionRepository implements RetentionRepository {
  readonly #db: Kysely<HqTables>;
  readonly #marked: () => void;
  constructor(db: Kysely<HqTables>, marked: () => void) {
    this.#db = db;
    this.#marked = marked;
  }

  behaviour(before: EpochMs): Promise<number> {
    return this.#count(
      sql`DELETE FROM timeline WHERE at < ${before} AND kind IN ('visit', 'session', 'staff-check', 'card-shown', 'exposure', 'product-scan')`,
    );
  }

  async measures(before: EpochMs): Promise<number> {
    const people = await this.#count(sql`DELETE FROM measured WHERE first_at < ${before}`);
    const exposures = await this.#count(sql`DELETE FROM measured_exposure WHERE at < ${before}`);
    const coupons = await this.#count(sql`DELETE FROM measured_coupon WHERE at < ${before}`);
    const bought = await this.#count(sql`DELETE FROM measured_purchase WHERE at < ${before}`);
    const returned = await this.#count(sql`DELETE FROM measured_return WHERE at < ${before}`);
    return people + exposures + coupons + bought + returned;
  }

  alarms(before: EpochMs): Promise<number> {
    return this.#count(sql`DELETE FROM alarm WHERE at < ${before}`);
  }

  redemptions(before: EpochMs): Promise<number> {
    return this.#count(
      sql`DELETE FROM timeline WHERE at < ${before} AND kind IN ('redemption', 'purchase', 'purchase-voided', 'purchase-returned')`,
    );
  }

  coupons(before: EpochMs): Promise<number> {
    // While a store serves the offer, the used coupon is what keeps the person from being given another.
    return this.#count(
      sql`DELETE FROM coupon WHERE redeemed_at < ${before}
          AND offer_id NOT IN (SELECT offer_id FROM published_offer)`,
    );
  }

  events(lanes: readonly string[], before: EpochMs): Promise<number> {
    return this.#count(
      sql`UPDATE event SET body = NULL, salt = NULL, subject = NULL
          WHERE received_at < ${before} AND body IS NOT NULL AND lane IN (${sql.join(lanes)})`,
    );
  }

  async lastVisits(before: EpochMs): Promise<number> {
    const rows = await this.#count(
      sql`UPDATE member SET last_visit_at = NULL, dirty = 1 WHERE last_visit_at < ${before}`,
    );
    if (rows > 0) this.#marked(); // the stores' rows say it too
    return rows;
  }

  endedLinks(before: EpochMs): Promise<number> {
    return this.#count(sql`DELETE FROM identity WHERE unlinked_at < ${before}`);
  }

  withdrawnConsents(before: EpochMs): Promise<number> {
    return this.#count(
      sql`DELETE FROM consent_record WHERE EXISTS (
            SELECT 1 FROM consent_record AS no
            WHERE no.customer_id = consent_record.customer_id AND no.purpose = consent_record.purpose
              AND no.given = 0 AND no.at < ${before} AND NOT EXISTS (
                SELECT 1 FROM consent_record AS later
                WHERE later.customer_id = no.customer_id AND later.purpose = no.purpose AND later.at > no.at))`,
    );
  }

  tombstones(before: EpochMs): Promise<number> {
    return this.#count(sql`DELETE FROM tombstone WHERE at < ${before}`);
  }

  async receipts(before: EpochMs): Promise<number> {
    const over = sql`(SELECT erasure_id FROM erasure WHERE asked_at < ${before})`;
    await this.#count(sql`DELETE FROM kept_consent WHERE erasure_id IN ${over}`);
    await this.#count(sql`DELETE FROM erasure_store WHERE erasure_id IN ${over}`);
    return this.#count(sql`DELETE FROM erasure WHERE asked_at < ${before}`);
  }

  tokens(expiredBefore: EpochMs): Promise<number> {
    return this.#count(sql`DELETE FROM one_time_token WHERE expires_at < ${expiredBefore}`);
  }

  async #count(statement: RawBuilder<unknown>): Promise<number> {
    return Number((await statement.execute(this.#db)).numAffectedRows ?? 0n);
  }
}
