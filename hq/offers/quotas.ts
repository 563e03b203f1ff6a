import { share } from '../../kernel/domain/escrow.ts';
import type { OfferId } from '../../kernel/domain/ids.ts';
import type { Tables } from '../unit-of-work.ts';

/**
 * Tells the stores what of an offer's total is theirs to give, where that changes: once it is published, and with each
 * use and each unit given back that comes in. The total is that of the newest version that any store serves. Grants and
 * words are one transaction.
 */
export async function shareOut(
  { quotas, publications, changes }: Tables,
  offerId: OfferId,
): Promise<void> {
  const served = await publications.servedAs(offerId);
  const total = [...served.values()].sort((a, b) => b.version - a.version)[0]?.caps?.total;
  if (total === undefined) return;
  const slices = await quotas.of(offerId);
  for (const [storeId, { granted, keep }] of share(total, slices, [...served.keys()])) {
    const { returned = 0, spent = 0 } = slices.get(storeId) ?? {};
    await quotas.grant(offerId, storeId, granted);
    const word = { kind: 'slice', offerId, granted, returned, spent } as const;
    const change = keep === undefined ? word : { ...word, keep };
    // Kept apart from the rows of people, whose subjects are pseudonyms.
    await changes.append('cohort', storeId, change, `slice:${offerId}`);
  }
}
