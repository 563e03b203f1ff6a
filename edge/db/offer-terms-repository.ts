import type { Database, Statement } from 'better-sqlite3';
import type { OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';

/** What the use of a coupon turns on. */
export type OfferTerms = Pick<
  Offer,
  | 'offerId'
  | 'redemption'
  | 'validFrom'
  | 'validUntil'
  | 'caps'
  | 'budget'
  | 'benefit'
  | 'valueMinor'
>;

interface Columns {
  readonly redemption: NonNullable<Offer['redemption']> | null;
  readonly valid_from: number;
  readonly valid_until: number;
  readonly caps: string | null;
  readonly budget: string | null;
  readonly benefit: string;
  readonly value_minor: number | null;
}

/** Of each offer of the bundle that is served. Runs inside the writer worker. */
export class OfferTermsRepository {
  readonly #get: Statement<[OfferId], Columns>;
  readonly #clear: Statement<[]>;
  readonly #fill: Statement<[Uint8Array]>;
  /** As read: the same few are asked for again and again. */
  readonly #known = new Map<OfferId, OfferTerms>();

  constructor(db: Database) {
    this.#get = db.prepare(
      `SELECT redemption, valid_from, valid_until, caps, budget, benefit, value_minor
       FROM offer_terms WHERE offer_id = ?`,
    );
    this.#clear = db.prepare('DELETE FROM offer_terms');
    this.#fill = db.prepare(
      `INSERT INTO offer_terms
         (offer_id, redemption, valid_from, valid_until, caps, budget, benefit, value_minor)
       SELECT value ->> 'offerId', value ->> 'redemption', value ->> 'validFrom', value ->> 'validUntil',
         value -> 'caps', value -> 'budget', value -> 'benefit', value ->> 'valueMinor'
       FROM json_each(CAST(? AS TEXT), '$.offers')`,
    );
  }

  get(offerId: OfferId): OfferTerms | undefined {
    const known = this.#known.get(offerId);
    if (known !== undefined) return known;
    const read = this.#read(offerId);
    if (read !== undefined) this.#known.set(offerId, read);
    return read;
  }

  /** @param bundle - as it was signed, UTF-8 */
  replace(bundle: Uint8Array): void {
    this.forget();
    this.#clear.run();
    this.#fill.run(bundle);
  }

  /** After a rollback what is in memory may be another bundle's. */
  forget(): void {
    this.#known.clear();
  }

  #read(offerId: OfferId): OfferTerms | undefined {
    const row = this.#get.get(offerId);
    if (row === undefined) return undefined;
    const { redemption, caps, budget, value_minor: valueMinor } = row;
    // What is JSON was checked when the bundle came.
    return {
      offerId,
      benefit: JSON.parse(row.benefit) as Offer['benefit'],
      ...(valueMinor !== null && { valueMinor }),
      ...{ validFrom: row.valid_from, validUntil: row.valid_until },
      ...(redemption !== null && { redemption }),
      ...(caps !== null && { caps: JSON.parse(caps) as Offer['caps'] }),
      ...(budget !== null && { budget: JSON.parse(budget) as Offer['budget'] }),
    };
  }
}
