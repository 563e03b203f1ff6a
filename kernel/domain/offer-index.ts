import { neededSegments } from './condition-facts.ts';
import type { Gtin, OfferId, ZoneId } from './ids.ts';
import type { Bundle, Moment, Offer, Surface } from './offer.ts';
import { asksProfile, PreparedOffer } from './prepared-offer.ts';

/** The offers of one moment, surface and zone: those for anybody, and those that need a segment, under each that does. */
interface Shelf {
  /** Places in the index's order, lowest first. */
  readonly open: number[];
  readonly bySegment: Map<string, number[]>;
}

/** Where and when offers are looked for. */
interface Place {
  readonly moment: Moment;
  readonly surface: Surface;
  readonly zoneId?: ZoneId | undefined;
}

/** A bundle made ready to be asked: only what could be for this moment, surface, zone and profile is looked at. */
export class OfferIndex {
  readonly bundleVersion: number;
  /** By priority, then by id. */
  readonly #inOrder: readonly PreparedOffer[];
  readonly #shelves = new Map<string, Shelf>();
  readonly #offers = new Map<OfferId, PreparedOffer>();
  readonly #categoryOf = new Map<Gtin, string>();
  readonly #mixable: ReadonlySet<string>;
  /** A bit for each place of the order; all 0 between two questions. */
  readonly #marked: Uint32Array;

  constructor(bundle: Pick<Bundle, 'version' | 'offers' | 'products'>) {
    this.bundleVersion = bundle.version;
    for (const { gtin, category } of bundle.products) this.#categoryOf.set(gtin, category);
    this.#inOrder = [...bundle.offers].sort(byPriority).map((offer) => new PreparedOffer(offer));
    this.#marked = new Uint32Array(Math.ceil(this.#inOrder.length / 32));
    for (const [order, prepared] of this.#inOrder.entries()) {
      const { offer } = prepared;
      this.#offers.set(offer.offerId, prepared);
      const segments = segmentsNeededBy(offer);
      for (const place of placesOf(offer)) {
        const shelf = this.#shelf(place);
        if (segments === undefined) shelf.open.push(order);
        for (const segment of segments ?? []) {
          const others = shelf.bySegment.get(segment);
          if (others === undefined) shelf.bySegment.set(segment, [order]);
          else others.push(order);
        }
      }
    }
    const ofAll = bundle.offers.filter(isForAll).flatMap((offer) => this.#categoriesOf(offer));
    const sensitive = bundle.offers.filter((offer) => offer.sensitive);
    const never = new Set(sensitive.flatMap((offer) => this.#categoriesOf(offer)));
    this.#mixable = new Set(ofAll.filter((category) => !never.has(category)));
  }

  /** What may lead on a screen for all: categories of offers for everybody, and of no sensitive one. */
  get mixable(): readonly string[] {
    return [...this.#mixable];
  }

  /** Whether an offer for everybody is of the category that leads. */
  isLed(offer: Offer, category: string): boolean {
    if (!isForAll(offer) || !this.#mixable.has(category)) return false;
    return this.#categoriesOf(offer).includes(category);
  }

  #categoriesOf({ categories, gtins }: Offer): readonly string[] {
    return [...categories, ...gtins.flatMap((gtin) => this.#categoryOf.get(gtin) ?? [])];
  }

  /**
   * Those of the place that are for anybody or need one of the segments, in the index's order.
   * @param segments - of the subject; undefined where none may be used
   */
  candidates(
    { moment, surface, zoneId }: Place,
    segments: ReadonlySet<string> | undefined,
  ): readonly PreparedOffer[] {
    for (const zone of zoneId === undefined ? [ANYWHERE] : [ANYWHERE, zoneId]) {
      const shelf = this.#shelves.get(placeOf(moment, surface, zone));
      if (shelf === undefined) continue;
      this.#mark(shelf.open);
      for (const segment of segments ?? []) this.#mark(shelf.bySegment.get(segment) ?? []);
    }
    return this.#takeMarked();
  }

  /** One may lie under several of the subject's segments: it is marked once all the same. */
  #mark(orders: readonly number[]): void {
    const marked = this.#marked;
    for (const order of orders)
      marked[order >>> 5] = (marked[order >>> 5] ?? 0) | (1 << (order & 31));
  }

  #takeMarked(): readonly PreparedOffer[] {
    const found: PreparedOffer[] = [];
    for (let word = 0; word < this.#marked.length; word += 1) {
      let bits = this.#marked[word] ?? 0;
      if (bits === 0) continue;
      this.#marked[word] = 0;
      for (; bits !== 0; bits &= bits - 1) {
        const prepared = this.#inOrder[word * 32 + 31 - Math.clz32(bits & -bits)];
        if (prepared !== undefined) found.push(prepared);
      }
    }
    return found;
  }

  offer(offerId: OfferId): Offer | undefined {
    return this.#offers.get(offerId)?.offer;
  }

  prepared(offerId: OfferId): PreparedOffer | undefined {
    return this.#offers.get(offerId);
  }

  categoryOf(gtin: Gtin): string | undefined {
    return this.#categoryOf.get(gtin);
  }

  #shelf(place: string): Shelf {
    let shelf = this.#shelves.get(place);
    if (shelf === undefined) this.#shelves.set(place, (shelf = { open: [], bySegment: new Map() }));
    return shelf;
  }
}

const ANYWHERE = '*';

/** Segments of which the subject needs at least one; undefined where none is needed. */
function segmentsNeededBy({ segments, audience }: Offer): ReadonlySet<string> | undefined {
  if (segments.length > 0) return new Set(segments);
  return audience && neededSegments(audience);
}

/** Whether nothing of a profile decides over it. */
export function isForAll({ segments, audience, sensitive }: Offer): boolean {
  return segments.length === 0 && !asksProfile(audience) && !sensitive;
}

function byPriority(a: Offer, b: Offer): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.offerId < b.offerId ? -1 : 1;
}

function placesOf({ moments, surfaces, zones }: Offer): ReadonlySet<string> {
  const where = zones === undefined || zones.length === 0 ? [ANYWHERE] : zones;
  return new Set(
    moments.flatMap((moment) =>
      surfaces.flatMap((surface) => where.map((zone) => placeOf(moment, surface, zone))),
    ),
  );
}

function placeOf(moment: Moment, surface: Surface, zone: string): string {
  return `${moment}/${surface}/${zone}`;
}
