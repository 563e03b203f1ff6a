import { canonicalJson } from './canonical-json.ts';
import type { Known, Subject } from './decision-context.ts';
import type { Decision } from './decision-result.ts';
import type { OfferId } from './ids.ts';
import type { OfferIndex } from './offer-index.ts';

/** Versions, context and result as one text: the same for the same decision, whoever asks it again. */
export function canonicalOf(
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
