import { HELD_OUT } from '../../kernel/domain/experiment.ts';
import type { OfferId, StoreId } from '../../kernel/domain/ids.ts';
import {
  ALPHA,
  alphasOf,
  anytimeBound,
  type Compared,
  differenceOf,
  intervalOf,
  LEAST_GROUP,
  meanDifference,
  type StoreCompared,
  type Verdict,
  verdictOf,
} from '../../kernel/domain/lift.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { isForAll } from '../../kernel/domain/offer-index.ts';
import { sampleRatioP } from '../../kernel/domain/sample-ratio.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { Comparison, OfferResults } from '../../kernel/protocol/console-api.ts';
import type { Clock } from '../clock.ts';
import type { Tables, UnitOfWork } from '../unit-of-work.ts';
import { type Definition, definedBy } from './experiments.ts';
import type { Experiment } from './measure-repository.ts';
import {
  type Acts,
  type ArmTally,
  inStores,
  heldOutOf,
  OUTCOME_DAYS,
  shownOf,
  type Tally,
  tally,
} from './tally.ts';

const BUCKETS = 10_000;

export interface Results {
  /** What came of an offer, since it is compared as it is now. @throws {SogliaError} 'request/not-found' */
  of(offerId: OfferId): Promise<OfferResults>;
}

export function createResults(database: UnitOfWork, clock: Clock): Results {
  return {
    of: (offerId) =>
      database.read(async (tables) => {
        const kept = (await tables.offers.all()).find(({ offer }) => offer.offerId === offerId);
        if (kept === undefined) throw new SogliaError('request/not-found', `no offer '${offerId}'`);
        const experiment = await tables.measures.newest(offerId);
        if (experiment === undefined)
          return {
            kind: 'not-measured',
            reason: kept.offer.experiment === undefined ? 'no-experiment' : 'not-published',
          };
        return resultsOf(tables, kept.offer, experiment, clock());
      }),
  };
}

async function resultsOf(
  { measures }: Tables,
  offer: Offer,
  experiment: Experiment,
  now: number,
): Promise<OfferResults> {
  const defined = definedBy(experiment);
  const { holdOut } = defined;
  if (holdOut === 0 || holdOut === BUCKETS) return { kind: 'not-measured', reason: 'no-hold-out' };
  const { offerId, sinceAt: since } = experiment;
  const hasCoupon = defined.redemption !== null;
  const people = await measures.people(experiment);
  const acts = {
    exposures: await measures.exposures(offerId),
    couponActs: hasCoupon ? await measures.couponActs(offerId) : [],
    purchases: await measures.purchases(experiment),
  };
  const counted = { offerId, hasCoupon };
  const all = tally(people, acts, counted, now);
  const actsIn = actsByStore(acts);
  const storesWith = [...inStores(people)].sort(([a], [b]) => (a < b ? -1 : 1));
  const byStore = new Map(
    storesWith.map(([storeId, here]) => [storeId, tally(here, actsIn(storeId), counted, now)]),
  );
  const tooSmall = tooSmallOf(byStore);
  const family = new Set([...byStore.keys(), ...(await measures.storesOf(experiment))]).size;
  const looks = [...byStore.values()].map((each) => lookAt(each, defined));
  const alphas = alphasOf(looks, family);
  return {
    ...{ kind: 'measured', since, holdOut, outcomeDays: OUTCOME_DAYS },
    isOn: await measures.isServed(experiment),
    outcome: hasCoupon ? 'coupon-used' : 'took-effect',
    heldOutMayTake: !hasCoupon && isForAll(offer),
    mismatched: all.mismatched,
    all: comparisonOf(all, defined, currencyOf(acts), ALPHA),
    stores: [...byStore]
      .map(([storeId, each], i) => ({
        storeId,
        ...comparisonOf(each, defined, currencyOf(actsIn(storeId)), alphas[i] ?? 0),
      }))
      .filter(({ storeId }) => !tooSmall.includes(storeId)),
    tooSmall,
  };
}

/** What was done in each store, sorted once for all of them. */
function actsByStore(acts: Acts): (storeId: StoreId) => Acts {
  const [exposures, couponActs] = [inStores(acts.exposures), inStores(acts.couponActs)];
  const purchases = inStores(acts.purchases);
  return (storeId) => ({
    exposures: exposures.get(storeId) ?? [],
    couponActs: couponActs.get(storeId) ?? [],
    purchases: purchases.get(storeId) ?? [],
  });
}

/** Undefined where there are several, or none. */
function currencyOf({ purchases }: Acts): string | undefined {
  const currencies = new Set(purchases.map(({ currency }) => currency));
  return currencies.size === 1 ? [...currencies][0] : undefined;
}

const peopleIn = (each: Tally) => shownOf(each).people + heldOutOf(each).people;

/**
 * Stores of fewer than 20 people, and as many more, the smallest first, as it takes for those left out to be 20 together:
 * else what is shown, taken from the whole, would give away what is not.
 */
function tooSmallOf(byStore: ReadonlyMap<StoreId, Tally>): StoreId[] {
  const smallestFirst = [...byStore].sort(
    ([a, one], [b, other]) => peopleIn(one) - peopleIn(other) || (a < b ? -1 : 1),
  );
  const left: StoreId[] = [];
  let people = 0;
  for (const [storeId, each] of smallestFirst) {
    const isSmall = peopleIn(each) < LEAST_GROUP;
    if (!isSmall && (people === 0 || people >= LEAST_GROUP)) break;
    left.push(storeId);
    people += peopleIn(each);
  }
  return left.sort();
}

function comparisonOf(
  counted: Tally,
  defined: Definition,
  currency: string | undefined,
  alpha: number,
): Comparison {
  const [shown, heldOut] = [shownOf(counted), heldOutOf(counted)];
  const { compared, sampleRatio } = lookAt(counted, defined);
  const verdict = verdictOf(compared, defined.holdOut / BUCKETS, sampleRatio, alpha);
  const people = unlessFew(shown.people + heldOut.people);
  const isSplit = Math.min(shown.people, heldOut.people) >= LEAST_GROUP;
  const isWhole = Math.min(shown.whole, heldOut.whole) >= LEAST_GROUP;
  const isTrusted = verdict.kind !== 'sample-ratio-mismatch';
  return {
    verdict: withoutFew(verdict),
    ...(people === undefined ? {} : { people }),
    ...(isSplit && sampleRatio !== undefined && { sampleRatio }),
    ...(isSplit ? { split: { shown: shown.people, heldOut: heldOut.people } } : {}),
    ...(isWhole && isTrusted ? { figures: figuresOf(counted, compared, currency, alpha) } : {}),
  };
}

const lookAt = (counted: Tally, defined: Definition): StoreCompared => ({
  compared: { shown: groupOf(shownOf(counted)), heldOut: groupOf(heldOutOf(counted)) },
  sampleRatio: sampleRatioP(planned(counted, defined)),
});

function figuresOf(
  counted: Tally,
  compared: Compared,
  currency: string | undefined,
  alpha: number,
): Comparison['figures'] {
  const [shown, heldOut] = [shownOf(counted), heldOutOf(counted)];
  const variants = [...counted.arms]
    .filter(([arm, { whole }]) => arm !== HELD_OUT && whole >= LEAST_GROUP)
    .map(([variant, each]) => ({ variant, ...groupOf(each) }))
    .sort((a, b) => (a.variant < b.variant ? -1 : 1));
  const { difference, ...interval } = meanDifference(shown.spent, heldOut.spent);
  return {
    ...compared,
    difference: differenceOf(compared),
    interval: intervalOf(compared),
    bound: anytimeBound(compared, alpha),
    saw: shown.saw / shown.whole,
    variants: variants.length > 1 ? variants : [],
    ...(currency !== undefined && {
      spent: {
        currency,
        shown: shown.spent.sum / shown.whole,
        heldOut: heldOut.spent.sum / heldOut.whole,
        ...{ difference, interval },
      },
    }),
  };
}

const groupOf = ({ whole, took }: ArmTally) => ({ people: whole, took });
const unlessFew = (people: number) => (people < LEAST_GROUP ? undefined : people);

function withoutFew(verdict: Verdict): Comparison['verdict'] {
  if (verdict.kind !== 'not-enough-data' || verdict.people >= LEAST_GROUP) return verdict;
  return { kind: verdict.kind, needed: verdict.needed };
}

/** The arms as planned, and who is in them, whether their days are over or not. */
function planned({ arms }: Tally, { holdOut, variants }: Definition) {
  const shown =
    variants.length === 0
      ? [{ arm: 'shown', buckets: BUCKETS - holdOut }]
      : variants.map(({ variant, buckets }) => ({ arm: variant, buckets }));
  return [{ arm: HELD_OUT, buckets: holdOut }, ...shown].map(({ arm, buckets }) => ({
    people: arms.get(arm)?.people ?? 0,
    buckets,
  }));
}
