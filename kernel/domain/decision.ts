import { canonicalJson } from './canonical-json.ts';
import type { HeldCoupon } from './cohort.ts';
import { type ConsentedRow, liveGrants, type PlainHolder } from './consent.ts';
import type { CouponId, EpochMs, Gtin, Language, OfferId, ZoneId } from './ids.ts';
import type { Bundle, Moment, Offer, Surface } from './offer.ts';
import { mayShow } from './recognition.ts';
import type { Evidence, Strength } from './strength.ts';

/** For whom. A cohort row cannot stand here by itself: it comes through the gates of consent.ts. */
export type Subject = { readonly kind: 'anonymous' } | PlainHolder | ConsentedRow<'personalise'>;
export const ANONYMOUS: Subject = { kind: 'anonymous' };

export interface DecisionContext {
  readonly moment: Moment;
  readonly surface: Surface;
  readonly zoneId?: ZoneId | undefined;
  readonly strength: Strength;
  readonly evidence?: Evidence | undefined;
  /** The product that was scanned. */
  readonly gtin?: Gtin | undefined;
  /** The category that leads for five or more members present (mix.ts); for nobody in particular. */
  readonly mix?: string | undefined;
  /** Those of the subject's coupons that are used up. */
  readonly usedCoupons: ReadonlySet<CouponId>;
}

export const REJECTIONS = [
  'not-yet-valid',
  'over',
  'other-moment',
  'other-surface',
  'other-product',
  'not-in-segment',
  'strength-too-low',
  'sensitive-here',
  'coupon-used',
  'no-coupon-held',
  'ranked-lower',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

export interface ShownOffer {
  readonly offer: Offer;
  /** The subject's own coupon for it. */
  readonly coupon: HeldCoupon | undefined;
  /** One sentence: why this offer. */
  readonly reason: Readonly<Record<Language, string>>;
}
export interface Decision {
  readonly shown: readonly ShownOffer[];
  /** Candidates for this moment and surface that are not shown; any other offer: `whyNot`. */
  readonly rejected: readonly { readonly offerId: OfferId; readonly reason: Rejection }[];
  /** Versions, context and result as one text, to be hashed. */
  readonly canonical: string;
}

/** A bundle made ready to be asked: offers by moment and surface, best first. */
export class OfferIndex {
  readonly bundleVersion: number;
  readonly #candidates = new Map<string, Offer[]>();
  readonly #offers = new Map<OfferId, Offer>();
  readonly #categoryOf = new Map<Gtin, string>();
  readonly #mixable: ReadonlySet<string>;

  constructor(bundle: Pick<Bundle, 'version' | 'offers' | 'products'>) {
    this.bundleVersion = bundle.version;
    for (const { gtin, category } of bundle.products) this.#categoryOf.set(gtin, category);
    for (const offer of [...bundle.offers].sort(byRank)) {
      this.#offers.set(offer.offerId, offer);
      for (const place of placesOf(offer)) {
        const others = this.#candidates.get(place);
        if (others === undefined) this.#candidates.set(place, [offer]);
        else others.push(offer);
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

  candidates(moment: Moment, surface: Surface): readonly Offer[] {
    return this.#candidates.get(placeOf(moment, surface)) ?? [];
  }

  offer(offerId: OfferId): Offer | undefined {
    return this.#offers.get(offerId);
  }

  categoryOf(gtin: Gtin): string | undefined {
    return this.#categoryOf.get(gtin);
  }
}

const DEFAULT_LIMIT = 4;

/**
 * Which offers for this subject and moment, at most `limit`, by priority, then by the mix of those present, then by id; pure,
 * so that a replay agrees.
 */
export function decide(
  index: OfferIndex,
  subject: Subject,
  context: DecisionContext,
  now: EpochMs,
  limit = DEFAULT_LIMIT,
): Decision {
  const facts = factsOf(subject, context, now);
  const shown: ShownOffer[] = [];
  const rejected: { offerId: OfferId; reason: Rejection }[] = [];
  for (const offer of inOrder(index, facts)) {
    const { offerId } = offer;
    const reason = judge(index, offer, facts);
    if (reason !== undefined) rejected.push({ offerId, reason });
    else if (shown.length >= limit) rejected.push({ offerId, reason: 'ranked-lower' });
    else shown.push(show(offer, facts));
  }
  const canonical = canonicalOf(index, subject, facts, shown, rejected);
  return { shown, rejected, canonical };
}

/** Why an offer is not shown, candidate or not; undefined where nothing but rank may stand against it. */
export function whyNot(
  index: OfferIndex,
  offerId: OfferId,
  subject: Subject,
  context: DecisionContext,
  now: EpochMs,
): Rejection | 'unknown-offer' | undefined {
  const offer = index.offer(offerId);
  if (offer === undefined) return 'unknown-offer';
  if (!offer.moments.includes(context.moment)) return 'other-moment';
  if (!offer.surfaces.includes(context.surface)) return 'other-surface';
  return judge(index, offer, factsOf(subject, context, now));
}

/** What the rules may know: nothing of a person before the table of recognition.ts allows it. */
interface Facts {
  /** With `mix` only where a screen for all may follow it. */
  readonly context: DecisionContext;
  readonly now: EpochMs;
  /** Undefined: offers with segments are not for this subject, here. */
  readonly segments: ReadonlySet<string> | undefined;
  /** By offer; an unused one before a used one. */
  readonly coupons: ReadonlyMap<OfferId, HeldCoupon>;
}

function factsOf(subject: Subject, given: DecisionContext, now: EpochMs): Facts {
  const may = mayShow(given.strength, given.evidence, given.surface, NO_CONSENTS);
  const isMixed = subject.kind === 'anonymous' && may.mix;
  const context = isMixed ? given : { ...given, mix: undefined };
  const facts = { context, now };
  switch (subject.kind) {
    case 'anonymous':
      return { ...facts, segments: undefined, coupons: new Map() };
    case 'plain': {
      // Coupons in one's own hand, shown where the person stands: never on a screen for all.
      const isOwnAct = context.strength >= 3 && context.surface !== 'public';
      const coupons = byOffer(isOwnAct ? subject.coupons : [], context.usedCoupons);
      return { ...facts, segments: undefined, coupons };
    }
    case 'consented': {
      const { strength, evidence, surface } = context;
      const { personalOffers } = mayShow(strength, evidence, surface, liveGrants(subject.row, now));
      const segments = personalOffers ? new Set(subject.row.segments) : undefined;
      const coupons = byOffer(personalOffers ? subject.row.coupons : [], context.usedCoupons);
      return { ...facts, segments, coupons };
    }
  }
}

const NO_CONSENTS: ReadonlySet<never> = new Set<never>();

function inOrder(index: OfferIndex, { context }: Facts): readonly Offer[] {
  const { moment, surface, mix } = context;
  const candidates = index.candidates(moment, surface);
  if (mix === undefined) return candidates;
  const rank = (offer: Offer) => offer.priority * 2 + Number(index.isLed(offer, mix));
  return candidates
    .map((offer) => ({ offer, rank: rank(offer) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ offer }) => offer);
}

function byOffer(
  coupons: readonly HeldCoupon[],
  used: ReadonlySet<CouponId>,
): ReadonlyMap<OfferId, HeldCoupon> {
  const unusedLast = [...coupons].sort(
    (a, b) => Number(used.has(b.couponId)) - Number(used.has(a.couponId)),
  );
  return new Map(unusedLast.map((coupon) => [coupon.offerId, coupon]));
}

function judge(index: OfferIndex, offer: Offer, facts: Facts): Rejection | undefined {
  const { context, now } = facts;
  if (now < offer.validFrom) return 'not-yet-valid';
  if (now >= offer.validUntil) return 'over';
  const isPublic = context.surface === 'public' || context.surface === 'kiosk';
  if (offer.sensitive && isPublic) return 'sensitive-here';
  if (context.strength < offer.minStrength) return 'strength-too-low';
  if (!isAbout(index, offer, context.gtin)) return 'other-product';
  const { segments } = facts;
  if (offer.segments.length > 0) {
    if (segments === undefined) return context.strength < 3 ? 'strength-too-low' : 'not-in-segment';
    if (!offer.segments.some((segment) => segments.has(segment))) return 'not-in-segment';
  }
  if (offer.redemption === undefined) return undefined;
  const coupon = facts.coupons.get(offer.offerId);
  if (coupon === undefined) return 'no-coupon-held';
  return context.usedCoupons.has(coupon.couponId) ? 'coupon-used' : undefined;
}

function isAbout(index: OfferIndex, offer: Offer, gtin: Gtin | undefined): boolean {
  if (gtin === undefined) return true;
  if (offer.gtins.length === 0 && offer.categories.length === 0) return true;
  const category = index.categoryOf(gtin);
  return (
    offer.gtins.includes(gtin) || (category !== undefined && offer.categories.includes(category))
  );
}

const BECAUSE = {
  product: { it: 'Per il prodotto che hai letto.', en: 'For the product that you scanned.' },
  profile: {
    it: 'Scelta per te, in base al tuo profilo.',
    en: 'Chosen for you, from your profile.',
  },
  coupon: { it: 'Hai un buono per questa offerta.', en: 'You hold a coupon for this offer.' },
  everybody: { it: 'Per tutti, in negozio.', en: 'For everybody in the shop.' },
} as const;

function show(offer: Offer, facts: Facts): ShownOffer {
  const coupon = offer.redemption === undefined ? undefined : facts.coupons.get(offer.offerId);
  return { offer, coupon, reason: BECAUSE[becauseOf(offer, coupon, facts)] };
}

function becauseOf(
  offer: Offer,
  coupon: HeldCoupon | undefined,
  { context }: Facts,
): keyof typeof BECAUSE {
  const isOfProducts = offer.gtins.length > 0 || offer.categories.length > 0;
  if (context.gtin !== undefined && isOfProducts) return 'product';
  if (offer.segments.length > 0) return 'profile';
  return coupon === undefined ? 'everybody' : 'coupon';
}

function canonicalOf(
  index: OfferIndex,
  subject: Subject,
  { context, now, coupons }: Facts,
  shown: readonly ShownOffer[],
  rejected: Decision['rejected'],
): string {
  const { moment, surface, zoneId, strength, evidence, gtin, mix } = context;
  const held = [...coupons.values()].map(({ couponId }) => couponId);
  const usedCoupons = held.filter((couponId) => context.usedCoupons.has(couponId)).sort();
  return canonicalJson({
    bundleVersion: index.bundleVersion,
    rowVersion: rowVersionOf(subject),
    context: { moment, surface, zoneId, strength, evidence, gtin, mix, usedCoupons, at: now },
    result: {
      shown: shown.map(({ offer: { offerId, version }, coupon }) => ({
        offerId,
        version,
        couponId: coupon?.couponId,
      })),
      rejected: rejected.map(({ offerId, reason }) => ({ offerId, reason })),
    },
  });
}

function rowVersionOf(subject: Subject): number | null {
  switch (subject.kind) {
    case 'anonymous':
      return null;
    case 'plain':
      return subject.rowVersion;
    case 'consented':
      return subject.row.rowVersion;
  }
}

function isForAll({ segments, sensitive }: Offer): boolean {
  return segments.length === 0 && !sensitive;
}

function byRank(a: Offer, b: Offer): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return a.offerId < b.offerId ? -1 : 1;
}

function placesOf({ moments, surfaces }: Offer): ReadonlySet<string> {
  return new Set(moments.flatMap((moment) => surfaces.map((surface) => placeOf(moment, surface))));
}

function placeOf(moment: Moment, surface: Surface): string {
  return `${moment}/${surface}`;
}
