import type { StoreId } from './ids.ts';

/**
 * Escrow of a quota ("the first 500", a budget): HQ cuts it into slices, each store spends its own with a plain counter and
 * without a line, and gives back what it does not need (reliability.md, f4). All numbers are whole units (uses, or minor
 * units of a currency) counted from the beginning and only ever grow, so that a message repeated, late or out of order
 * says nothing wrong: the larger number is the newer one.
 */
export interface Slice {
  /** By HQ, in all. */
  readonly granted: number;
  /** By the store to HQ, in all. */
  readonly returned: number;
  /** By the store, in all. */
  readonly spent: number;
  /** To the store by uses made void, in all. */
  readonly givenBack: number;
}
export const NO_SLICE: Slice = { granted: 0, returned: 0, spent: 0, givenBack: 0 };

/** What the store may still give. */
export function leftOf({ granted, returned, spent, givenBack }: Slice): number {
  return granted - returned - spent + givenBack;
}

/** After a use. Undefined: it is not the store's to give. @param units - 1 use, or what it takes off */
export function spend(slice: Slice, units: number): Slice | undefined {
  return units > leftOf(slice) ? undefined : { ...slice, spent: slice.spent + units };
}

/** What a slice counts: uses, or minor units of the store's currency. */
export const SLICE_UNITS = ['use', 'minor'] as const;
export type SliceUnit = (typeof SLICE_UNITS)[number];

/** After a use was made void. */
export function unspend(slice: Slice, units: number): Slice {
  return { ...slice, givenBack: Math.min(slice.spent, slice.givenBack + units) };
}

/** What HQ says to a store, any number of times. */
export interface SliceWord {
  readonly granted: number;
  /** As HQ knows them: a store that lost its disk does not give again what it gave before. */
  readonly returned?: number | undefined;
  readonly spent?: number | undefined;
  readonly givenBack?: number | undefined;
  /** More than this the store need not keep: the rest goes back. Absent: it keeps all. */
  readonly keep?: number | undefined;
}

/**
 * The store takes HQ's word: a larger grant is its to spend at once; what is above `keep` is given back, in the
 * transaction that writes the fact of it, and is nobody's until HQ has that fact.
 */
export function hear(
  slice: Slice,
  { granted, returned = 0, spent = 0, givenBack = 0, keep }: SliceWord,
): Slice {
  const topped = {
    granted: Math.max(slice.granted, granted),
    returned: Math.max(slice.returned, returned),
    spent: Math.max(slice.spent, spent),
    givenBack: Math.max(slice.givenBack, givenBack),
  };
  const above = keep === undefined ? 0 : Math.max(0, leftOf(topped) - keep);
  return { ...topped, returned: topped.returned + above };
}

/** The slices of one quota as HQ knows them: `spent` and `returned` are behind the stores by what is under way. */
export type Slices = ReadonlyMap<StoreId, Slice>;

/** What is no store's, of a quota of `total`. Never below 0, as no grant goes beyond it. */
export function freeOf(total: number, slices: Slices): number {
  let out = 0;
  for (const { granted, returned } of slices.values()) out += granted - returned;
  return total - out;
}

/** Parts that an even share is cut into: a store gets one at a time, so that the busy ones find more. */
const PARTS = 4;

/**
 * HQ's words to its stores: each that is known to have less than half a part left is topped up to one, the poorest first;
 * where that leaves one with nothing, the richest are asked for half of theirs. A store that does not answer keeps what it
 * has: no clock takes part.
 * @param stores - all that the quota is for
 * @param least - what one use takes, as far as that is known: less than this is as good as nothing
 */
export function share(
  total: number,
  slices: Slices,
  stores: readonly StoreId[],
  least = 1,
): ReadonlyMap<StoreId, SliceWord> {
  const words = new Map<StoreId, SliceWord>();
  if (stores.length === 0) return words;
  const part = Math.max(least, Math.floor(total / (stores.length * PARTS)));
  const known = (store: StoreId) => slices.get(store) ?? NO_SLICE;
  // Among equals whoever gave most away: what one store gave back goes where people come.
  const poorest = [...stores].sort(
    (a, b) =>
      leftOf(known(a)) - leftOf(known(b)) ||
      known(a).returned - known(a).spent - (known(b).returned - known(b).spent) ||
      (a < b ? -1 : 1),
  );
  let free = Math.max(0, freeOf(total, slices)); // a total may be lowered after it was given out
  let missing = 0;
  for (const store of poorest) {
    const slice = known(store);
    const left = leftOf(slice);
    if (left * 2 >= part && left >= least) continue;
    const more = Math.min(free, part - left);
    free -= more;
    if (more > 0) words.set(store, { granted: slice.granted + more });
    const isIdle = slice.returned > 0 && slice.spent === 0;
    if (left + more < least && !isIdle) missing += part;
  }
  for (const store of poorest.reverse()) {
    const { granted } = known(store);
    const left = leftOf(known(store));
    if (missing <= 0 || left <= 0) break;
    const keep = Math.floor(left / 2);
    missing -= left - keep;
    words.set(store, { granted: Math.max(granted, words.get(store)?.granted ?? 0), keep });
  }
  return words;
}
