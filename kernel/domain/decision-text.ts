import { canonicalJson } from './canonical-json.ts';
import type { Known, Subject } from './decision-context.ts';
import type { Decision } from './decision-result.ts';
import type { OfferId } from './ids.ts';
import type { OfferIndex } from './offer-index.ts';
import { REJECTIONS, type Rejection } from './rejection.ts';

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
  const asked = canonicalJson({
    ...{ moment, surface, zoneId, strength, evidence, gtin, mix, dwellSeconds, usedCoupons },
    ...{ at: now, latest: context.latest, seed: context.seed },
    storeTime: { ...context.storeTime },
    cart: cart && {
      products: [...cart.products].sort(),
      categories: [...cart.categories].sort(),
      minor: cart.minor,
    },
    stock: stock && Object.fromEntries(stock),
  });
  const eligible = canonicalJson(
    result.eligible.map(({ offerId, layer, arm }) => ({ offerId, layer, arm })),
  );
  const shown = canonicalJson(
    result.shown.map(({ offer: { offerId, version }, variant, coupon }) => ({
      ...{ offerId, version, variant, couponId: coupon?.couponId },
    })),
  );
  // Keys in order, as canonicalJson would have them.
  const said = `{"eligible":${eligible},"rejected":${byReason(result.rejected)},"shown":${shown}}`;
  const versions = [index.bundleVersion, ledger.version, rowVersionOf(subject)].map(canonicalJson);
  return `{"bundleVersion":${versions[0]},"context":${asked},"ledgerVersion":${versions[1]},"result":${said},"rowVersion":${versions[2]}}`;
}

const SORTED_REASONS: readonly Rejection[] = [...REJECTIONS].sort();

/**
 * Reason → ids, each list in the index's order: most of a decision's text are its rejected candidates. An id is a slug, so
 * its JSON is itself in quotes.
 */
function byReason(rejected: Decision['rejected']): string {
  const lists = new Map<Rejection, OfferId[]>();
  for (const { offerId, reason } of rejected) {
    const list = lists.get(reason);
    if (list === undefined) lists.set(reason, [offerId]);
    else list.push(offerId);
  }
  const fields = SORTED_REASONS.flatMap((reason) => {
    const list = lists.get(reason);
    return list === undefined ? [] : [`"${reason}":["${list.join('","')}"]`];
  });
  return `{${fields.join(',')}}`;
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
