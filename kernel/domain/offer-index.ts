import { neededSegments } from './condition-facts.ts';
import type { Gtin, OfferId, ZoneId } from './ids.ts';
import type { Bundle, Moment, Offer, Surface } from './offer.ts';
import { asksProfile, PreparedOffer } from './prepared-offer.ts';

/** The offers of one moment, surface and zone: those for anybody, and those that need a segment, under each that does. */
interface Shelf {
  readonly open: PreparedOffer[];
  readonly bySegment: Map<string, PreparedOffer[]>;
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
  readonly #shelves = new Map<string, Shelf>();
  readonly #offers = new Map<OfferId, PreparedOffer>();
  readonly #categoryOf = new Map<Gtin, string>();
  readonly #mixable: ReadonlySet<string>;

  constructor(bundle: Pick<Bundle, 'version' | 'offers' | 'products'>) {
    this.bundleVersion = bundle.version;
    for (const { gtin, category } of bundle.products) this.#categoryOf.set(gtin, category);
    const inOrder = [...bundle.offers].sort(byPriority);
    for (const [order, offer] of inOrder.entries()) {
      const prepared = new PreparedOffer(offer, order);
      this.#offers.set(offer.offerId, prepared);
      const segments = segmentsNeededBy(offer);
      for (const place of placesOf(offer)) {
        const shelf = this.#shelf(place);
        if (segments === undefined) shelf.open.push(prepared);
        for (const segment of segments ?? []) {
          const others = shelf.bySegment.get(segment);
          if (others === undefined) shelf.bySegment.set(segment, [prepared]);
          else others.push(prepared);
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

  /** @param segments - of the subject; undefined where none may be used */
  candidates(
    { moment, surface, zoneId }: Place,
    segments: ReadonlySet<string> | undefined,
  ): readonly PreparedOffer[] {
    const found: PreparedOffer[] = [];
    const needing = new Set<PreparedOffer>(); // one may lie under several of the subject's segments
    for (const zone of zoneId === undefined ? [ANYWHERE] : [ANYWHERE, zoneId]) {
      const shelf = this.#shelves.get(placeOf(moment, surface, zone));
      if (shelf === undefined) continue;
      for (const prepared of shelf.open) found.push(prepared);
      for (const segment of segments ?? []) {
        for (const prepared of shelf.bySegment.get(segment) ?? []) needing.add(prepared);
      }
    }
    found.push(...needing);
    return found.sort((a, b) => a.order - b.order);
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

/** Nothing of a profile decides over it. */
function isForAll({ segments, audience, sensitive }: Offer): boolean {
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
