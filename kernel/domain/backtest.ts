import { costOfUse } from './benefit-cost.ts';
import { type ChanceRange, drawOf, rangeOf } from './chance.ts';
import type { HeldCoupon } from './cohort.ts';
import type { ConsentedRow } from './consent.ts';
import { decide } from './decision.ts';
import type { DecisionContext } from './decision-context.ts';
import type { Decision } from './decision-result.ts';
import type { CouponId, EpochMs, Gtin, OfferId, Pseudonym, ZoneId } from './ids.ts';
import { isAtCap } from './ledger.ts';
import { OfferIndex } from './offer-index.ts';
import type { Bundle, Moment, Offer, Surface } from './offer.ts';
import type { Rejection } from './rejection.ts';
import { type CountedBefore, ReplayLedger } from './replay-ledger.ts';
import type { StoreTime } from './schedule.ts';
import type { Evidence, Strength } from './strength.ts';

/** A moment of the journal at which the store decided for somebody. */
export interface ReplayedMoment {
  /** Of the fact: the draws of the moment come from it, and it orders moments of one time. */
  readonly eventId: string;
  readonly at: EpochMs;
  readonly pseudonym: Pseudonym;
  readonly moment: Extract<Moment, 'session' | 'scan'>;
  readonly surface: Extract<Surface, 'kiosk' | 'public'>;
  readonly zoneId: ZoneId | undefined;
  readonly strength: Strength;
  readonly evidence: Evidence;
  readonly gtin: Gtin | undefined;
}

export interface ReplaySettings {
  readonly storeTime: (at: EpochMs) => StoreTime;
  readonly counted: CountedBefore;
  /** How many days the moments are of. */
  readonly days: number;
}

/** Offers and products as they will be in force, and what of it is only to come. */
export interface TomorrowsOffers extends Pick<Bundle, 'version' | 'offers' | 'products'> {
  /** Nobody holds a coupon of these yet, and no slice is cut: each person counts as holding one, the total as this store's. */
  readonly fresh: ReadonlySet<OfferId>;
}

/** Groups of fewer people are not told apart: also none at all is fewer. */
export const FEWEST_PEOPLE = 20;
export const FEW = 'fewer-than-20';
export type Count = number | typeof FEW;

export interface ReplayedOffer {
  readonly offerId: OfferId;
  /** False: it is for moments or surfaces that a replay does not have. */
  readonly isReplayed: boolean;
  /** Moments at which nothing stood against it, whether or not a better one took its place. */
  readonly eligible: Count;
  readonly shown: Count;
  /** Different people to whom it was shown. */
  readonly people: Count;
  /** Undefined where people are few. */
  readonly uses: Reckoned | undefined;
  readonly cost: ReplayCost;
  /** Moments by the reason against it, the most first. */
  readonly against: readonly { readonly reason: Rejection; readonly moments: Count }[];
}
export interface Reckoned {
  /** Were it used by everybody as often as they may. */
  readonly most: number;
  /** Nine times of ten, by what this store has seen; undefined where it has seen nothing of the kind. */
  readonly likely: { readonly low: number; readonly high: number } | undefined;
}
/** Money in minor units. */
export type ReplayCost =
  | (Reckoned & { readonly kind: 'money' | 'points' })
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

/** In order of time; of one time by event, so that it does not matter in which order they came. */
export function inReplayOrder(moments: readonly ReplayedMoment[]): readonly ReplayedMoment[] {
  return [...moments].sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1));
}

type Offers = Pick<Bundle, 'version' | 'offers' | 'products'>;

/** The offers of `now`, as if those that run had run since `from` and those that are over never. */
export function todaysOffers(inForce: Offers, from: EpochMs, now: EpochMs): TomorrowsOffers {
  const offers = inForce.offers.map((offer) =>
    offer.validFrom <= now ? allAlong(offer, from, now) : offer,
  );
  return { ...inForce, offers, fresh: new Set() };
}

/**
 * The offers of tomorrow: those in force with what `draft` says anew or otherwise; `isWhole`: the draft alone. As if they
 * had run since `from`, also those that are to begin; what is over by `now` never.
 */
export function tomorrowsOffers(
  inForce: Offers,
  draft: Pick<Bundle, 'offers' | 'products'>,
  isWhole: boolean,
  from: EpochMs,
  now: EpochMs,
): TomorrowsOffers {
  const before = new Map(inForce.offers.map((offer) => [offer.offerId, offer]));
  const offers = new Map(isWhole ? [] : before);
  for (const offer of draft.offers) offers.set(offer.offerId, offer);
  const products = new Map(inForce.products.map((product) => [product.gtin, product]));
  for (const product of draft.products) products.set(product.gtin, product);
  const isFresh = ({ offerId, redemption, caps }: Offer) => {
    const old = before.get(offerId);
    return (
      old === undefined ||
      (redemption !== undefined && old.redemption === undefined) ||
      (caps?.total !== undefined && old.caps?.total === undefined)
    );
  };
  const all = [...offers.values()];
  return {
    version: inForce.version + 1,
    offers: all.map((offer) => allAlong(offer, from, now)),
    products: [...products.values()],
    fresh: new Set(all.filter(isFresh).map(({ offerId }) => offerId)),
  };
}

function allAlong(offer: Offer, from: EpochMs, now: EpochMs): Offer {
  const validFrom = Math.min(offer.validFrom, from);
  return { ...offer, validFrom, validUntil: offer.validUntil <= now ? from : offer.validUntil };
}

/**
 * Moments of the past under some bundle: what would have been shown to whom, reckoned without names. Give them in
 * order (`inReplayOrder`). What is shown counts as seen; whether it is then used is drawn by the store's own chances, so
 * that caps and coupons are used up as they would be. It writes nothing.
 */
export class Replay {
  readonly #index: OfferIndex;
  readonly #offers: TomorrowsOffers;
  readonly #settings: ReplaySettings;
  readonly #standIns: readonly HeldCoupon[];
  readonly #ledger: ReplayLedger;
  readonly #chances: ReadonlyMap<OfferId, ChanceRange>;
  readonly #tallies = new Map<OfferId, Tally>();
  readonly #people = new Map<Pseudonym, number>();
  readonly #usedCoupons = new Set<string>();
  #moments = 0;

  constructor(offers: TomorrowsOffers, settings: ReplaySettings) {
    this.#index = new OfferIndex(offers);
    this.#offers = offers;
    this.#settings = settings;
    this.#standIns = offers.offers
      .filter(({ offerId, redemption }) => redemption !== undefined && offers.fresh.has(offerId))
      .map(({ offerId }) => standInOf(offerId));
    this.#ledger = new ReplayLedger(offers, settings.counted);
    this.#chances = chancesOf(offers.offers, settings.counted);
    for (const { offerId } of offers.offers) this.#tallies.set(offerId, new Tally());
  }

  get moments(): Count {
    return countOf(this.#moments, this.#people.size);
  }

  get people(): Count {
    return countOf(this.#people.size, this.#people.size);
  }

  /** @param used - coupons of the person that were used up by then */
  take(
    moment: ReplayedMoment,
    subject: ConsentedRow<'personalise'>,
    used: ReadonlySet<CouponId>,
  ): Decision {
    const { pseudonym, at, eventId, moment: kind, surface, zoneId } = moment;
    const { strength, evidence, gtin } = moment;
    const storeTime = this.#settings.storeTime(at);
    const holder = this.#withStandIns(subject);
    const usedNow = holder.row.coupons
      .map(({ couponId }) => couponId)
      .filter((id) => used.has(id) || this.#usedCoupons.has(useOf(pseudonym, id)));
    const context: DecisionContext = {
      ...{ moment: kind, surface, zoneId, strength, evidence, gtin, storeTime },
      usedCoupons: new Set(usedNow),
      seed: eventId,
    };
    const ledger = this.#ledger.view(pseudonym, storeTime.date, at);
    const decision = decide(this.#index, holder, context, ledger, at);
    this.#moments += 1;
    this.#tally(decision, this.#numberOf(pseudonym));
    this.#ledger.show(pseudonym, decision.shown.length);
    for (const { offer, coupon } of decision.shown) {
      const chance = this.#chances.get(offer.offerId)?.mean ?? 0;
      if (drawOf(`${eventId}/${offer.offerId}`) >= chance || isAtCap(offer, ledger)) continue;
      this.#ledger.use(offer, pseudonym, at);
      if (coupon !== undefined) this.#usedCoupons.add(useOf(pseudonym, coupon.couponId));
    }
    return decision;
  }

  /** By id. Figures of fewer than 20 people are not given. */
  result(): readonly ReplayedOffer[] {
    return [...this.#offers.offers]
      .sort((a, b) => (a.offerId < b.offerId ? -1 : 1))
      .map((offer) => this.#resultOf(offer));
  }

  #resultOf(offer: Offer): ReplayedOffer {
    const { offerId } = offer;
    const tally = this.#tallies.get(offerId) ?? new Tally();
    const people = tally.shown.people;
    const uses = people === FEW ? undefined : this.#usesOf(offer, tally.shown.moments, people);
    return {
      offerId,
      isReplayed: isReplayed(offer),
      eligible: tally.eligible.count,
      shown: tally.shown.count,
      people,
      uses,
      cost: this.#costOf(offer, uses),
      against: [...tally.against]
        .sort(([a, { moments: m }], [b, { moments: n }]) => n - m || (a < b ? -1 : 1))
        .map(([reason, crowd]) => ({ reason, moments: crowd.count })),
    };
  }

  #usesOf(offer: Offer, shown: number, people: number): ReplayedOffer['uses'] {
    const { offerId, caps, redemption } = offer;
    const { perPerson, perStoreAndDay } = caps ?? {};
    const most = Math.min(
      redemption === undefined ? shown : people, // a coupon is used once
      perPerson === undefined ? Infinity : perPerson.times * people,
      perStoreAndDay === undefined ? Infinity : perStoreAndDay * this.#settings.days,
      this.#ledger.sliceAtFirst(offer) ?? Infinity,
    );
    const chance = this.#chances.get(offerId);
    const likely = chance && {
      low: Math.min(most, Math.floor(shown * chance.low)),
      high: Math.min(most, Math.ceil(shown * chance.high)),
    };
    return { most, likely };
  }

  #costOf(offer: Offer, uses: Reckoned | undefined): ReplayCost {
    const cost = costOfUse(offer, this.#offers.products);
    if (cost.kind === 'nothing' || cost.kind === 'unknown') return cost;
    if (uses === undefined) return { kind: 'unknown' };
    const isMoney = cost.kind === 'money';
    const [mean, dearest] = isMoney ? [cost.mean, cost.most] : [cost.points, cost.points];
    const bound = (isMoney ? offer.budget?.minor : undefined) ?? Infinity;
    const times = (count: number, each: number) => Math.min(Math.round(count * each), bound);
    const { most, likely } = uses;
    return {
      kind: cost.kind,
      most: times(most, dearest),
      likely: likely && { low: times(likely.low, mean), high: times(likely.high, mean) },
    };
  }

  #tally({ shown, rejected }: Decision, person: number): void {
    for (const { offer } of shown) {
      const tally = this.#tallies.get(offer.offerId);
      tally?.shown.add(person);
      tally?.eligible.add(person);
    }
    for (const { offerId, reason } of rejected) {
      const tally = this.#tallies.get(offerId);
      if (tally === undefined) continue;
      tally.reject(reason, person);
      if (STOOD.has(reason)) tally.eligible.add(person);
    }
  }

  #withStandIns(subject: ConsentedRow<'personalise'>): ConsentedRow<'personalise'> {
    if (this.#standIns.length === 0) return subject;
    const coupons = [...subject.row.coupons, ...this.#standIns];
    return { ...subject, row: { ...subject.row, coupons } }; // more coupons, the same consents
  }

  #numberOf(pseudonym: Pseudonym): number {
    const number = this.#people.get(pseudonym) ?? this.#people.size;
    this.#people.set(pseudonym, number);
    return number;
  }
}

/** Reasons against an offer that stood. */
const STOOD: ReadonlySet<Rejection> = new Set([
  'held-out',
  'group-taken',
  'shown-enough-today',
  'ranked-lower',
]);

function isReplayed({ moments, surfaces }: Offer): boolean {
  const hasMoment = moments.includes('session') || moments.includes('scan');
  return hasMoment && (surfaces.includes('kiosk') || surfaces.includes('public'));
}

function standInOf(offerId: OfferId): HeldCoupon {
  return { couponId: offerId as string as CouponId, offerId, code: '-', codeHash: '0'.repeat(32) };
}

const useOf = (pseudonym: Pseudonym, couponId: CouponId) => `${pseudonym}/${couponId}`;
const countOf = (moments: number, people: number): Count =>
  people < FEWEST_PEOPLE ? FEW : moments;

/** Moments, and of how many different people they are. */
export class Crowd<Person = number> {
  moments = 0;
  readonly #persons = new Set<Person>();
  readonly #mostKept: number;

  /** @param mostKept - beyond how many people it need not be known how many there are */
  constructor(mostKept: number) {
    this.#mostKept = mostKept;
  }

  add(person: Person): void {
    this.moments += 1;
    if (this.#persons.size < this.#mostKept) this.#persons.add(person);
  }

  get count(): Count {
    return countOf(this.moments, this.#persons.size);
  }

  get people(): Count {
    return countOf(this.#persons.size, this.#persons.size);
  }
}

class Tally {
  readonly eligible = new Crowd(FEWEST_PEOPLE);
  readonly shown = new Crowd(Infinity);
  readonly against = new Map<Rejection, Crowd>();

  reject(reason: Rejection, person: number): void {
    const crowd = this.against.get(reason) ?? new Crowd(FEWEST_PEOPLE);
    this.against.set(reason, crowd);
    crowd.add(person);
  }
}

const SEEN_ENOUGH = 20;

/**
 * How likely each is used where it is shown: by its own outcomes in this store; one that was seldom shown, between the
 * least and the best of the others. None where there are no others.
 */
function chancesOf(
  offers: readonly Offer[],
  { outcomes }: CountedBefore,
): ReadonlyMap<OfferId, ChanceRange> {
  const seen = offers
    .map(({ offerId }) => outcomes(offerId))
    .filter(({ exposed }) => exposed >= SEEN_ENOUGH);
  const rates = seen.map(({ exposed, accepted }) => Math.min(1, accepted / exposed));
  const asOthers: ChanceRange | undefined =
    rates.length === 0
      ? undefined
      : {
          low: rates.reduce((least, rate) => Math.min(least, rate), 1),
          mean: rates.reduce((all, rate) => all + rate, 0) / rates.length,
          high: rates.reduce((best, rate) => Math.max(best, rate), 0),
        };
  const ranges = new Map<OfferId, ChanceRange>();
  for (const { offerId } of offers) {
    const own = outcomes(offerId);
    const range = own.exposed >= SEEN_ENOUGH ? rangeOf(own) : asOthers;
    if (range !== undefined) ranges.set(offerId, range);
  }
  return ranges;
}
