import type { EpochMs, Gtin, OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { isForAll } from '../../kernel/domain/offer-index.ts';
import {
  type LowestPrice,
  priceEvidence,
  type PriceEvidence,
  priceWith,
  shelfPrice,
  shiftedDay,
  type StoreDay,
} from '../../kernel/domain/price-history.ts';
import { isScheduled, type StoreTime } from '../../kernel/domain/schedule.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { PricesPost } from '../../kernel/protocol/pos-api.ts';
import type { StoreReads } from '../reads.ts';
import type { PriceOfProduct, Writer } from '../writes.ts';
import type { Catalogue } from './catalogue.ts';

/** Of one write, so that redemptions wait for no longer than this takes. */
const PRICES_AT_ONCE = 2_000;
/** The day that a price list may be of at the earliest: what is older counts for nothing (price-5). */
export const OLDEST_LIST_DAYS = 400;

export interface PriceJournalParts {
  readonly reads: Pick<StoreReads, 'meta' | 'priceHistory'>;
  readonly writer: Writer;
  readonly catalogue: Catalogue;
  readonly storeTime: (at: EpochMs) => StoreTime;
}

/** What products cost in this store: written down as it comes true, and what price cuts are measured by. */
export class PriceJournal {
  readonly #parts: PriceJournalParts;
  /** What is known of the day below; empty once a price changed. */
  readonly #evidence = new Map<OfferId, { readonly offer: Offer; readonly found: PriceEvidence }>();
  #day: StoreDay = '';
  #version: number;
  /** Of the bundle, as last written in this run: an unchanged one is not written again. */
  readonly #written = new Map<Gtin, number>();
  #bundleVersion: number | undefined;
  #cutsOf:
    | { readonly day: StoreDay; readonly version: number; readonly bundleVersion: number }
    | undefined;
  /** The last day before today of which cuts were written. */
  #before: StoreDay | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: PriceJournalParts) {
    this.#parts = parts;
    this.#version = this.#versionOnDisk();
    this.#before = parts.reads.meta('prices_day');
  }

  /** Larger after each change. */
  get version(): number {
    return this.#version;
  }

  /** @param day - by the shop's clocks */
  evidence(offer: Offer, day: StoreDay): PriceEvidence {
    if (day !== this.#day) this.#evidence.clear();
    this.#day = day;
    const known = this.#evidence.get(offer.offerId);
    if (known?.offer === offer) return known.found;
    const { reads } = this.#parts;
    const found = priceEvidence(offer, (gtin) => reads.priceHistory(gtin), day);
    this.#evidence.set(offer.offerId, { offer, found });
    return found;
  }

  /** What to name beside a cut on this product, if some offer that may be shown now cuts its price. */
  lowestOf(gtin: Gtin, now: EpochMs): LowestPrice | undefined {
    const { date } = this.#parts.storeTime(now);
    for (const offer of this.#cutsOn(gtin, now)) {
      const evidence = this.evidence(offer, date);
      const lowest = evidence.kind === 'on-record' ? evidence.lowest.get(gtin) : undefined;
      if (lowest !== undefined) return lowest;
    }
    return undefined;
  }

  /**
   * Writes down what the bundle's products cost from today on, and which cuts hold today; nothing where that is written.
   * @returns whether anything changed that decisions rest on
   */
  keep(now: EpochMs): Promise<boolean> {
    return this.#inTurn(async () => {
      const day = this.#parts.storeTime(now).date;
      const shelf = await this.#keepShelf(day);
      const cuts = await this.#keepCuts(day, now);
      return shelf || cuts;
    });
  }

  /**
   * The shop's own list, from its day on; without one, today.
   * @returns how many prices changed
   * @throws {SogliaError} 'request/invalid' for another currency, a day to come, or one too old to count
   */
  async take({ currency, from, prices }: PricesPost, now: EpochMs): Promise<number> {
    const today = this.#parts.storeTime(now).date;
    const day = from ?? today;
    const ours = this.#parts.catalogue.products[0]?.price.currency ?? currency;
    if (currency !== ours)
      throw new SogliaError(
        'request/invalid',
        `currency: ${currency}, and this store’s is ${ours}`,
      );
    if (day > today) throw new SogliaError('request/invalid', `from: ${day} is still to come`);
    if (day < shiftedDay(today, -OLDEST_LIST_DAYS))
      throw new SogliaError('request/invalid', `from: ${day} is too long ago to count`);
    const changed = await this.#inTurn(() => this.#write('list', day, prices, day < today));
    if (changed > 0) await this.keep(now);
    return changed;
  }

  async #keepShelf(day: StoreDay): Promise<boolean> {
    const { catalogue } = this.#parts;
    const { version, products } = catalogue;
    if (version === this.#bundleVersion) return false;
    const news = products.flatMap(({ gtin, price: { minor } }) =>
      this.#written.get(gtin) === minor ? [] : [{ gtin, minor }],
    );
    const changed = await this.#write('bundle', day, news, false);
    for (const { gtin, minor } of news) this.#written.set(gtin, minor);
    this.#bundleVersion = version;
    return changed > 0;
  }

  async #keepCuts(today: StoreDay, now: EpochMs): Promise<boolean> {
    const { catalogue, reads, writer } = this.#parts;
    const { version: bundleVersion } = catalogue;
    const last = this.#cutsOf;
    if (
      last?.day === today &&
      last.version === this.#version &&
      last.bundleVersion === bundleVersion
    )
      return false;
    if (last !== undefined && last.day !== today) this.#before = last.day;
    const yesterday = shiftedDay(today, -1);
    const before =
      this.#before === undefined || this.#before > yesterday ? yesterday : this.#before;
    if (before < yesterday) {
      // First what went on while the box was off: the cuts of today are judged by it.
      await writer.write('bridge-cuts', { from: before, until: yesterday });
      this.#changed();
    }
    this.#before = yesterday;
    const lowest = new Map<Gtin, number>();
    for (const offer of catalogue.offers.filter((each) => this.#isCutOn(each, now))) {
      if (this.evidence(offer, today).kind !== 'on-record') continue; // nobody is told of it
      for (const gtin of offer.gtins) {
        const history = reads.priceHistory(gtin);
        const shelf = history && shelfPrice(history);
        const price = shelf === undefined ? undefined : priceWith(offer.benefit, shelf);
        if (price !== undefined && price < (lowest.get(gtin) ?? Infinity)) lowest.set(gtin, price);
      }
    }
    const cuts = [...lowest].map(([gtin, minor]) => ({ gtin, minor }));
    const { changed } = await writer.write('keep-cuts', { today, yesterday, cuts });
    if (changed > 0) this.#changed();
    this.#cutsOf = { day: today, version: this.#version, bundleVersion };
    return changed > 0;
  }

  async #write(
    source: 'bundle' | 'list',
    day: StoreDay,
    prices: readonly PriceOfProduct[],
    isLater: boolean,
  ): Promise<number> {
    let changed = 0;
    for (let from = 0; from < prices.length; from += PRICES_AT_ONCE) {
      const some = prices.slice(from, from + PRICES_AT_ONCE);
      const request = { source, day, prices: some, isLater };
      changed += (await this.#parts.writer.write('keep-prices', request)).changed;
    }
    if (changed > 0) this.#changed();
    return changed;
  }

  #changed(): void {
    this.#version = this.#versionOnDisk();
    this.#evidence.clear();
  }

  #versionOnDisk(): number {
    return Number(this.#parts.reads.meta('prices_version') ?? '0');
  }

  #cutsOn(gtin: Gtin, now: EpochMs): readonly Offer[] {
    return this.#parts.catalogue.offers.filter(
      (offer) =>
        offer.gtins.includes(gtin) &&
        this.#isCutOn(offer, now) &&
        offer.validFrom <= now &&
        now < offer.validUntil,
    );
  }

  /** Whether it is announced to everybody as a cut at some time of the day. */
  #isCutOn(offer: Offer, now: EpochMs): boolean {
    const { guards, redemption, schedule, validFrom, validUntil } = offer;
    if (guards?.priceEvidence !== true || redemption !== undefined || !isForAll(offer))
      return false;
    const today = this.#parts.storeTime(now);
    const { date } = today;
    if (this.#parts.storeTime(validFrom).date > date) return false;
    if (this.#parts.storeTime(validUntil - 1).date < date) return false;
    return (
      schedule === undefined ||
      schedule.dayparts.some(({ from }) => isScheduled(schedule, { ...today, minuteOfDay: from }))
    );
  }

  /** One after the other, so that what is written is reckoned from what is there. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(write, write);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}
