import type { Basket, PricedBasket } from './basket.ts';
import { spreadOver } from './basket-cuts.ts';
import type { OfferId } from './ids.ts';
import type { LineCut, SoldLine } from './returning.ts';

/**
 * What of each line has to be known for some of its pieces to come back, and no more: no product. What a bundle took off is
 * shared by all lines with pieces in its sets (money-12), and an offer that gave points has to do with every line.
 * @param kept - offers of which something may be given back
 */
export function soldLinesOf(
  { lines }: Basket,
  priced: Pick<PricedBasket, 'lines' | 'sets' | 'effects'>,
  kept: ReadonlySet<OfferId>,
): readonly SoldLine[] {
  const grossOf = new Map(priced.lines.map(({ line, grossMinor }) => [line, grossMinor]));
  const paidOf = new Map(priced.lines.map(({ line, netMinor }) => [line, netMinor]));
  const cutsOf = new Map<number, LineCut[]>(lines.map(({ line }) => [line, []]));
  const share = (minor: number, among: readonly number[]) =>
    spreadOver(
      minor,
      among.map((line) => grossOf.get(line) ?? 0),
    );
  for (const together of tiedBy(priced.sets.map((set) => set.lines))) {
    const paid = together.reduce((sum, line) => sum + (paidOf.get(line) ?? 0), 0);
    for (const [i, minor] of share(paid, together).entries()) paidOf.set(together[i] ?? 0, minor);
  }
  for (const { offerId, minor, points } of priced.effects) {
    if (!kept.has(offerId)) continue;
    const set = priced.sets.find((each) => each.offerId === offerId);
    if (set !== undefined)
      for (const [i, part] of share(minor, set.lines).entries())
        cutsOf.get(set.lines[i] ?? 0)?.push({ offerId, minor: part });
    else if (points > 0) for (const cuts of cutsOf.values()) cuts.push({ offerId, minor: 0 });
    else
      for (const { line, cuts } of priced.lines)
        cutsOf.get(line)?.push(...cuts.filter((cut) => cut.offerId === offerId));
  }
  return lines.map(({ line, quantity }) => {
    const paidMinor = paidOf.get(line) ?? 0;
    return { line, quantity, paidMinor, cuts: cutsOf.get(line) ?? [], returned: 0 };
  });
}

/** Lines that are in one set, or in sets that share a line, together; each once, ascending. */
function tiedBy(sets: readonly (readonly number[])[]): readonly (readonly number[])[] {
  let tied: Set<number>[] = [];
  for (const set of sets) {
    const joined = new Set(set);
    for (const other of tied)
      if (set.some((line) => other.has(line))) for (const line of other) joined.add(line);
    tied = [...tied.filter((other) => ![...other].some((line) => joined.has(line))), joined];
  }
  return tied.map((lines) => [...lines].sort((a, b) => a - b));
}
