import type { Offer } from './offer.ts';

/** A person's bucket per layer, 0 to 9,999, as HQ alone gives them; a layer without one is outside every experiment. */
export type Arms = Readonly<Record<string, number>>;

/** Which side of an offer's experiment somebody is on. */
export type Arm =
  | { readonly kind: 'held-out'; readonly layer: string }
  | { readonly kind: 'shown'; readonly layer: string; readonly variant: string | undefined };

/** In place of a variant's name, for those who are held out. */
export const HELD_OUT = 'held-out';

/** As the journal names it: `held-out`, a variant's name, or `shown` where there are no variants. */
export const armName = (arm: Arm): string =>
  arm.kind === 'held-out' ? HELD_OUT : (arm.variant ?? 'shown');

/** Undefined: outside the experiment, which then neither holds out nor counts. */
export function armOf(experiment: Offer['experiment'], arms: Arms | undefined): Arm | undefined {
  if (experiment === undefined || arms === undefined) return undefined;
  const { layer, holdOut, variants } = experiment;
  const bucket = Object.hasOwn(arms, layer) ? arms[layer] : undefined;
  if (bucket === undefined) return undefined;
  if (bucket < holdOut) return { kind: 'held-out', layer };
  let end = holdOut;
  for (const { variant, buckets } of variants) {
    end += buckets;
    if (bucket < end) return { kind: 'shown', layer, variant };
  }
  return { kind: 'shown', layer, variant: undefined };
}
