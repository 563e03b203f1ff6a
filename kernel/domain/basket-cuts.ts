import type { BasketLine, OfferAtTill } from './basket.ts';

/** An offer, and the lines of the products on which it takes effect. */
export interface Taking {
  readonly offer: OfferAtTill;
  /** Places in the list of lines, ascending. */
  readonly at: readonly number[];
}
export interface Cut {
  readonly offer: OfferAtTill;
  /** Place in the list of lines. */
  readonly at: number;
  readonly minor: number;
}
export interface TakenOff {
  readonly kind: 'taken';
  readonly minor: number;
  readonly points: number;
  /** Gifts that are handed over. */
  readonly gifts: number;
  /** In the order in which they are reckoned; none of 0. */
  readonly cuts: readonly Cut[];
  /** Offers that give points, or a gift that is handed over. */
  readonly given: readonly OfferAtTill[];
  /** Of each bundle that took something off the places of the lines with pieces in its sets. */
  readonly sets: readonly InSets[];
}
export interface InSets {
  readonly offer: OfferAtTill;
  readonly at: readonly number[];
}
export type Reckoning =
  TakenOff | { readonly kind: 'forbidden'; readonly reason: 'below-margin-floor' | 'budget-spent' };

const WHOLE = 10_000;
const KINDS = ['gift', 'bundle', 'percent', 'amount', 'points', 'information'] as const;

/** The order in which offers are reckoned (money-3). */
export function byTurn(a: OfferAtTill, b: OfferAtTill): number {
  const turn = KINDS.indexOf(a.offer.benefit.kind) - KINDS.indexOf(b.offer.benefit.kind);
  return turn || (a.offer.offerId < b.offer.offerId ? -1 : 1);
}

/** Hundredths of a percent: a share counts to two decimals (money-2). */
export const hundredths = (percent: number) => Math.round(percent * 100);

/** Half a unit counts as one (money-2). */
export const shareOf = (minor: number, ofTenThousand: number) =>
  Math.floor((2 * minor * ofTenThousand + WHOLE) / (2 * WHOLE));

interface Standing {
  readonly line: BasketLine;
  rest: number;
  /** Pieces that one gift or bundle made free. */
  freed: number;
  /** Pieces that stand in a bundle's set or are a gift: none of them stands in another set. */
  spoken: number;
}

/**
 * What these offers take off these lines, by the rules money-2 to money-6; or which guard forbids this combination.
 * @param takings - in turn (`byTurn`)
 */
export function reckon(lines: readonly BasketLine[], takings: readonly Taking[]): Reckoning {
  const standing = lines.map((line): Standing => {
    return { line, rest: line.quantity * line.unitPriceMinor, freed: 0, spoken: 0 };
  });
  const cuts: Cut[] = [];
  const given: OfferAtTill[] = [];
  const sets: InSets[] = [];
  let minor = 0;
  let points = 0;
  let gifts = 0;
  const floors: { readonly percent: number; readonly together: readonly Standing[] }[] = [];
  for (const { offer, at } of takings) {
    const { benefit, guards } = offer.offer;
    const floor = guards?.marginFloorPercent;
    let taken = 0;
    const take = (place: number, off: number) => {
      const stand = standing[place];
      if (stand === undefined || off <= 0) return;
      stand.rest -= off;
      taken += off;
      cuts.push({ offer, at: place, minor: off });
      if (floor !== undefined && benefit.kind !== 'bundle')
        floors.push({ percent: floor, together: [stand] });
    };
    switch (benefit.kind) {
      case 'gift':
        if (benefit.gtin !== undefined) {
          takeGift(standing, at, take);
          break;
        }
        gifts += 1;
        given.push(offer);
        break;
      case 'bundle': {
        const inSets = takeBundle(standing, at, benefit, take);
        if (taken === 0) break;
        sets.push({
          offer,
          at: at.filter((place) => inSets.some((each) => each === standing[place])),
        });
        if (floor !== undefined) floors.push({ percent: floor, together: inSets });
        break;
      }
      case 'percent':
        takePercent(standing, at, hundredths(benefit.percent), take);
        break;
      case 'amount':
        takeAmount(standing, at, benefit.amount.minor, take);
        break;
      case 'points':
        points += benefit.points;
        given.push(offer);
        break;
      case 'information':
        break;
    }
    if (offer.budgetLeftMinor !== undefined && taken > offer.budgetLeftMinor)
      return { kind: 'forbidden', reason: 'budget-spent' };
    minor += taken;
  }
  if (!floors.every(isAbove)) return { kind: 'forbidden', reason: 'below-margin-floor' };
  return { kind: 'taken', minor, points, gifts, cuts, given, sets };
}

type Take = (place: number, minor: number) => void;

/** The cheapest piece that stands in no set; of equals that of the first line. */
function takeGift(standing: readonly Standing[], at: readonly number[], take: Take): void {
  let given: number | undefined;
  for (const place of at) {
    const { line, spoken } = standing[place] ?? {};
    if (line === undefined || spoken === undefined || spoken >= line.quantity) continue;
    const best = given === undefined ? undefined : standing[given];
    if (best === undefined || line.unitPriceMinor < best.line.unitPriceMinor) given = place;
  }
  const stand = given === undefined ? undefined : standing[given];
  if (given === undefined || stand === undefined) return;
  stand.freed += 1;
  stand.spoken += 1;
  take(given, stand.line.unitPriceMinor);
}

/** Sets are filled from the dearest piece down; of each the cheapest pieces are free. @returns the lines with pieces in sets */
function takeBundle(
  standing: readonly Standing[],
  at: readonly number[],
  { take: size, pay }: { readonly take: number; readonly pay: number },
  take: Take,
): readonly Standing[] {
  const dearestFirst = at
    .flatMap((place) => {
      const stand = standing[place];
      return stand === undefined ? [] : [{ place, stand }];
    })
    .sort((a, b) => b.stand.line.unitPriceMinor - a.stand.line.unitPriceMinor || a.place - b.place);
  const free = ({ stand: { line, spoken } }: { readonly stand: Standing }) =>
    line.quantity - spoken;
  const pieces = dearestFirst.reduce((all, each) => all + free(each), 0);
  const inSets = pieces - (pieces % size);
  const freeUpTo = (count: number) =>
    Math.floor(count / size) * (size - pay) + Math.max(0, (count % size) - pay);
  const touched: Standing[] = [];
  let before = 0;
  for (const each of dearestFirst) {
    const after = Math.min(inSets, before + free(each));
    if (after === before) continue;
    const freed = freeUpTo(after) - freeUpTo(before);
    const { place, stand } = each;
    stand.freed += freed;
    stand.spoken += after - before;
    before = after;
    touched.push(stand);
    take(place, freed * stand.line.unitPriceMinor);
  }
  return touched;
}

function takePercent(
  standing: readonly Standing[],
  at: readonly number[],
  share: number,
  take: Take,
): void {
  for (const place of at) {
    const stand = standing[place];
    if (stand === undefined) continue;
    take(place, share >= WHOLE ? stand.rest : Math.min(shareOf(stand.rest, share), roomOf(stand)));
  }
}

/** Spread over the lines by what each can give; the units that are left over go to the largest remainders. */
function takeAmount(
  standing: readonly Standing[],
  at: readonly number[],
  amount: number,
  take: Take,
): void {
  const rooms = at.map((place) => {
    const stand = standing[place];
    return { place, room: stand === undefined ? 0 : roomOf(stand) };
  });
  const room = rooms.reduce((all, each) => all + each.room, 0);
  const off = Math.min(amount, room);
  if (off <= 0) return;
  const shares = spreadOver(
    off,
    rooms.map((each) => each.room),
  );
  for (const [i, { place }] of rooms.entries()) take(place, shares[i] ?? 0);
}

/** In proportion to the weights; the units that are left over go to the largest remainders, of equals to the first. */
export function spreadOver(amount: number, weights: readonly number[]): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (all === 0) return weights.map(() => 0);
  const shares = weights.map((weight, i) => {
    const product = BigInt(amount) * BigInt(weight); // may be beyond 2 ** 53
    return { i, share: Number(product / BigInt(all)), remainder: Number(product % BigInt(all)) };
  });
  const over = amount - shares.reduce((sum, { share }) => sum + share, 0);
  const byRemainder = [...shares].sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const more = new Set(byRemainder.slice(0, over).map(({ i }) => i));
  return shares.map(({ i, share }) => share + (more.has(i) ? 1 : 0));
}

/** What may go off beside gifts, bundles and 100 %: each piece that is not free by one of them costs at least 1 (money-5). */
function roomOf({ line, rest, freed }: Standing): number {
  const least = line.unitPriceMinor === 0 ? 0 : line.quantity - freed;
  return Math.max(0, rest - least);
}

function isAbove({
  percent,
  together,
}: {
  readonly percent: number;
  readonly together: readonly Standing[];
}): boolean {
  const rest = together.reduce((all, each) => all + each.rest, 0);
  const gross = together.reduce((all, { line }) => all + line.quantity * line.unitPriceMinor, 0);
  // In floating point where a basket is worth more than nine hundred milliards; exact below.
  return rest * WHOLE >= gross * hundredths(percent);
}
