import { canonicalJson } from './canonical-json.ts';
import { Chances } from './chance.ts';
import type { HeldCoupon } from './cohort.ts';
import type { Condition } from './condition.ts';
import { leavesOf } from './condition.ts';
import {
  type CartFacts,
  compile,
  type Facts,
  neededSegments,
  PROFILE_FACTS,
  type Test,
} from './condition-facts.ts';
import { type Need, whyNot as whyConditionNot } from './condition-needs.ts';
import { type ConsentedRow, liveGrants, type PlainHolder } from './consent.ts';
import { armOf } from './experiment.ts';
import type { CouponId, EpochMs, Gtin, Language, OfferId, ZoneId } from './ids.ts';
import { capAgainst, type LedgerView } from './ledger.ts';
import type { Bundle, Moment, Offer, Surface } from './offer.ts';
import { mayShow } from './recognition.ts';
import { isScheduled, type Schedule, type StoreTime } from './schedule.ts';
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
  readonly dwellSeconds?: number | undefined;
  readonly cart?: CartFacts | undefined;
  /** Pieces in this store, where somebody counts them. */
  readonly stock?: ReadonlyMap<Gtin, number> | undefined;
  readonly storeTime: StoreTime;
  /** So late it may be already, where nobody can say how late it is (time-5). */
  readonly latest?: EpochMs | undefined;
  /** Those of the subject's coupons that are used up. */
  readonly usedCoupons: ReadonlySet<CouponId>;
  /** The decision's own id: chances are drawn from it, so that a replay draws the same. */
  readonly seed: string;
}

/** In the order in which they are looked at; the last four are of those that stand. */
export const REJECTIONS = [
  'other-moment',
  'other-surface',
  'not-yet-valid',
  'over',
  'may-be-over',
  'outside-schedule',
  'sensitive-here',
  'other-zone',
  'strength-too-low',
  'not-personal-here',
  'other-product',
  'not-in-segment',
  'not-in-audience',
  'out-of-stock',
  'no-coupon-held',
  'coupon-used',
  'cap-of-person',
  'cap-of-day',
  'slice-spent',
  'budget-spent',
  'price-not-on-record',
  'held-out',
  'group-taken',
  'shown-enough-today',
  'ranked-lower',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

export interface ShownOffer {
  readonly offer: Offer;
  /** Which text of the offer's experiment; undefined: its own. */
  readonly variant: string | undefined;
  /** The subject's own coupon for it. */
  readonly coupon: HeldCoupon | undefined;
  /** One sentence: why this offer. */
  readonly reason: Readonly<Record<Language, string>>;
}
/** Somebody in an experiment for whom an offer stood, whether or not it was then shown (intention to treat). */
export interface Eligible {
  readonly offerId: OfferId;
  readonly layer: string;
  /** `held-out`, a variant's name, or `shown` where there are no variants. */
  readonly arm: string;
}
export interface Decision {
  readonly shown: readonly ShownOffer[];
  readonly eligible: readonly Eligible[];
  /** Candidates for this moment, surface, zone and profile that are not shown; any other offer: `whyNot`. */
  readonly rejected: readonly { readonly offerId: OfferId; readonly reason: Rejection }[];
  /** Versions, context and result as one text, to be hashed. */
  readonly canonical: string;
}

/**
 * An offer made ready to be asked. One shape for all: offers come with and without many fields, and reading fields of
 * objects of many shapes costs more than the questions themselves.
 */
class PreparedOffer {
  readonly offer: Offer;
  readonly offerId: OfferId;
  /** By priority, then by id: 0 is the first of the bundle. */
  readonly order: number;
  readonly priority: number;
  readonly group: string | undefined;
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  readonly schedule: Schedule | undefined;
  readonly sensitive: boolean;
  readonly minStrength: Strength;
  readonly zones: ReadonlySet<ZoneId> | undefined;
  /** Undefined: about the whole shop. */
  readonly about:
    { readonly gtins: ReadonlySet<Gtin>; readonly categories: ReadonlySet<string> } | undefined;
  /** Any of these; undefined: everybody. */
  readonly segments: readonly string[] | undefined;
  readonly audience: Test | undefined;
  /** Whether its audience asks about a profile. */
  readonly asksProfile: boolean;
  readonly minStock: number | undefined;
  readonly needsCoupon: boolean;
  readonly isCounted: boolean;

  constructor(offer: Offer, order: number) {
    const { offerId, priority, validFrom, validUntil, sensitive, minStrength } = offer;
    const { audience, segments, zones, gtins, categories, caps, budget, guards } = offer;
    this.offer = offer;
    this.offerId = offerId;
    this.order = order;
    this.priority = priority;
    this.group = offer.group;
    this.validFrom = validFrom;
    this.validUntil = validUntil;
    this.schedule = offer.schedule;
    this.sensitive = sensitive;
    this.minStrength = minStrength;
    this.zones = zones === undefined || zones.length === 0 ? undefined : new Set(zones);
    this.about =
      gtins.length + categories.length === 0
        ? undefined
        : { gtins: new Set(gtins), categories: new Set(categories) };
    this.segments = segments.length === 0 ? undefined : segments;
    this.audience = audience && compile(audience);
    this.asksProfile = asksProfile(audience);
    this.minStock = guards?.minStock;
    this.needsCoupon = offer.redemption !== undefined;
    this.isCounted = caps !== undefined || budget !== undefined || guards?.priceEvidence === true;
  }
}
/** The offers of one moment, surface and zone: those for anybody, and those that need a segment, under each that does. */
interface Shelf {
  readonly open: PreparedOffer[];
  readonly bySegment: Map<string, PreparedOffer[]>;
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
    { moment, surface, zoneId }: Pick<DecisionContext, 'moment' | 'surface' | 'zoneId'>,
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

const DEFAULT_LIMIT = 4;
const ANYWHERE = '*';

/**
 * Which offers for this subject and moment, at most `limit`; pure, so that a replay agrees. By priority; among equals by
 * the mix of those present, then by value × chance of acceptance, then by id.
 */
export function decide(
  index: OfferIndex,
  subject: Subject,
  context: DecisionContext,
  ledger: LedgerView,
  now: EpochMs,
  limit = DEFAULT_LIMIT,
): Decision {
  const known = knownOf(index, subject, context, ledger, now);
  const rejected: Rejected[] = [];
  const eligible: Eligible[] = [];
  const standing: Standing[] = [];
  for (const prepared of index.candidates(context, known.facts.segments)) {
    const { offer, offerId } = prepared;
    const reason = judge(prepared, known);
    if (reason !== undefined) {
      rejected.push({ offerId, reason });
      continue;
    }
    const arm = armOf(offer.experiment, known.arms);
    if (arm?.kind === 'held-out') {
      eligible.push({ offerId, layer: arm.layer, arm: 'held-out' });
      rejected.push({ offerId, reason: 'held-out' });
      continue;
    }
    if (arm !== undefined)
      eligible.push({ offerId, layer: arm.layer, arm: arm.variant ?? 'shown' });
    standing.push({ prepared, variant: arm?.variant });
  }
  const shown = rank(index, standing, known, limit, rejected);
  const canonical = canonicalOf(index, subject, known, { shown, eligible, rejected });
  return { shown, eligible, rejected, canonical };
}

interface Standing {
  readonly prepared: PreparedOffer;
  readonly variant: string | undefined;
}
type Rejected = Decision['rejected'][number];

/**
 * The best ones, one a group, no more than the person is to be shown today. Chances are drawn among offers of one
 * priority, as long as there is room for them.
 * @param standing - by priority, then by id
 */
function rank(
  index: OfferIndex,
  standing: readonly Standing[],
  known: Known,
  limit: number,
  rejected: Rejected[],
): ShownOffer[] {
  const { ledger, context } = known;
  const chances = new Chances(context.seed);
  const most = known.isSomebody ? Math.min(limit, ledger.fatigueLeft) : limit;
  const noRoom = most < limit ? 'shown-enough-today' : 'ranked-lower';
  const shown: ShownOffer[] = [];
  const groups = new Set<string>();
  for (let from = 0; from < standing.length;) {
    const tier = tierFrom(standing, from);
    from += tier.length;
    const inOrder = shown.length < most ? byWorth(index, tier, known, chances) : tier;
    for (const { prepared, variant } of inOrder) {
      const { offer, offerId, group } = prepared;
      if (group !== undefined && groups.has(group)) {
        rejected.push({ offerId, reason: 'group-taken' });
      } else if (shown.length >= most) {
        rejected.push({ offerId, reason: noRoom });
      } else {
        if (group !== undefined) groups.add(group);
        shown.push(show(offer, variant, known));
      }
    }
  }
  return shown;
}

/** Those of the same priority as the one at `from`. */
function tierFrom(standing: readonly Standing[], from: number): readonly Standing[] {
  const priority = standing[from]?.prepared.priority;
  let end = from + 1;
  while (standing[end]?.prepared.priority === priority) end += 1;
  return standing.slice(from, end);
}

/** Led ones first, then by value × chance; what says no value comes last, by id, so that a screen of such offers is calm. */
function byWorth(
  index: OfferIndex,
  tier: readonly Standing[],
  { ledger, context: { mix } }: Known,
  chances: Chances,
): readonly Standing[] {
  if (tier.length === 1) return tier;
  return tier
    .map((each) => {
      const { offer, offerId } = each.prepared;
      const isLed = mix !== undefined && index.isLed(offer, mix);
      const { valueMinor = 0 } = offer;
      const worth = valueMinor > 0 ? valueMinor * chances.of(ledger.outcomes(offerId)) : 0;
      return { each, isLed, worth };
    })
    .sort((a, b) => Number(b.isLed) - Number(a.isLed) || b.worth - a.worth)
    .map(({ each }) => each);
}

/** Why an offer is not shown; what its audience would need, where that is the reason. */
export interface Explanation {
  readonly reason: Rejection | 'unknown-offer';
  /** With `not-in-audience`: the answers that would have to be others; empty where its questions contradict each other. */
  readonly needs?: readonly Need[];
}

/** Of any offer, candidate or not; undefined where nothing but rank, group or hold-out may stand against it. */
export function whyNot(
  index: OfferIndex,
  offerId: OfferId,
  subject: Subject,
  context: DecisionContext,
  ledger: LedgerView,
  now: EpochMs,
): Explanation | undefined {
  const prepared = index.prepared(offerId);
  if (prepared === undefined) return { reason: 'unknown-offer' };
  const { moments, surfaces, audience } = prepared.offer;
  if (!moments.includes(context.moment)) return { reason: 'other-moment' };
  if (!surfaces.includes(context.surface)) return { reason: 'other-surface' };
  const known = knownOf(index, subject, context, ledger, now);
  const reason = judge(prepared, known);
  if (reason === undefined) return undefined;
  if (reason !== 'not-in-audience' || audience === undefined) return { reason };
  const why = whyConditionNot(audience, known.facts);
  return { reason, needs: why.kind === 'missing' ? why.needs : [] };
}

/** What the rules may know: nothing of a person before the table of recognition.ts allows it. */
interface Known {
  /** With `mix` only where a screen for all may follow it. */
  readonly context: DecisionContext;
  readonly ledger: LedgerView;
  readonly now: EpochMs;
  readonly facts: Facts;
  readonly arms: Readonly<Record<string, number>> | undefined;
  readonly isSomebody: boolean;
  /** By offer; an unused one before a used one. Undefined where nobody's may be looked at. */
  readonly coupons: ReadonlyMap<OfferId, HeldCoupon> | undefined;
}

function knownOf(
  index: OfferIndex,
  subject: Subject,
  given: DecisionContext,
  ledger: LedgerView,
  now: EpochMs,
): Known {
  const may = mayShow(given.strength, given.evidence, given.surface, NO_CONSENTS);
  const isMixed = subject.kind === 'anonymous' && may.mix;
  const context = isMixed ? given : { ...given, mix: undefined };
  const { gtin } = context;
  const moment: Facts = {
    zoneId: context.zoneId,
    dwellSeconds: context.dwellSeconds,
    scannedProduct: gtin,
    scannedCategory: gtin === undefined ? undefined : index.categoryOf(gtin),
    cart: context.cart,
    stock: context.stock,
    minuteOfDay: context.storeTime.minuteOfDay,
    weekday: context.storeTime.weekday,
  };
  const nobody: Known = {
    ...{ context, ledger, now, facts: moment, arms: undefined },
    isSomebody: false,
    coupons: undefined,
  };
  switch (subject.kind) {
    case 'anonymous':
      return nobody;
    case 'plain': {
      // Coupons in one's own hand, shown where the person stands: never on a screen for all.
      const isOwnAct = context.strength >= 3 && context.surface !== 'public';
      if (!isOwnAct) return nobody;
      return { ...nobody, coupons: byOffer(subject.coupons, context.usedCoupons) };
    }
    case 'consented': {
      const { row } = subject;
      const { strength, evidence, surface } = context;
      const { personalOffers } = mayShow(strength, evidence, surface, liveGrants(row, now));
      if (!personalOffers) return nobody;
      const { lastVisitAt } = row;
      const profile: Facts = {
        segments: new Set(row.segments),
        affinities: row.affinities,
        points: row.points,
        daysSinceVisit:
          lastVisitAt === undefined
            ? undefined
            : Math.max(0, Math.floor((now - lastVisitAt) / DAY_MS)),
      };
      return {
        ...nobody,
        facts: { ...moment, ...profile },
        arms: row.arms,
        isSomebody: true,
        coupons: byOffer(row.coupons, context.usedCoupons),
      };
    }
  }
}

const DAY_MS = 86_400_000;
const NO_CONSENTS: ReadonlySet<never> = new Set<never>();

function byOffer(
  coupons: readonly HeldCoupon[],
  used: ReadonlySet<CouponId>,
): ReadonlyMap<OfferId, HeldCoupon> {
  const unusedLast = [...coupons].sort(
    (a, b) => Number(used.has(b.couponId)) - Number(used.has(a.couponId)),
  );
  return new Map(unusedLast.map((coupon) => [coupon.offerId, coupon]));
}

function judge(prepared: PreparedOffer, known: Known): Rejection | undefined {
  const { context, ledger, now, facts, coupons } = known;
  if (now < prepared.validFrom) return 'not-yet-valid';
  if (now >= prepared.validUntil) return 'over';
  if (context.latest !== undefined && context.latest >= prepared.validUntil) return 'may-be-over';
  const { schedule, zones, about, segments, audience } = prepared;
  if (schedule !== undefined && !isScheduled(schedule, context.storeTime))
    return 'outside-schedule';
  const isPublic = context.surface === 'public' || context.surface === 'kiosk';
  if (prepared.sensitive && isPublic) return 'sensitive-here';
  if (zones !== undefined && !(context.zoneId !== undefined && zones.has(context.zoneId)))
    return 'other-zone';
  if (context.strength < prepared.minStrength) return 'strength-too-low';
  if (asksWhoIsThere(prepared, known))
    return context.strength < 3 ? 'strength-too-low' : 'not-personal-here';
  if (about !== undefined && !isAbout(about, facts)) return 'other-product';
  if (segments?.some((segment) => facts.segments?.has(segment)) === false) return 'not-in-segment';
  if (audience?.(facts) === false) return 'not-in-audience';
  if (isOutOfStock(prepared, context.stock)) return 'out-of-stock';
  if (prepared.needsCoupon) {
    const coupon = coupons?.get(prepared.offerId);
    if (coupon === undefined) return 'no-coupon-held';
    if (context.usedCoupons.has(coupon.couponId)) return 'coupon-used';
  }
  return prepared.isCounted ? capAgainst(prepared.offer, ledger) : undefined;
}

/**
 * Whether it turns on a profile or a coupon where nobody's may be used: nobody acted, the surface is everybody's, or there
 * is no yes to personal offers. What a person has or lacks is then no reason, and is not told.
 */
function asksWhoIsThere(prepared: PreparedOffer, { facts, coupons }: Known): boolean {
  if (prepared.needsCoupon && coupons === undefined) return true;
  if (facts.segments !== undefined) return false;
  return (
    prepared.segments !== undefined ||
    (prepared.asksProfile && prepared.audience?.(facts) === false)
  );
}

/** A stock that nobody counts is no obstacle. */
function isOutOfStock(
  { offer, minStock }: PreparedOffer,
  stock: DecisionContext['stock'],
): boolean {
  if (minStock === undefined || stock === undefined) return false;
  return offer.gtins.some((gtin) => (stock.get(gtin) ?? Infinity) < minStock);
}

/** Where no product is in question, offers of any product stand. */
function isAbout(
  { gtins, categories }: NonNullable<PreparedOffer['about']>,
  { scannedProduct, scannedCategory }: Facts,
): boolean {
  if (scannedProduct === undefined || gtins.has(scannedProduct)) return true;
  return scannedCategory !== undefined && categories.has(scannedCategory);
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

function show(offer: Offer, variant: string | undefined, known: Known): ShownOffer {
  const coupon = offer.redemption === undefined ? undefined : known.coupons?.get(offer.offerId);
  return { offer, variant, coupon, reason: BECAUSE[becauseOf(offer, coupon, known)] };
}

function becauseOf(
  offer: Offer,
  coupon: HeldCoupon | undefined,
  { context }: Known,
): keyof typeof BECAUSE {
  const isOfProducts = offer.gtins.length > 0 || offer.categories.length > 0;
  if (context.gtin !== undefined && isOfProducts) return 'product';
  if (offer.segments.length > 0 || asksProfile(offer.audience)) return 'profile';
  return coupon === undefined ? 'everybody' : 'coupon';
}

function canonicalOf(
  index: OfferIndex,
  subject: Subject,
  { context, ledger, now, coupons }: Known,
  result: Omit<Decision, 'canonical'>,
): string {
  const { moment, surface, zoneId, strength, evidence, gtin, mix, dwellSeconds, cart, stock } =
    context;
  const held = [...(coupons?.values() ?? [])].map(({ couponId }) => couponId);
  const usedCoupons = held.filter((couponId) => context.usedCoupons.has(couponId)).sort();
  return canonicalJson({
    bundleVersion: index.bundleVersion,
    rowVersion: rowVersionOf(subject),
    ledgerVersion: ledger.version,
    context: {
      ...{
        moment,
        surface,
        zoneId,
        strength,
        evidence,
        gtin,
        mix,
        dwellSeconds,
        usedCoupons,
        at: now,
        latest: context.latest,
      },
      ...{ seed: context.seed, storeTime: { ...context.storeTime } },
      cart: cart && {
        products: [...cart.products].sort(),
        categories: [...cart.categories].sort(),
        minor: cart.minor,
      },
      stock: stock && Object.fromEntries(stock),
    },
    result: {
      shown: result.shown.map(({ offer: { offerId, version }, variant, coupon }) => ({
        ...{ offerId, version, variant },
        couponId: coupon?.couponId,
      })),
      eligible: result.eligible.map(({ offerId, layer, arm }) => ({ offerId, layer, arm })),
      rejected: byReason(result.rejected),
    },
  });
}

/** Reason → ids, each list in the index's order: most of a decision's text are its rejected candidates. */
function byReason(rejected: Decision['rejected']): Readonly<Record<string, readonly OfferId[]>> {
  const lists: Record<string, OfferId[]> = {};
  for (const { offerId, reason } of rejected) {
    const list = lists[reason];
    if (list === undefined) lists[reason] = [offerId];
    else list.push(offerId);
  }
  return lists;
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

function asksProfile(audience: Condition | undefined): boolean {
  return audience !== undefined && leavesOf(audience).some(({ fact }) => PROFILE_FACTS.has(fact));
}

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
