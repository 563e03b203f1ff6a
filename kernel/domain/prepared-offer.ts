import type { Condition } from './condition.ts';
import { leavesOf } from './condition.ts';
import { compile, PROFILE_FACTS, type Test } from './condition-facts.ts';
import type { EpochMs, Gtin, OfferId, ZoneId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { Schedule } from './schedule.ts';
import type { Strength } from './strength.ts';

/**
 * An offer made ready to be asked. One shape for all: offers come with and without many fields, and reading fields of
 * objects of many shapes costs more than the questions themselves.
 */
export class PreparedOffer {
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

/** Whether it turns on what a profile says. */
export function asksProfile(audience: Condition | undefined): boolean {
  return audience !== undefined && leavesOf(audience).some(({ fact }) => PROFILE_FACTS.has(fact));
}
