import { describe, expect, test } from 'vitest';
import { createResults } from '../../../hq/results/results.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import { OfferResultsSchema } from '../../../kernel/protocol/console-api.ts';
import { NOON } from '../../doubles/members.ts';
import {
  aMeasuredOffer,
  BOTTEGA,
  bought,
  DAY_MS,
  decided,
  exposed,
  MEASURED_OFFER,
  measuredOffice,
  MERCATO,
  type Somebody,
  voided,
  returned,
} from '../../support/measured-office.ts';

type Office = Awaited<ReturnType<typeof measuredOffice>>;
type Measured = Extract<Awaited<ReturnType<Office['results']>>, { kind: 'measured' }>;

/** So many of each arm in a shop, of whom the first `take` take the offer. */
async function visit(
  office: Office,
  storeId: typeof BOTTEGA,
  groups: Readonly<Record<'shown' | 'held-out', { people: number; take: number }>>,
): Promise<Record<'shown' | 'held-out', Somebody[]>> {
  const found: Record<'shown' | 'held-out', Somebody[]> = { shown: [], 'held-out': [] };
  for (const arm of ['shown', 'held-out'] as const) {
    const { people, take } = groups[arm];
    while (found[arm].length < people)
      found[arm].push(await office.joinIn(arm, { storeIds: [storeId] }));
    const facts = found[arm].flatMap((somebody, i) => [
      decided(somebody, NOON),
      ...(arm === 'shown' && i % 2 === 0 ? [exposed(somebody, NOON + 1)] : []),
      ...(i < take ? [bought(somebody, NOON + DAY_MS)] : []),
    ]);
    await office.push(facts, storeId);
  }
  return found;
}
const resultsOf = async (office: Office): Promise<Measured> => {
  const results = OfferResultsSchema.parse(await office.results());
  if (results.kind !== 'measured') throw new Error(results.reason);
  return results;
};

test('[lift-1] people, takers and what they spent, by store and in all', async () => {
  const office = await measuredOffice();
  await visit(office, BOTTEGA, {
    shown: { people: 40, take: 30 },
    'held-out': { people: 40, take: 4 },
  });
  office.clock.now = NOON + 20 * DAY_MS;
  const { all, stores, tooSmall, ...rest } = await resultsOf(office);
  expect(rest).toEqual({
    ...{ kind: 'measured', since: NOON, isOn: true, holdOut: 5_000, mismatched: 0 },
    ...{ outcome: 'took-effect', outcomeDays: 14, heldOutMayTake: true },
  });
  expect(all).toMatchObject({
    verdict: { kind: 'better' },
    people: 80,
    split: { shown: 40, heldOut: 40 },
    sampleRatio: 1,
    figures: {
      shown: { people: 40, took: 30 },
      heldOut: { people: 40, took: 4 },
      saw: 0.5,
      variants: [],
      spent: { currency: 'EUR', shown: 750, heldOut: 100, difference: 650 },
    },
  });
  expect(all.figures?.difference).toBeCloseTo(0.65, 9);
  const { figures, ...store } = stores[0]!;
  const bound = expect.anything() as unknown;
  expect({ ...store, figures: { ...figures, bound } }).toEqual({
    ...{ storeId: BOTTEGA, ...all },
    figures: { ...all.figures, bound },
  });
  expect(tooSmall).toEqual([]);
});

test('[lift-13] a store is named only where it stands beside every other that serves the offer', async () => {
  const office = await measuredOffice();
  await visit(office, BOTTEGA, {
    shown: { people: 40, take: 26 },
    'held-out': { people: 40, take: 8 },
  });
  office.clock.now = NOON + 20 * DAY_MS;
  const { all, stores } = await resultsOf(office);
  // An alpha of 0.027 is enough of one comparison, and of two it is not: nobody has come to the other store yet.
  expect(all.verdict).toMatchObject({ kind: 'better' });
  expect(stores[0]!.verdict).toMatchObject({ kind: 'not-enough-data' });
  expect(all.figures!.bound.low).toBeGreaterThan(0);
  expect(stores[0]!.figures!.bound.low).toBeLessThan(0);
});

test('[lift-1] a purchase that was made void counts for nothing, whichever came first', async () => {
  const office = await measuredOffice();
  const { shown } = await visit(office, BOTTEGA, {
    shown: { people: 20, take: 0 },
    'held-out': { people: 20, take: 0 },
  });
  const [first, second] = shown.map((somebody) => bought(somebody, NOON + DAY_MS));
  await office.push([
    ...[first!, voided(first!, NOON + 2 * DAY_MS)],
    ...[voided(second!, NOON + 2 * DAY_MS), second!],
  ]);
  office.clock.now = NOON + 20 * DAY_MS;
  const { all } = await resultsOf(office);
  expect(all.figures?.shown).toEqual({ people: 20, took: 0 });
  expect(all.figures?.spent).toBeUndefined();
});

test('[lift-1] of a purchase of which some came back the rest counts, of one that came back whole nothing', async () => {
  const office = await measuredOffice();
  const { shown } = await visit(office, BOTTEGA, {
    shown: { people: 20, take: 0 },
    'held-out': { people: 20, take: 0 },
  });
  const [first, second] = shown.map((somebody) =>
    bought(somebody, NOON + DAY_MS, { netMinor: 5_000 }),
  );
  await office.push([
    ...[first!, returned(first!, NOON + 2 * DAY_MS, 900), returned(first!, NOON + 3 * DAY_MS, 100)],
    ...[returned(second!, NOON + 2 * DAY_MS, 5_000, { isAll: true }), second!],
  ]);
  office.clock.now = NOON + 20 * DAY_MS;
  const { all } = await resultsOf(office);
  expect(all.figures?.shown).toEqual({ people: 20, took: 1 });
  expect(all.figures?.spent).toMatchObject({ shown: 4_000 / 20, heldOut: 0 });
});

test('[lift-3] a split that is not the planned one gives no figures, only what it is', async () => {
  const office = await measuredOffice();
  await visit(office, BOTTEGA, {
    shown: { people: 60, take: 50 },
    'held-out': { people: 20, take: 1 },
  });
  office.clock.now = NOON + 20 * DAY_MS;
  const { all } = await resultsOf(office);
  expect(all).toMatchObject({
    verdict: { kind: 'sample-ratio-mismatch' },
    split: { shown: 60, heldOut: 20 },
  });
  expect(all.figures).toBeUndefined();
});

describe('[lift-9] groups of fewer than 20 people', () => {
  const few = (people: number) => ({
    shown: { people: people / 2, take: 1 },
    'held-out': { people: people / 2, take: 0 },
  });

  test('are not shown, neither a store’s nor all', async () => {
    const office = await measuredOffice();
    await visit(office, BOTTEGA, few(18));
    office.clock.now = NOON + 20 * DAY_MS;
    const results = await resultsOf(office);
    expect(results.stores).toEqual([]);
    expect(results.tooSmall).toEqual([BOTTEGA]);
    expect(results.all).toEqual({
      verdict: { kind: 'not-enough-data', needed: expect.any(Number) as number },
    });
  });

  test('take the next larger store with them, whose figures would else give theirs away', async () => {
    const office = await measuredOffice();
    await visit(office, BOTTEGA, few(40));
    await visit(office, MERCATO, few(10));
    office.clock.now = NOON + 20 * DAY_MS;
    const results = await resultsOf(office);
    expect(results.tooSmall).toEqual([BOTTEGA, MERCATO]);
    expect(results.all.figures).toMatchObject({ shown: { people: 25 }, heldOut: { people: 25 } });
  });

  test('on one side alone leave the figures out', async () => {
    const office = await measuredOffice();
    await visit(office, BOTTEGA, {
      shown: { people: 24, take: 1 },
      'held-out': { people: 18, take: 0 },
    });
    office.clock.now = NOON + 20 * DAY_MS;
    const { all } = await resultsOf(office);
    expect(all).toMatchObject({ people: 42, verdict: { kind: 'not-enough-data', people: 42 } });
    expect([all.split, all.figures]).toEqual([undefined, undefined]);
  });
});

test('[lift-1] before anybody’s 14 days are over nothing is compared', async () => {
  const office = await measuredOffice();
  await visit(office, BOTTEGA, {
    shown: { people: 20, take: 20 },
    'held-out': { people: 20, take: 0 },
  });
  const { all } = await resultsOf(office);
  expect(all).toMatchObject({ people: 40, split: { shown: 20, heldOut: 20 } });
  expect(all.verdict).toMatchObject({ kind: 'not-enough-data' });
  expect(all.figures).toBeUndefined();
});

test.each([
  [{ segments: ['wine'] }, false],
  [{ redemption: 'optimistic' as const }, false],
  [{}, true],
])(
  '[lift-1] of %o it says whether the held out may take it all the same: %s',
  async (given, may) => {
    const office = await measuredOffice(aMeasuredOffer(given));
    expect(await resultsOf(office)).toMatchObject({ heldOutMayTake: may });
  },
);

test('an offer that head office does not have is not found', async () => {
  const { database } = await measuredOffice();
  const results = createResults(database, () => NOON);
  expect(await results.of(MEASURED_OFFER)).toMatchObject({ kind: 'measured' });
  await expect(results.of('altro' as OfferId)).rejects.toThrow(/no offer/);
});
