import { type Need, whyNot as whyConditionNot } from './condition-needs.ts';
import { type DecisionContext, knownOf, type Subject } from './decision-context.ts';
import { armOf } from './experiment.ts';
import type { EpochMs, Gtin, OfferId } from './ids.ts';
import type { LedgerView } from './ledger.ts';
import { isForAll, type OfferIndex } from './offer-index.ts';
import { judge, type Rejection } from './rejection.ts';

/** Why an offer is not shown; what its audience would need, where that is the reason. */
export interface Explanation {
  readonly reason: Rejection | 'unknown-offer';
  /** With `not-in-audience`: the answers that would have to be others; empty where its questions contradict each other. */
  readonly needs?: readonly Need[];
  /** With `price-not-on-record` and `price-not-cut`: of which products; empty where the offer names none by its number. */
  readonly gtins?: readonly Gtin[];
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
  if (reason === 'price-not-on-record' || reason === 'price-not-cut') {
    const evidence = ledger.priceEvidence(prepared.offer);
    return { reason, gtins: evidence.kind === 'on-record' ? [] : evidence.gtins };
  }
  if (reason !== 'not-in-audience' || audience === undefined) return { reason };
  const why = whyConditionNot(audience, known.facts);
  return { reason, needs: why.kind === 'missing' ? why.needs : [] };
}

/** Where an offer is used and not shown: what says when and where to show it does not count. */
export type UseContext = Omit<DecisionContext, 'moment' | 'surface' | 'zoneId' | 'stock' | 'mix'>;

/** Why an offer may not be used at a till by this subject now, of which nothing is shown to anybody else. */
export function whyNotUsed(
  index: OfferIndex,
  offerId: OfferId,
  subject: Subject,
  context: UseContext,
  ledger: LedgerView,
  now: EpochMs,
): Rejection | 'unknown-offer' | undefined {
  const prepared = index.prepared(offerId);
  if (prepared === undefined) return 'unknown-offer';
  const [zoneId] = prepared.offer.zones ?? [];
  const own: DecisionContext = { ...context, moment: 'cart', surface: 'phone', zoneId };
  const known = knownOf(index, subject, own, ledger, now);
  const reason = judge(prepared, known);
  if (reason !== undefined || isForAll(prepared.offer)) return reason;
  return armOf(prepared.offer.experiment, known.arms)?.kind === 'held-out' ? 'held-out' : undefined;
}
