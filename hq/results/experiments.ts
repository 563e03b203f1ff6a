import { canonicalJson, type JsonValue } from '../../kernel/domain/canonical-json.ts';
import type { EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { Tables } from '../unit-of-work.ts';
import type { Experiment } from './measure-repository.ts';

/** What must stay the same for people to be compared with one another: who gets it, and what it is. */
export interface Definition {
  readonly layer: string;
  /** Buckets of 10,000. */
  readonly holdOut: number;
  readonly variants: readonly { readonly variant: string; readonly buckets: number }[];
  readonly benefit: Offer['benefit'];
  /** Null: it has no coupon. */
  readonly redemption: NonNullable<Offer['redemption']> | null;
}

/** Words, times and places may change under way, as they change for both sides alike. Undefined: nothing is compared. */
export function definitionOf({ experiment, benefit, redemption }: Offer): Definition | undefined {
  if (experiment === undefined) return undefined;
  const { layer, holdOut } = experiment;
  const variants = experiment.variants.map(({ variant, buckets }) => ({ variant, buckets }));
  return { layer, holdOut, variants, benefit, redemption: redemption ?? null };
}

/**
 * Writes down by which comparisons a store decides from a bundle on: a decision names its bundle, and no more. Where an
 * offer is defined otherwise than before a new comparison begins, and nobody is taken over from the old one.
 */
export async function noteServed(
  { measures }: Tables,
  storeId: StoreId,
  bundle: number,
  offers: readonly Offer[],
  now: EpochMs,
): Promise<void> {
  const served = await measures.servedBy(storeId);
  for (const offer of offers) {
    const { offerId } = offer;
    const experiment = await experimentOf(measures, offer, now);
    if (experiment !== served.get(offerId))
      await measures.serve(storeId, offerId, { bundle, at: now }, experiment);
  }
}

/** The version with which the offer's comparison began, which may be now; undefined: nothing is compared. */
async function experimentOf(
  measures: Tables['measures'],
  offer: Offer,
  now: EpochMs,
): Promise<number | undefined> {
  const { offerId, version } = offer;
  const defined = definitionOf(offer);
  if (defined === undefined) return undefined;
  const definition = canonicalJson(defined as unknown as JsonValue);
  const before = await measures.experimentAt(offerId, version);
  if (before?.definition === definition) return before.sinceVersion;
  await measures.begin({ offerId, sinceVersion: version, sinceAt: now, definition });
  return version;
}

export const definedBy = ({ definition }: Experiment) => JSON.parse(definition) as Definition;
