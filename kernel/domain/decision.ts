import { Chances } from './chance.ts';
import type { HeldCoupon } from './cohort.ts';
import { type DecisionContext, type Known, knownOf, type Subject } from './decision-context.ts';
import type { Decision, Eligible, ShownOffer } from './decision-result.ts';
import { canonicalOf } from './decision-text.ts';
import { armName, armOf } from './experiment.ts';
import type { EpochMs } from './ids.ts';
import type { LedgerView } from './ledger.ts';
import type { OfferIndex } from './offer-index.ts';
import type { PreparedOffer } from './prepared-offer.ts';
import { isCounted, judge, settledFor } from './rejection.ts';

const DEFAULT_LIMIT = 4;

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
  const settled = settledFor(known);
  for (const prepared of index.candidates(context, known.facts.segments)) {
    const { offerId } = prepared;
    const reason = judge(prepared, known, settled);
    const arm = armOf(prepared.experiment, known.arms);
    if (arm !== undefined && isCounted(prepared, known, reason))
      eligible.push({ offerId, layer: arm.layer, arm: armName(arm) });
    if (reason !== undefined) rejected.push({ offerId, reason });
    else if (arm?.kind === 'held-out') rejected.push({ offerId, reason: 'held-out' });
    else standing.push({ prepared, variant: arm?.variant });
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
    const hasRoom = shown.length < most;
    const tier = hasRoom ? tierFrom(standing, from) : standing.slice(from);
    from += tier.length;
    for (const { prepared, variant } of hasRoom ? byWorth(index, tier, known, chances) : tier) {
      const { offerId, group } = prepared;
      if (group !== undefined && groups.has(group)) {
        rejected.push({ offerId, reason: 'group-taken' });
      } else if (shown.length >= most) {
        rejected.push({ offerId, reason: noRoom });
      } else {
        if (group !== undefined) groups.add(group);
        shown.push(show(prepared, variant, known));
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
      const { offer, offerId, valueMinor } = each.prepared;
      const isLed = mix !== undefined && index.isLed(offer, mix);
      const worth = valueMinor > 0 ? valueMinor * chances.of(ledger.outcomes(offerId)) : 0;
      return { each, isLed, worth };
    })
    .sort((a, b) => Number(b.isLed) - Number(a.isLed) || b.worth - a.worth)
    .map(({ each }) => each);
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

function show(prepared: PreparedOffer, variant: string | undefined, known: Known): ShownOffer {
  const { offer } = prepared;
  const coupon = offer.redemption === undefined ? undefined : known.coupons?.get(offer.offerId);
  return { offer, variant, coupon, reason: BECAUSE[becauseOf(prepared, coupon, known)] };
}

function becauseOf(
  { about, segments, asksProfile }: PreparedOffer,
  coupon: HeldCoupon | undefined,
  { context }: Known,
): keyof typeof BECAUSE {
  if (context.gtin !== undefined && about !== undefined) return 'product';
  if (segments !== undefined || asksProfile) return 'profile';
  return coupon === undefined ? 'everybody' : 'coupon';
}
