import { NO_SLICE, share, type SliceUnit } from '../../kernel/domain/escrow.ts';
import type { OfferId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { Tables } from '../unit-of-work.ts';

/**
 * Tells the stores what of an offer's total or budget is theirs to give, where that changes: once it is published, and
 * with each use and each unit given back that comes in. It is that of the newest version that any store serves. Grants
 * and words are one transaction.
 */
export async function shareOut(
  { quotas, publications, changes }: Tables,
  offerId: OfferId,
  unit: SliceUnit = 'use',
): Promise<void> {
  const served = await publications.servedAs(offerId);
  const newest = [...served.values()].sort((a, b) => b.version - a.version)[0];
  const total = unit === 'use' ? newest?.caps?.total : newest?.budget?.minor;
  if (newest === undefined || total === undefined) return;
  const slices = await quotas.of(offerId, unit);
  const least = unit === 'use' ? 1 : leastOf(newest);
  for (const [storeId, { granted, keep }] of share(total, slices, [...served.keys()], least)) {
    const { returned, spent, givenBack } = slices.get(storeId) ?? NO_SLICE;
    await quotas.grant(offerId, unit, storeId, granted);
    const word = { kind: 'slice', offerId, granted, returned, spent } as const;
    const change = {
      ...word,
      ...(unit !== 'use' && { unit }),
      ...(givenBack > 0 && { givenBack }),
      ...(keep !== undefined && { keep }),
    };
    // Kept apart from the rows of people, whose subjects are pseudonyms.
    await changes.append('cohort', storeId, change, `${SUBJECT[unit]}:${offerId}`);
  }
}

const SUBJECT = { use: 'slice', minor: 'budget' } as const satisfies Record<SliceUnit, string>;

/** What one effect takes off at least, where the offer says so: a slice of less would do nothing. */
function leastOf({ benefit }: Pick<Offer, 'benefit'>): number {
  return benefit.kind === 'amount' ? Math.max(1, benefit.amount.minor) : 1;
}
