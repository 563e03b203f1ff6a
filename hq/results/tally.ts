import { HELD_OUT } from '../../kernel/domain/experiment.ts';
import type { CouponId, CustomerId, EpochMs, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import type { Amounts } from '../../kernel/domain/lift.ts';
import type { CouponAct, Exposure, MeasuredPerson, Purchase } from './measure-repository.ts';

const DAY_MS = 86_400_000;
/** From the moment when an offer first stood for somebody: what they do in these days counts. */
export const OUTCOME_DAYS = 14;
export const OUTCOME_MS = OUTCOME_DAYS * DAY_MS;

/** What came of everybody in one arm. */
export interface ArmTally {
  /** For whom the offer stood. */
  readonly people: number;
  /** Of them, those whose days are over: only they are compared. */
  readonly whole: number;
  /** Of those, who took the offer, and who really saw it. */
  readonly took: number;
  readonly saw: number;
  /** What those spent, whatever on. */
  readonly spent: Amounts;
}
export interface Tally {
  readonly arms: ReadonlyMap<string, ArmTally>;
  /** Left out, since a store decided by another arm than HQ's. */
  readonly mismatched: number;
}
export interface Acts {
  readonly exposures: readonly Exposure[];
  readonly couponActs: readonly CouponAct[];
  readonly purchases: readonly Purchase[];
}
/** What counts as taking an offer: using its coupon; for one without coupon, a purchase in which it took effect. */
export interface Counted {
  readonly offerId: OfferId;
  readonly hasCoupon: boolean;
}

/** People, or what they did, by the store. */
export function inStores<T extends { readonly storeId: StoreId }>(
  all: readonly T[],
): ReadonlyMap<StoreId, readonly T[]> {
  const found = new Map<StoreId, T[]>();
  for (const each of all) {
    const before = found.get(each.storeId);
    if (before === undefined) found.set(each.storeId, [each]);
    else before.push(each);
  }
  return found;
}

/**
 * By the person: the first time that the offer stood for somebody begins their days, and puts them in their arm for good,
 * whether or not they saw it (intention to treat).
 * @param people - of one store, with what was done there alone; or of all stores, each person once
 */
export function tally(
  people: readonly MeasuredPerson[],
  acts: Acts,
  counted: Counted,
  now: EpochMs,
): Tally {
  const firsts = firstOfEach(people);
  const purchases = byCustomer(acts.purchases);
  const exposures = byCustomer(acts.exposures);
  const takes: readonly Exposure[] = counted.hasCoupon
    ? usesThatStand(acts.couponActs)
    : acts.purchases.filter(({ offerIds }) => offerIds.includes(counted.offerId));
  const taken = byCustomer(takes);
  const arms = new Map<string, ArmTally>();
  let mismatched = 0;
  for (const person of firsts.values()) {
    if (person.mismatched) {
      mismatched += 1;
      continue;
    }
    const inTime = <T extends { readonly at: EpochMs }>(
      of: ReadonlyMap<CustomerId, readonly T[]>,
    ) =>
      (of.get(person.customerId) ?? []).filter(
        ({ at }) => person.firstAt <= at && at < person.firstAt + OUTCOME_MS,
      );
    const isWhole = person.firstAt + OUTCOME_MS <= now;
    const before = arms.get(person.arm) ?? NOBODY;
    arms.set(person.arm, {
      ...before,
      people: before.people + 1,
      ...(isWhole && {
        whole: before.whole + 1,
        took: before.took + Math.sign(inTime(taken).length),
        saw: before.saw + Math.sign(inTime(exposures).length),
        spent: withOneMore(
          before.spent,
          inTime(purchases).reduce((sum, { netMinor }) => sum + netMinor, 0),
        ),
      }),
    });
  }
  return { arms, mismatched };
}

const NOBODY: ArmTally = {
  ...{ people: 0, whole: 0, took: 0, saw: 0 },
  spent: { people: 0, sum: 0, sumOfSquares: 0 },
};

const withOneMore = ({ people, sum, sumOfSquares }: Amounts, amount: number): Amounts => ({
  people: people + 1,
  sum: sum + amount,
  sumOfSquares: sumOfSquares + amount ** 2,
});

/** All arms but the held-out one together. */
export function shownOf({ arms }: Tally): ArmTally {
  let all = NOBODY;
  for (const [arm, each] of arms) if (arm !== HELD_OUT) all = together(all, each);
  return all;
}
export const heldOutOf = ({ arms }: Tally): ArmTally => arms.get(HELD_OUT) ?? NOBODY;

function together(a: ArmTally, b: ArmTally): ArmTally {
  return {
    people: a.people + b.people,
    whole: a.whole + b.whole,
    took: a.took + b.took,
    saw: a.saw + b.saw,
    spent: {
      people: a.spent.people + b.spent.people,
      sum: a.spent.sum + b.spent.sum,
      sumOfSquares: a.spent.sumOfSquares + b.spent.sumOfSquares,
    },
  };
}

/** One that a store decided otherwise about is left out in all. */
function firstOfEach(people: readonly MeasuredPerson[]): ReadonlyMap<CustomerId, MeasuredPerson> {
  const firsts = new Map<CustomerId, MeasuredPerson>();
  for (const person of people) {
    const before = firsts.get(person.customerId) ?? person;
    const firstAt = Math.min(before.firstAt, person.firstAt);
    const mismatched = before.mismatched || person.mismatched;
    firsts.set(person.customerId, { ...person, firstAt, mismatched });
  }
  return firsts;
}

/** A void takes back the last use of the coupon before it in that store. */
function usesThatStand(acts: readonly CouponAct[]): readonly CouponAct[] {
  const byCoupon = new Map<string, CouponAct[]>();
  for (const act of acts) {
    const key: `${StoreId} ${CouponId}` = `${act.storeId} ${act.couponId}`;
    byCoupon.set(key, [...(byCoupon.get(key) ?? []), act]);
  }
  return [...byCoupon.values()].flatMap((ofOne) => {
    const standing: CouponAct[] = [];
    for (const act of ofOne.sort(inTimeOrder)) {
      if (act.kind === 'used') standing.push(act);
      else standing.pop();
    }
    return standing;
  });
}
/** A use before what gives it back at the same instant. */
const inTimeOrder = (a: CouponAct, b: CouponAct) =>
  a.at - b.at || Number(a.kind === 'given-back') - Number(b.kind === 'given-back');

function byCustomer<T extends { readonly customerId: CustomerId }>(
  acts: readonly T[],
): ReadonlyMap<CustomerId, readonly T[]> {
  const found = new Map<CustomerId, T[]>();
  for (const act of acts) {
    const before = found.get(act.customerId);
    if (before === undefined) found.set(act.customerId, [act]);
    else before.push(act);
  }
  return found;
}
