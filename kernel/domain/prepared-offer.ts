import type { Condition } from './condition.ts';
import { leavesOf } from './condition.ts';
import { compile, PROFILE_FACTS, type Test } from './condition-facts.ts';
import type { EpochMs, Gtin, OfferId, ZoneId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { Schedule } from './schedule.ts';
import type { Strength } from './strength.ts';

/** What an offer may ask beside its moment, surface and validity, each a bit. */
export const ASKS = {
  schedule: 1 << 0,
  /** That nobody looks on. */
  discretion: 1 << 1,
  zone: 1 << 2,
  strength: 1 << 3,
  product: 1 << 4,
  segment: 1 << 5,
  audience: 1 << 6,
  stock: 1 << 7,
  coupon: 1 << 8,
  ledger: 1 << 9,
} as const;

/**
 * An offer made ready to be asked. One shape for all: offers come with and without many fields, and reading fields of
 * objects of many shapes costs more than the questions themselves.
 */
export class PreparedOffer {
  /** Bits of `ASKS`: most offers are judged by these and their validity alone. */
  readonly asks: number;
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  readonly audience: Test | undefined;
  readonly experiment: Offer['experiment'];
  readonly offerId: OfferId;
  readonly group: string | undefined;
  readonly priority: number;
  readonly valueMinor: number;
  readonly offer: Offer;
  readonly schedule: Schedule | undefined;
  readonly minStrength: Strength;
  readonly zones: ReadonlySet<ZoneId> | undefined;
  /** Undefined: about the whole shop. */
  readonly about:
    { readonly gtins: ReadonlySet<Gtin>; readonly categories: ReadonlySet<string> } | undefined;
  /** Any of these; undefined: everybody. */
  readonly segments: readonly string[] | undefined;
  /** Whether its audience asks about a profile. */
  readonly asksProfile: boolean;
  readonly minStock: number | undefined;

  constructor(offer: Offer) {
    const { offerId, priority, validFrom, validUntil, minStrength } = offer;
    const { audience, segments, zones, gtins, categories, guards } = offer;
    this.asks = asksOf(offer);
    this.validFrom = validFrom;
    this.validUntil = validUntil;
    this.audience = audience && compile(audience);
    this.experiment = offer.experiment;
    this.offerId = offerId;
    this.group = offer.group;
    this.priority = priority;
    this.valueMinor = offer.valueMinor ?? 0;
    this.offer = offer;
    this.schedule = offer.schedule;
    this.minStrength = minStrength;
    this.zones = zones === undefined || zones.length === 0 ? undefined : new Set(zones);
    this.about =
      gtins.length + categories.length === 0
        ? undefined
        : { gtins: new Set(gtins), categories: new Set(categories) };
    this.segments = segments.length === 0 ? undefined : segments;
    this.asksProfile = asksProfile(audience);
    this.minStock = guards?.minStock;
  }
}

function asksOf(offer: Offer): number {
  const { zones = [], gtins, categories, guards } = offer;
  const isCounted =
    offer.caps !== undefined || offer.budget !== undefined || guards?.priceEvidence === true;
  return (
    (offer.schedule === undefined ? 0 : ASKS.schedule) |
    (offer.sensitive ? ASKS.discretion : 0) |
    (zones.length === 0 ? 0 : ASKS.zone) |
    (offer.minStrength === 0 ? 0 : ASKS.strength) |
    (gtins.length + categories.length === 0 ? 0 : ASKS.product) |
    (offer.segments.length === 0 ? 0 : ASKS.segment) |
    (offer.audience === undefined ? 0 : ASKS.audience) |
    (guards?.minStock === undefined ? 0 : ASKS.stock) |
    (offer.redemption === undefined ? 0 : ASKS.coupon) |
    (isCounted ? ASKS.ledger : 0)
  );
}

/** Whether it turns on what a profile says. */
export function asksProfile(audience: Condition | undefined): boolean {
  return audience !== undefined && leavesOf(audience).some(({ fact }) => PROFILE_FACTS.has(fact));
}
