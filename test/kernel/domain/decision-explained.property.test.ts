import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { type Condition, leavesOf } from '../../../kernel/domain/condition.ts';
import { type Facts, holds } from '../../../kernel/domain/condition-facts.ts';
import { whyNot as whyConditionNot } from '../../../kernel/domain/condition-needs.ts';
import { type Explanation, whyNot } from '../../../kernel/domain/decision-why-not.ts';
import { REJECTIONS } from '../../../kernel/domain/rejection.ts';
import type { CouponId, OfferId } from '../../../kernel/domain/ids.ts';
import type { Offer, Surface } from '../../../kernel/domain/offer.ts';
import { mayShow } from '../../../kernel/domain/recognition.ts';
import { isScheduled, type StoreTime } from '../../../kernel/domain/schedule.ts';
import type { Strength } from '../../../kernel/domain/strength.ts';
import {
  type Counted,
  decided,
  indexOf,
  ledgerOf,
  type Question,
  questions,
  subjectOf,
} from '../../doubles/decisions.ts';
import { runs } from '../../support/runs.ts';

const DAY_MS = 86_400_000;
const numRuns = runs(500);
/** Reasons of one offer that are supplied one after the other; there are 24, and some come twice. */
const MOST_STEPS = 40;

/** What can be said against one offer: by the rules, or else by its rank. */
function explained(question: Question, offerId: OfferId): Explanation | undefined {
  const { context, counted, now } = question;
  const ledger = ledgerOf(counted);
  const why = whyNot(indexOf(question), offerId, subjectOf(question), context, ledger, now);
  const { shown, rejected } = decided(question);
  const reason = rejected.find((each) => each.offerId === offerId)?.reason;
  const isShown = shown.some(({ offer }) => offer.offerId === offerId);
  if (isShown) expect([why, reason]).toEqual([undefined, undefined]);
  // A candidate has the same reason either way; what is no candidate has one as well.
  else if (why === undefined) expect(BY_RANK).toContain(reason);
  else if (reason !== undefined) expect(why.reason).toBe(reason);
  return why ?? (reason && { reason });
}
const BY_RANK = ['held-out', 'group-taken', 'shown-enough-today', 'ranked-lower'];

test('[offer-4] supplying what an explanation names removes that reason, and in the end the offer is shown', () => {
  const seen = new Map<string, number>();
  let shown = 0;
  let tried = 0;
  const property = fc.property(questions, fc.boolean(), (first, byOffer) => {
    for (const { offerId } of first.offers) {
      tried += 1;
      let question = first;
      for (let step = 0; ; step += 1) {
        const why = explained(question, offerId);
        if (why === undefined) {
          shown += 1;
          break;
        }
        const offer = question.offers.find((each) => each.offerId === offerId)!;
        if (step === MOST_STEPS) {
          expect(isAtOddsWithItself(offer)).toBe(true);
          break;
        }
        const supplied = supplying(question, offer, why, byOffer);
        if (supplied === undefined) break; // nothing could be: its own surfaces or questions forbid it
        seen.set(why.reason, (seen.get(why.reason) ?? 0) + 1);
        expect(explained(supplied, offerId)?.reason).not.toBe(why.reason);
        question = supplied;
      }
    }
  });
  fc.assert(property, { numRuns });
  expect(shown).toBeGreaterThan(tried * 0.6);
  if (numRuns >= 500) expect([...seen.keys()].sort()).toEqual([...REJECTIONS].sort());
});

/** What its audience asks is also settled by another field of it, which may say the contrary. */
function isAtOddsWithItself({ audience, zones = [], guards, ...offer }: Offer): boolean {
  const settled = [
    ...(zones.length > 0 ? ['zone'] : []),
    ...(offer.segments.length > 0 ? ['segment'] : []),
    ...(offer.gtins.length + offer.categories.length > 0
      ? ['scanned-product', 'scanned-category']
      : []),
    ...(offer.schedule === undefined ? [] : ['time-of-day', 'weekday']),
    ...(guards?.minStock === undefined ? [] : ['stock']),
  ];
  return audience !== undefined && leavesOf(audience).some(({ fact }) => settled.includes(fact));
}

/**
 * The question with just that changed which the explanation names; undefined where nothing could change it.
 * @param byOffer - where either would do, the offer's caps are widened, not the ledger's counts lowered
 */
function supplying(
  question: Question,
  offer: Offer,
  { reason, needs }: Explanation,
  byOffer: boolean,
): Question | undefined {
  const { context, person, counted } = question;
  const { offerId } = offer;
  const inContext = (given: Partial<Question['context']>) => ({
    ...question,
    context: { ...context, ...given },
  });
  const inRow = (given: Partial<Question['person']['row']>) => ({
    ...question,
    person: { ...person, row: { ...person.row, ...given } },
  });
  const inLedger = (given: Partial<Counted>) => ({
    ...question,
    counted: { ...counted, ...given },
  });
  const inOffer = (given: Partial<Offer>) => ({
    ...question,
    offers: question.offers.map((each) => (each === offer ? { ...offer, ...given } : each)),
  });
  switch (reason) {
    case 'unknown-offer':
      throw new Error(`${offerId} is in the bundle`);
    case 'other-moment':
      return inContext({ moment: offer.moments[0]! });
    case 'other-surface':
      return inContext({ surface: offer.surfaces[0]! });
    case 'not-yet-valid':
      return { ...question, now: offer.validFrom };
    case 'over':
      return { ...question, now: offer.validUntil - 1 };
    case 'may-be-over':
      return inContext({ latest: offer.validUntil - 1 });
    case 'outside-schedule':
      return inContext({ storeTime: scheduledTime(offer, context.storeTime) });
    case 'sensitive-here':
      return onSurface(question, offer, ['phone', 'handheld']);
    case 'other-zone':
      return inContext({ zoneId: offer.zones![0]! });
    case 'strength-too-low': {
      // Of all higher ones the first that helps.
      const higher = ([1, 2, 3, 4] as const).filter((each: Strength) => each > context.strength);
      const raised = higher.map((strength) => inContext({ strength }));
      return raised.find((each) => explained(each, offerId)?.reason !== reason) ?? raised.at(-1);
    }
    case 'not-personal-here': {
      const known = { ...question, person: { ...person, kind: 'consented' as const } };
      const byAct = { ...known, context: { ...context, evidence: 'code' as const } };
      return onSurface(byAct, offer, offer.sensitive ? ['phone'] : ['kiosk', 'phone']);
    }
    case 'other-product': {
      const { gtin } =
        question.products.find(({ gtin: each, category }) =>
          offer.gtins.length > 0 ? offer.gtins.includes(each) : offer.categories.includes(category),
        ) ?? {};
      return inContext({ gtin });
    }
    case 'not-in-segment':
      return inRow({ segments: [...person.row.segments, offer.segments[0]!] });
    case 'not-in-audience':
      return answering(question, offer.audience!, needs ?? []);
    case 'out-of-stock': {
      const enough = offer.gtins.map((gtin) => [gtin, offer.guards!.minStock!] as const);
      return inContext({ stock: new Map([...(context.stock ?? []), ...enough]) });
    }
    case 'no-coupon-held': {
      const couponId = `01890000-0000-7000-8000-0000000001${offerId.slice(-1)}0` as CouponId;
      const coupon = { couponId, offerId, code: 'SGK', codeHash: '0'.repeat(32) };
      return inRow({ coupons: [...person.row.coupons, coupon] });
    }
    case 'coupon-used': {
      const own = person.row.coupons.filter((coupon) => coupon.offerId === offerId);
      const unused = new Set(context.usedCoupons);
      unused.delete(own[0]!.couponId);
      return inContext({ usedCoupons: unused });
    }
    case 'cap-of-person': {
      const { days, times } = offer.caps!.perPerson!;
      const uses = counted.usesOfPerson.get(offerId) ?? 0;
      if (byOffer)
        return inOffer({ caps: { ...offer.caps, perPerson: { days, times: uses + 1 } } });
      return inLedger({ usesOfPerson: withOne(counted.usesOfPerson, offerId, times - 1) });
    }
    case 'cap-of-day': {
      const most = offer.caps!.perStoreAndDay!;
      const uses = counted.usesToday.get(offerId) ?? 0;
      if (byOffer) return inOffer({ caps: { ...offer.caps, perStoreAndDay: uses + 1 } });
      return inLedger({ usesToday: withOne(counted.usesToday, offerId, most - 1) });
    }
    case 'slice-spent':
      if (byOffer && counted.sliceLeft.get(offerId) === undefined)
        return inOffer({ caps: { ...offer.caps, total: undefined } });
      return inLedger({ sliceLeft: withOne(counted.sliceLeft, offerId, 1) });
    case 'budget-spent':
      if (byOffer && counted.budgetLeft.get(offerId) === undefined)
        return inOffer({ budget: undefined });
      return inLedger({ budgetLeft: withOne(counted.budgetLeft, offerId, 1) });
    case 'price-not-on-record':
      return inLedger({ priced: new Set([...counted.priced, offerId]) });
    case 'price-not-cut':
      return inLedger({
        notCut: new Set([...counted.notCut].filter((each) => each !== offerId)),
      });
    case 'held-out':
      return byOffer ? inOffer({ experiment: undefined }) : inRow({ arms: {} });
    case 'group-taken': {
      const isRival = (each: Offer) => each !== offer && each.group === offer.group;
      return { ...question, offers: question.offers.filter((each) => !isRival(each)) };
    }
    case 'shown-enough-today':
      return inLedger({ fatigueLeft: Infinity });
    case 'ranked-lower':
      return { ...question, limit: question.offers.length };
  }
}

const withOne = (numbers: ReadonlyMap<OfferId, number>, offerId: OfferId, value: number) =>
  new Map(numbers).set(offerId, value);

/** Where the offer may be shown at all, on one of these surfaces. */
function onSurface(question: Question, offer: Offer, fit: readonly Surface[]) {
  const now = question.context.surface;
  const surface = fit.includes(now) ? now : fit.find((each) => offer.surfaces.includes(each));
  return surface && { ...question, context: { ...question.context, surface } };
}

/** The first minute of a part of the schedule on one of the coming days. */
function scheduledTime({ schedule }: Offer, { date }: StoreTime): StoreTime {
  for (let day = 0; day < 8; day += 1) {
    for (const { from } of schedule!.dayparts) {
      const time = { ...dayAfter(date, day), minuteOfDay: from };
      if (isScheduled(schedule!, time)) return time;
    }
  }
  throw new Error('no day of a week is in the schedule');
}

function dayAfter(date: string, days: number): Pick<StoreTime, 'date' | 'weekday'> {
  const day = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
  return { date: day.toISOString().slice(0, 10), weekday: day.getUTCDay() || 7 };
}

/** Each question that an explanation names is answered as it wants; no fact changes that no such question asks about. */
function answering(
  question: Question,
  audience: Condition,
  needs: NonNullable<Explanation['needs']>,
): Question | undefined {
  const facts = factsOf(question);
  const why = whyConditionNot(audience, facts);
  if (why.kind !== 'missing') {
    expect([why.kind, needs]).toEqual(['never', []]);
    return undefined;
  }
  expect(needs).toEqual(why.needs);
  for (const { leaf, wanted } of needs) {
    expect(holds(leaf, facts)).toBe(!wanted);
    expect(holds(leaf, why.facts)).toBe(wanted);
  }
  const asked = new Set(needs.flatMap(({ leaf }) => FACTS_ASKED[leaf.fact]));
  for (const key of new Set([...Object.keys(facts), ...Object.keys(why.facts)] as (keyof Facts)[]))
    if (!asked.has(key)) expect([key, why.facts[key]]).toEqual([key, facts[key]]);
  return withFacts(question, why.facts, asked);
}

const FACTS_ASKED = {
  segment: 'segments',
  affinity: 'affinities',
  points: 'points',
  'days-since-visit': 'daysSinceVisit',
  zone: 'zoneId',
  'dwell-seconds': 'dwellSeconds',
  'scanned-product': 'scannedProduct',
  'scanned-category': 'scannedCategory',
  'cart-product': 'cart',
  'cart-category': 'cart',
  'cart-minor': 'cart',
  'time-of-day': 'minuteOfDay',
  weekday: 'weekday',
  stock: 'stock',
} as const satisfies Record<string, keyof Facts>;

/** What may be known of the question, said once more beside the kernel. */
function factsOf({ context, person: { kind, row }, products, now }: Question): Facts {
  const { zoneId, dwellSeconds, gtin, cart, stock, storeTime } = context;
  const { minuteOfDay, weekday } = storeTime;
  const scannedCategory = products.find((product) => product.gtin === gtin)?.category;
  const moment = { zoneId, dwellSeconds, scannedProduct: gtin, scannedCategory, cart, stock };
  const { strength, evidence, surface } = context;
  const may = mayShow(strength, evidence, surface, new Set(['personalise'] as const));
  if (kind !== 'consented' || !may.personalOffers) return { ...moment, minuteOfDay, weekday };
  const { segments, affinities, points, lastVisitAt } = row;
  const daysSinceVisit =
    lastVisitAt === undefined ? undefined : Math.max(0, Math.floor((now - lastVisitAt) / DAY_MS));
  return {
    ...{ ...moment, minuteOfDay, weekday },
    ...{ segments: new Set(segments), affinities, points, daysSinceVisit },
  };
}

/** The question with these facts of it changed; undefined where nobody could be so. */
function withFacts(
  question: Question,
  facts: Facts,
  asked: ReadonlySet<keyof Facts>,
): Question | undefined {
  let { context } = question;
  let { row } = question.person;
  for (const key of asked) {
    switch (key) {
      case 'segments':
        row = { ...row, segments: [...(facts.segments ?? [])] };
        break;
      case 'affinities':
        row = { ...row, affinities: { ...facts.affinities } };
        break;
      case 'points':
        if (facts.points === undefined) return undefined; // everybody has some, if 0
        row = { ...row, points: facts.points };
        break;
      case 'daysSinceVisit': {
        const { daysSinceVisit } = facts;
        const lastVisitAt =
          daysSinceVisit === undefined ? undefined : question.now - daysSinceVisit * DAY_MS;
        row = { ...row, lastVisitAt };
        break;
      }
      case 'scannedProduct':
        context = { ...context, gtin: facts.scannedProduct };
        break;
      case 'scannedCategory': {
        const { scannedCategory } = facts;
        const product = question.products.find(({ category }) => category === scannedCategory);
        context = { ...context, gtin: product?.gtin };
        break;
      }
      case 'minuteOfDay': {
        const storeTime = { ...context.storeTime, minuteOfDay: facts.minuteOfDay ?? 0 };
        context = { ...context, storeTime };
        break;
      }
      case 'weekday': {
        const { storeTime } = context;
        const days = ((facts.weekday ?? 1) - storeTime.weekday + 7) % 7;
        context = { ...context, storeTime: { ...storeTime, ...dayAfter(storeTime.date, days) } };
        break;
      }
      default:
        context = { ...context, [key]: facts[key] };
    }
  }
  return { ...question, context, person: { ...question.person, row } };
}
