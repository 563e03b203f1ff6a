import type { CohortRow, Purpose } from './cohort.ts';
import { type ConsentRefused, type Lease, withConsent } from './consent.ts';
import type { EpochMs, Pseudonym } from './ids.ts';

/** With fewer members present a screen is what it is with nobody there. */
export const MIX_FLOOR = 5;
/** An affinity below this is no favourite. */
const LEAST_AFFINITY = 0.5;
/** One person speaks for so many categories at most, with one voice each, however strong the affinity. */
const MOST_VOICES = 3;
/**
 * How much one person may weigh, as in differential privacy: another one in their place makes no outcome more than
 * e^EPSILON = 2.7 times as likely or as unlikely.
 */
const EPSILON = 1;

declare const consented: unique symbol;
/** What a member who is present adds to the mix. Only `mixMemberOf` makes one: of somebody who agreed to both purposes. */
export interface MixMember {
  readonly pseudonym: Pseudonym;
  /** Of the shop's own. */
  readonly test: boolean;
  /** Their favourite categories. */
  readonly voices: ReadonlySet<string>;
  /** When the first of their two grants, or the lease, is over. */
  readonly until: EpochMs;
  readonly [consented]: 'recognise and personalise';
}

export function mixMemberOf(
  row: Readonly<CohortRow>,
  lease: Lease,
  now: EpochMs,
): MixMember | ConsentRefused {
  const recognise = withConsent(row, 'recognise', lease, now);
  if (recognise.kind === 'refused') return recognise;
  const personalise = withConsent(row, 'personalise', lease, now);
  if (personalise.kind === 'refused') return personalise;
  const { pseudonym, test, affinities } = row;
  const favourites = Object.entries(affinities)
    .filter(([, affinity]) => affinity >= LEAST_AFFINITY)
    .sort(([a, strongA], [b, strongB]) => strongB - strongA || (a < b ? -1 : 1))
    .slice(0, MOST_VOICES);
  const ends = (purpose: Purpose) =>
    Math.max(...row.grants.flatMap((it) => (it.purpose === purpose ? [it.expiresAt] : [])));
  const until = Math.min(lease.notAfter, ends('recognise'), ends('personalise'));
  const voices = new Set(favourites.map(([category]) => category));
  const member: Omit<MixMember, typeof consented> = { pseudonym, test, voices, until };
  return member as MixMember;
}

/**
 * Who counts: everybody once; of the shop's own test credentials none where somebody real is there, as whoever holds four
 * of them would read the fifth.
 */
export function countedIn(members: readonly MixMember[]): readonly MixMember[] {
  const each = [...new Map(members.map((member) => [member.pseudonym, member])).values()];
  const real = each.filter(({ test }) => !test);
  return real.length > 0 ? real : each;
}

/**
 * How likely each category is to lead, all together 1; nothing with fewer than `MIX_FLOOR` members. The exponential
 * mechanism (McSherry, Talwar, Mechanism Design via Differential Privacy, 2007) over the voices for each: even five who all
 * like the same do not give it away for sure, and whoever knows four of them learns little of the fifth.
 * @param categories - those that may lead, whoever is there: of the offers, never of the members
 */
export function mixOdds(
  members: readonly MixMember[],
  categories: readonly string[],
): ReadonlyMap<string, number> {
  const counted = countedIn(members);
  if (counted.length < MIX_FLOOR) return new Map();
  const sorted = [...new Set(categories)].sort();
  const voices = sorted.map(
    (category) => counted.filter((member) => member.voices.has(category)).length,
  );
  const most = Math.max(...voices);
  const weights = voices.map((count) => Math.exp((EPSILON / 2) * (count - most)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return new Map(sorted.map((category, i) => [category, (weights[i] ?? 0) / sum]));
}

/**
 * The category that leads among offers for everybody; undefined: none, as with nobody there.
 * @param draw - uniform, 0 to below 1, drawn anew for each set of members and told to nobody
 */
export function mixOf(
  members: readonly MixMember[],
  categories: readonly string[],
  draw: number,
): string | undefined {
  let rest = draw;
  let last: string | undefined;
  for (const [category, odds] of mixOdds(members, categories)) {
    last = category;
    rest -= odds;
    if (rest < 0) return category;
  }
  return last;
}
