import { hundredths, shareOf } from './basket-cuts.ts';
import type { Gtin } from './ids.ts';
import type { Benefit, Offer } from './offer.ts';

/** A day by the shop's clocks, YYYY-MM-DD: sorts as text. */
export type StoreDay = string;

/** A price of one piece on each of these days, both counted: on the day of a change both prices were in force. */
export interface PriceSpan {
  readonly from: StoreDay;
  /** Undefined: still in force. */
  readonly until?: StoreDay | undefined;
  readonly minor: number;
}
/** What is known of one product's prices in one store. */
export interface PriceHistory {
  /** Since when prices are written down here: of the days before nobody knows any. */
  readonly keptSince: StoreDay;
  readonly shelf: readonly PriceSpan[];
  /** What it cost with a cut that was announced to everybody. */
  readonly cuts: readonly PriceSpan[];
}
export interface LowestPrice {
  readonly minor: number;
  /** Of a product sold for fewer than 30 days: since when. */
  readonly since?: StoreDay | undefined;
}

/** Whether a price cut may be announced for the products of an offer. */
export type PriceEvidence =
  | { readonly kind: 'on-record'; readonly lowest: ReadonlyMap<Gtin, LowestPrice> }
  /** Those without a record; none: the offer names no product by its number. */
  | { readonly kind: 'not-on-record'; readonly gtins: readonly Gtin[] }
  /** Those that cost as little, or less, within the 30 days before. */
  | { readonly kind: 'not-cut'; readonly gtins: readonly Gtin[] };

const REFERENCE_DAYS = 30;
const DAY_MS = 86_400_000;

/** The spans of one list of prices. @param points - each in force from its day on, in the order in which they came */
export function spansOf(
  points: readonly { readonly day: StoreDay; readonly minor: number }[],
): readonly PriceSpan[] {
  return points.map(({ day, minor }, place) => ({
    from: day,
    until: points[place + 1]?.day,
    minor,
  }));
}

/**
 * The lowest price of the 30 days before `day`, cuts and all; undefined where these days are not on record. Of a product
 * that came while prices were written down: of the days since.
 */
export function lowestOf30Days(
  { keptSince, shelf, cuts }: PriceHistory,
  day: StoreDay,
): LowestPrice | undefined {
  const first = shiftedDay(day, -REFERENCE_DAYS);
  const within = [...shelf, ...cuts].filter(
    ({ from, until }) => from < day && (until === undefined || until >= first),
  );
  if (within.length === 0) return undefined;
  const minor = Math.min(...within.map((span) => span.minor));
  const since = shelf.reduce((least, { from }) => (from < least ? from : least), day);
  if (since <= first) return { minor };
  return since > keptSince && since < day ? { minor, since } : undefined;
}

/**
 * The first day of the cut that `day` is a part of: one that went on day by day and was never made smaller is one cut,
 * whichever offers it was made of.
 * @param minor - what a piece costs with it on `day`
 */
export function firstDayOfCut(cuts: readonly PriceSpan[], day: StoreDay, minor: number): StoreDay {
  let first = day;
  let price = minor;
  for (;;) {
    const before = shiftedDay(first, -1);
    const there = cuts.filter(
      ({ from, until }) => from <= before && (until === undefined || until >= before),
    );
    const lowest = Math.min(...there.map((cut) => cut.minor)); // Infinity without any
    if (there.length === 0 || lowest < price) return first;
    first = before;
    price = lowest;
  }
}

/** The price that a cut of that day has to be measured by (Codice del Consumo art. 17-bis, commas 1 to 5). */
export function referencePrice(
  history: PriceHistory,
  day: StoreDay,
  minor: number,
): LowestPrice | undefined {
  return lowestOf30Days(history, firstDayOfCut(history.cuts, day, minor));
}

/** What the shelf says now; of two lists that differ the dearer one. Undefined where none does. */
export function shelfPrice({ shelf }: PriceHistory): number | undefined {
  const now = shelf.filter(({ until }) => until === undefined);
  return now.length === 0 ? undefined : Math.max(...now.map(({ minor }) => minor));
}

/**
 * What one piece costs with a benefit, reckoned as the till does (money-2, money-5); undefined where no piece by itself
 * becomes cheaper. What only informs announces the price on the shelf.
 */
export function priceWith(benefit: Benefit, shelfMinor: number): number | undefined {
  switch (benefit.kind) {
    case 'percent': {
      const off = shareOf(shelfMinor, hundredths(benefit.percent));
      return benefit.percent === 100 ? 0 : Math.max(Math.min(1, shelfMinor), shelfMinor - off);
    }
    case 'amount':
      return Math.max(Math.min(1, shelfMinor), shelfMinor - benefit.amount.minor);
    case 'information':
      return shelfMinor;
    case 'bundle':
    case 'points':
    case 'gift':
      return undefined;
  }
}

/**
 * Whether every product of an offer has its reference price, and becomes cheaper than that.
 * @param historyOf - undefined: nothing is known of it
 */
export function priceEvidence(
  { gtins, categories, benefit }: Pick<Offer, 'gtins' | 'categories' | 'benefit'>,
  historyOf: (gtin: Gtin) => PriceHistory | undefined,
  day: StoreDay,
): PriceEvidence {
  if (gtins.length === 0 || categories.length > 0) return { kind: 'not-on-record', gtins: [] };
  const lowest = new Map<Gtin, LowestPrice>();
  const unknown: Gtin[] = [];
  const notCut: Gtin[] = [];
  for (const gtin of gtins) {
    const history = historyOf(gtin);
    const shelf = history && shelfPrice(history);
    const price = shelf === undefined ? undefined : priceWith(benefit, shelf);
    const reference = history && referencePrice(history, day, price ?? Infinity);
    if (shelf === undefined || reference === undefined) unknown.push(gtin);
    else if (price !== undefined && price >= reference.minor) notCut.push(gtin);
    else lowest.set(gtin, reference);
  }
  if (unknown.length > 0) return { kind: 'not-on-record', gtins: unknown };
  return notCut.length > 0 ? { kind: 'not-cut', gtins: notCut } : { kind: 'on-record', lowest };
}

export function shiftedDay(day: StoreDay, days: number): StoreDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
