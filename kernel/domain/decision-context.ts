import type { HeldCoupon } from './cohort.ts';
import type { CartFacts, Facts } from './condition-facts.ts';
import { type ConsentedRow, liveGrants, type PlainHolder } from './consent.ts';
import type { CouponId, EpochMs, Gtin, OfferId, ZoneId } from './ids.ts';
import type { LedgerView } from './ledger.ts';
import type { Moment, Surface } from './offer.ts';
import type { OfferIndex } from './offer-index.ts';
import { mayShow } from './recognition.ts';
import type { StoreTime } from './schedule.ts';
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

/** What the rules may know: nothing of a person before the table of recognition.ts allows it. */
export interface Known {
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

export function knownOf(
  index: OfferIndex,
  subject: Subject,
  given: DecisionContext,
  ledger: LedgerView,
  now: EpochMs,
): Known {
  const may = mayShow(given.strength, given.evidence, given.surface, NO_CONSENTS);
  const isMixed = subject.kind === 'anonymous' && may.mix;
  const context = contextOf(given, isMixed ? given.mix : undefined);
  const nobody: Nobody = { index, context, ledger, now };
  switch (subject.kind) {
    case 'anonymous':
      return knownFrom(nobody, undefined, undefined);
    case 'plain':
      return knownFrom(nobody, undefined, couponsInHand(context, subject.coupons));
    case 'consented': {
      const { row } = subject;
      const { strength, evidence, surface, usedCoupons } = context;
      const { personalOffers } = mayShow(strength, evidence, surface, liveGrants(row, now));
      // Whoever said yes is shown no less than who did not.
      return personalOffers
        ? knownFrom(nobody, row, byOffer(row.coupons, usedCoupons))
        : knownFrom(nobody, undefined, couponsInHand(context, row.coupons));
    }
  }
}

interface Nobody {
  readonly index: OfferIndex;
  readonly context: DecisionContext;
  readonly ledger: LedgerView;
  readonly now: EpochMs;
}
type Profile = ConsentedRow<'personalise'>['row'];

/*
 * Each property by its name, always all of them in one order: every candidate asks these objects a dozen times, and objects that
 * begin with a spread each have a shape of their own in V8, so that every such question is a search.
 */
function contextOf(given: DecisionContext, mix: string | undefined): Required<DecisionContext> {
  return {
    moment: given.moment,
    surface: given.surface,
    zoneId: given.zoneId,
    strength: given.strength,
    evidence: given.evidence,
    gtin: given.gtin,
    mix,
    dwellSeconds: given.dwellSeconds,
    cart: given.cart,
    stock: given.stock,
    storeTime: given.storeTime,
    latest: given.latest,
    usedCoupons: given.usedCoupons,
    seed: given.seed,
  };
}

/** @param profile - undefined where nothing personal may be used */
function knownFrom(
  { index, context, ledger, now }: Nobody,
  profile: Profile | undefined,
  coupons: Known['coupons'],
): Known {
  const { gtin, storeTime } = context;
  const lastVisitAt = profile?.lastVisitAt;
  const facts: Required<Facts> = {
    segments: profile && new Set(profile.segments),
    affinities: profile?.affinities,
    points: profile?.points,
    daysSinceVisit:
      lastVisitAt === undefined ? undefined : Math.max(0, Math.floor((now - lastVisitAt) / DAY_MS)),
    zoneId: context.zoneId,
    dwellSeconds: context.dwellSeconds,
    scannedProduct: gtin,
    scannedCategory: gtin === undefined ? undefined : index.categoryOf(gtin),
    cart: context.cart,
    minuteOfDay: storeTime.minuteOfDay,
    weekday: storeTime.weekday,
    stock: context.stock,
  };
  const isSomebody = profile !== undefined;
  return { context, ledger, now, facts, arms: profile?.arms, isSomebody, coupons };
}

/** Coupons in one's own hand, shown where the person stands: never on a screen for all. */
function couponsInHand(context: DecisionContext, coupons: readonly HeldCoupon[]): Known['coupons'] {
  const { strength, evidence, surface, usedCoupons } = context;
  const isAct = evidence !== undefined && evidence !== 'token' && evidence !== 'report';
  const isOwnAct = (strength === 4 || (strength === 3 && isAct)) && surface !== 'public';
  return isOwnAct ? byOffer(coupons, usedCoupons) : undefined;
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
