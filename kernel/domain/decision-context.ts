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
    case 'plain':
      return withCouponsInHand(nobody, subject.coupons);
    case 'consented': {
      const { row } = subject;
      const { strength, evidence, surface } = context;
      const { personalOffers } = mayShow(strength, evidence, surface, liveGrants(row, now));
      // Whoever said yes is shown no less than who did not.
      if (!personalOffers) return withCouponsInHand(nobody, row.coupons);
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

/** Coupons in one's own hand, shown where the person stands: never on a screen for all. */
function withCouponsInHand(nobody: Known, coupons: readonly HeldCoupon[]): Known {
  const { strength, evidence, surface, usedCoupons } = nobody.context;
  const isAct = evidence !== undefined && evidence !== 'token' && evidence !== 'report';
  const isOwnAct = (strength === 4 || (strength === 3 && isAct)) && surface !== 'public';
  return isOwnAct ? { ...nobody, coupons: byOffer(coupons, usedCoupons) } : nobody;
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
