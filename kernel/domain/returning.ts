import type { OfferId } from './ids.ts';

/** A line of a purchase as it was paid, and how many of its pieces have come back. */
export interface SoldLine {
  /** The till's own number of the line. */
  readonly line: number;
  readonly quantity: number;
  /** For all pieces, after all cuts. */
  readonly paidMinor: number;
  /** What these offers took off the line; 0 of one that gave points for it. */
  readonly cuts: readonly LineCut[];
  readonly returned: number;
}
export interface LineCut {
  readonly offerId: OfferId;
  readonly minor: number;
}
/** What the store still knows of a purchase. */
export interface Sold {
  /** Given for all of it. */
  readonly points: number;
  readonly lines: readonly SoldLine[];
}
export interface Pieces {
  readonly line: number;
  readonly quantity: number;
}

/** What of a purchase has gone back. */
export interface GoneBack {
  readonly paidMinor: number;
  readonly points: number;
  /** Of what offers took off; each that `cuts` names. */
  readonly offers: ReadonlyMap<OfferId, number>;
  /** Offers of which no piece is left on which they took effect. */
  readonly over: ReadonlySet<OfferId>;
  /** No piece of it is left. */
  readonly isAll: boolean;
}

/**
 * What has gone back with the pieces that came back so far, by the rules money-10 and money-11. It depends on how many came of
 * each line and on nothing else: in whatever order and grouping they come, all of them together are what was paid.
 */
export function goneBack({ points, lines }: Sold): GoneBack {
  const offers = new Map<OfferId, number>();
  const left = new Set<OfferId>();
  let [paidMinor, allMinor, isAll] = [0, 0, lines.length > 0];
  for (const { quantity, paidMinor: paid, cuts, returned } of lines) {
    allMinor += paid;
    paidMinor += shareOfPieces(paid, returned, quantity);
    if (returned < quantity) isAll = false;
    for (const { offerId, minor } of cuts) {
      offers.set(offerId, (offers.get(offerId) ?? 0) + shareOfPieces(minor, returned, quantity));
      if (returned < quantity) left.add(offerId);
    }
  }
  const over = new Set([...offers.keys()].filter((offerId) => !left.has(offerId)));
  return { paidMinor, points: pointsBack(points, paidMinor, allMinor, isAll), offers, over, isAll };
}

/** What goes back with a return, beyond what went before. */
export interface Returned {
  readonly lines: readonly (Pieces & { readonly minor: number })[];
  readonly paidMinor: number;
  readonly points: number;
  readonly offers: readonly LineCut[];
  /** Offers of which no piece is left since this return. */
  readonly over: readonly OfferId[];
  readonly isAll: boolean;
  /** As the purchase stands then. */
  readonly sold: Sold;
}
export interface ReturnRefusal {
  readonly kind: 'refused';
  /** Place in the list of what comes back. */
  readonly at: number;
  readonly field: 'line' | 'quantity';
  readonly reason: string;
}

/** @param asked - whole pieces, more than 0, no line twice */
export function returnOf(
  sold: Sold,
  asked: readonly Pieces[],
): ({ readonly kind: 'returned' } & Returned) | ReturnRefusal {
  const pieces = new Map<number, number>();
  for (const [at, { line, quantity }] of asked.entries()) {
    const known = sold.lines.find((each) => each.line === line);
    if (known === undefined) return refused(at, 'line', `${String(line)} is not in the purchase`);
    const left = known.quantity - known.returned;
    if (quantity > left)
      return refused(
        at,
        'quantity',
        `${String(quantity)}, and of line ${String(line)} ${left === 1 ? '1 is' : `${String(left)} are`} left to come back`,
      );
    pieces.set(line, quantity);
  }
  const lines = sold.lines.map((each) => {
    return { ...each, returned: each.returned + (pieces.get(each.line) ?? 0) };
  });
  const after = { ...sold, lines };
  const [before, now] = [goneBack(sold), goneBack(after)];
  return {
    kind: 'returned',
    lines: sold.lines.flatMap(({ line, quantity, paidMinor, returned }) => {
      const back = pieces.get(line);
      if (back === undefined) return [];
      const minor =
        shareOfPieces(paidMinor, returned + back, quantity) -
        shareOfPieces(paidMinor, returned, quantity);
      return [{ line, quantity: back, minor }];
    }),
    paidMinor: now.paidMinor - before.paidMinor,
    points: now.points - before.points,
    offers: [...now.offers]
      .map(([offerId, minor]) => ({ offerId, minor: minor - (before.offers.get(offerId) ?? 0) }))
      .filter(({ minor }) => minor > 0),
    over: [...now.over].filter((offerId) => !before.over.has(offerId)),
    isAll: now.isAll,
    sold: after,
  };
}

/** What has not come back, and what it cost. */
export function remainingOf(sold: Sold): {
  lines: (Pieces & { readonly minor: number })[];
  netMinor: number;
  points: number;
} {
  const lines = sold.lines.flatMap(({ line, quantity, paidMinor, returned }) => {
    if (returned === quantity) return [];
    const minor = paidMinor - shareOfPieces(paidMinor, returned, quantity);
    return [{ line, quantity: quantity - returned, minor }];
  });
  return {
    lines,
    netMinor: lines.reduce((sum, { minor }) => sum + minor, 0),
    points: sold.points - goneBack(sold).points,
  };
}

/** Of what stands for all pieces of a line what stands for so many of them: half a unit counts as one (money-2). */
function shareOfPieces(minor: number, pieces: number, of: number): number {
  return Math.floor((2 * minor * pieces + of) / (2 * of)); // exact: at most 2 * 1e11 * 1e3
}

/** By what is paid back of all that was paid, rounded down; of what cost nothing with the last piece. */
function pointsBack(points: number, backMinor: number, allMinor: number, isAll: boolean): number {
  if (isAll) return points;
  if (allMinor === 0) return 0;
  return Number((BigInt(points) * BigInt(backMinor)) / BigInt(allMinor)); // may be beyond 2 ** 53
}

function refused(at: number, field: ReturnRefusal['field'], reason: string): ReturnRefusal {
  return { kind: 'refused', at, field, reason };
}
