import { describe, expect, test } from 'vitest';
import { plainCouponsOf, withConsent } from '../../../kernel/domain/consent.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import { decide } from '../../../kernel/domain/decision.ts';
import {
  ANONYMOUS,
  type DecisionContext,
  type Subject,
} from '../../../kernel/domain/decision-context.ts';
import { whyNot } from '../../../kernel/domain/decision-why-not.ts';
import { OfferIndex } from '../../../kernel/domain/offer-index.ts';
import type { Rejection } from '../../../kernel/domain/rejection.ts';
import type { Condition } from '../../../kernel/domain/condition.ts';
import type { Gtin, OfferId, ZoneId } from '../../../kernel/domain/ids.ts';
import { EMPTY_LEDGER, type LedgerView } from '../../../kernel/domain/ledger.ts';
import type { Offer, Product } from '../../../kernel/domain/offer.ts';
import { aCoupon, aMember, anOffer, NOON } from '../../doubles/members.ts';

const lease = { notAfter: NOON + 1_000 };
const espresso = '08000070012345' as Gtin;
const products: Product[] = [
  {
    gtin: espresso,
    name: { it: 'Espresso', en: 'Espresso' },
    category: 'coffee',
    price: { minor: 490, currency: 'EUR' },
  },
];
const index = (...offers: Offer[]) => new OfferIndex({ version: 7, offers, products });
const atKiosk = (given: Partial<DecisionContext> = {}): DecisionContext => ({
  moment: 'session',
  surface: 'kiosk',
  strength: 3,
  evidence: 'code',
  usedCoupons: new Set(),
  storeTime: { date: '2026-03-01', weekday: 7, minuteOfDay: 720 },
  seed: 'a decision',
  ...given,
});
function consenting(row: Partial<CohortRow> = {}): Subject {
  const subject = withConsent(
    aMember({ ...row, consents: ['personalise'] }),
    'personalise',
    lease,
    NOON,
  );
  if (subject.kind === 'refused') throw new Error(subject.reason);
  return subject;
}
function withoutConsent(row: Partial<CohortRow> = {}): Subject {
  const subject = plainCouponsOf(aMember(row), lease, NOON);
  if (subject.kind === 'refused') throw new Error(subject.reason);
  return subject;
}
const ids = ({ shown }: { shown: readonly { offer: Offer }[] }) =>
  shown.map(({ offer }) => offer.offerId);
/** What stands against one offer. */
const against = (offer: Offer, subject: Subject, context: DecisionContext) =>
  whyNot(index(offer), offer.offerId, subject, context, EMPTY_LEDGER, NOON)?.reason;

test('[duty-4] a cohort row without the consent check does not type-check', () => {
  const row = aMember({ segments: ['wine'] });
  const shop = index(anOffer('wine', { segments: ['wine'] }));
  const smuggle = () => {
    // @ts-expect-error a bare row is no subject
    decide(shop, row, atKiosk(), EMPTY_LEDGER, NOON);
    // @ts-expect-error nor is one dressed up as checked
    decide(shop, { kind: 'consented', row }, atKiosk(), EMPTY_LEDGER, NOON);
    const bare = { kind: 'plain', rowVersion: 1, coupons: row.coupons } as const;
    // @ts-expect-error nor coupons that came through no gate
    decide(shop, bare, atKiosk(), EMPTY_LEDGER, NOON);
    // @ts-expect-error and a refusal must be looked at before
    decide(shop, withConsent(row, 'personalise', lease, NOON), atKiosk(), EMPTY_LEDGER, NOON);
    const recognised = withConsent(row, 'recognise', lease, NOON);
    if (recognised.kind === 'refused') return;
    // @ts-expect-error consent to be recognised is no consent to personal offers
    decide(shop, recognised, atKiosk(), EMPTY_LEDGER, NOON);
  };
  expect(smuggle).toBeTypeOf('function');
});

describe('offers are chosen', () => {
  test('by priority, then by what an acceptance is worth, and no more than fit', () => {
    const shop = index(
      anOffer('bread', { priority: 10, valueMinor: 1 }),
      anOffer('oil', { priority: 90, valueMinor: 1 }),
      anOffer('almonds', { priority: 10, valueMinor: 1_000_000 }),
    );
    const decision = decide(shop, ANONYMOUS, atKiosk({ strength: 0 }), EMPTY_LEDGER, NOON, 2);
    expect(ids(decision)).toEqual(['oil', 'almonds']);
    expect(decision.rejected).toEqual([{ offerId: 'bread', reason: 'ranked-lower' }]);
  });

  test('for the moment and the surface that they are made for', () => {
    const shop = index(
      anOffer('leaving', { moments: ['leave'] }),
      anOffer('till', { surfaces: ['handheld'] }),
    );
    const decision = decide(shop, ANONYMOUS, atKiosk(), EMPTY_LEDGER, NOON);
    expect(decision).toMatchObject({ shown: [], rejected: [] });
    const why = (offerId: string) =>
      whyNot(shop, offerId as OfferId, ANONYMOUS, atKiosk(), EMPTY_LEDGER, NOON)?.reason;
    expect(['leaving', 'till', 'none'].map(why)).toEqual([
      'other-moment',
      'other-surface',
      'unknown-offer',
    ]);
  });

  test('with a sentence that says why, in every language of the shop', () => {
    const shop = index(anOffer('wine', { segments: ['wine'], priority: 1 }), anOffer('bread'));
    const { shown } = decide(
      shop,
      consenting({ segments: ['wine'] }),
      atKiosk(),
      EMPTY_LEDGER,
      NOON,
    );
    expect(shown.map(({ reason }) => reason['en'])).toEqual([
      'For everybody in the shop.',
      'Chosen for you, from your profile.',
    ]);
    for (const { reason } of shown) expect(reason['it']).toMatch(/\.$/);
  });
});

describe('an offer is not shown', () => {
  const wine = anOffer('wine', { segments: ['wine'] });
  const lover = consenting({ segments: ['wine'] });
  const coupon = aCoupon('oil');
  const oil = anOffer('oil', { redemption: 'leased' });
  const holder = consenting({ coupons: [coupon] });
  const used = atKiosk({ usedCoupons: new Set([coupon.couponId]) });

  test.each<[Rejection, Offer, Subject, DecisionContext]>([
    ['not-yet-valid', anOffer('a', { validFrom: NOON + 1 }), ANONYMOUS, atKiosk()],
    ['over', anOffer('a', { validUntil: NOON }), ANONYMOUS, atKiosk()],
    [
      'may-be-over',
      anOffer('a', { validUntil: NOON + 5 }),
      ANONYMOUS,
      atKiosk({ latest: NOON + 5 }),
    ],
    ['other-product', anOffer('a', { categories: ['tea'] }), lover, atKiosk({ gtin: espresso })],
    ['not-in-segment', wine, consenting({ segments: ['tea'] }), atKiosk()],
    ['not-personal-here', wine, withoutConsent({ segments: ['wine'] }), atKiosk()],
    ['strength-too-low', wine, lover, atKiosk({ strength: 2, evidence: 'token' })],
    ['strength-too-low', anOffer('a', { minStrength: 4 }), lover, atKiosk()],
    ['sensitive-here', anOffer('a', { sensitive: true }), lover, atKiosk()],
    ['coupon-used', oil, holder, used],
    ['no-coupon-held', oil, lover, atKiosk()],
    ['strength-too-low', oil, ANONYMOUS, atKiosk({ strength: 0 })],
    ['not-personal-here', oil, ANONYMOUS, atKiosk()],
  ])('%s', (reason, offer, subject, context) => {
    expect(against(offer, subject, context)).toBe(reason);
  });

  test('[duty-26] to anybody on a public screen because of who they are', () => {
    const publicly = atKiosk({ surface: 'public' });
    expect(against(wine, lover, publicly)).toBe('not-personal-here');
    expect(against(oil, holder, publicly)).toBe('not-personal-here');
    expect(against(oil, withoutConsent({ coupons: [coupon] }), publicly)).toBe('not-personal-here');
  });

  test('[threat-1] on account of a token alone', () => {
    for (const evidence of ['token', 'report', undefined] as const) {
      expect(against(wine, lover, atKiosk({ evidence }))).toBe('not-personal-here');
      expect(against(oil, holder, atKiosk({ evidence }))).toBe('not-personal-here');
      const plain = withoutConsent({ coupons: [coupon] });
      expect(against(oil, plain, atKiosk({ evidence }))).toBe('not-personal-here');
    }
  });
});

describe('[duty-1] whoever did not agree to personal offers', () => {
  const coupon = aCoupon('oil');
  const shop = index(
    anOffer('oil', { redemption: 'leased' }),
    anOffer('wine', { segments: ['wine'] }),
  );

  test('still gets the coupons in their hand', () => {
    const subject = withoutConsent({ coupons: [coupon], segments: ['wine'] });
    const decision = decide(shop, subject, atKiosk({ evidence: 'card' }), EMPTY_LEDGER, NOON);
    expect(decision.shown.map(({ offer, coupon: held }) => [offer.offerId, held])).toEqual([
      ['oil', coupon],
    ]);
    expect(decision.shown[0]?.reason['en']).toBe('You hold a coupon for this offer.');
  });

  test('on a handheld too, and whoever did agree gets no less', () => {
    const row = { coupons: [coupon], segments: ['wine'] };
    const till = index(
      anOffer('oil', { redemption: 'leased', surfaces: ['handheld'] }),
      anOffer('wine', { segments: ['wine'], surfaces: ['handheld'] }),
    );
    for (const evidence of ['card', 'code', 'staff'] as const) {
      const context = atKiosk({ surface: 'handheld', evidence });
      const [agreed, plain] = [consenting(row), withoutConsent(row)].map((subject) =>
        decide(till, subject, context, EMPTY_LEDGER, NOON),
      );
      expect(ids(plain!)).toEqual(['oil']);
      expect(ids(agreed!)).toEqual(['oil']); // and nothing that was concluded about them
    }
  });

  test('and of two for one offer, the one that is not used', () => {
    const second = aCoupon('oil');
    for (const coupons of [
      [coupon, second],
      [second, coupon],
    ]) {
      const context = atKiosk({ usedCoupons: new Set([coupon.couponId]) });
      const [shown] = decide(shop, withoutConsent({ coupons }), context, EMPTY_LEDGER, NOON).shown;
      expect(shown?.coupon).toEqual(second);
    }
  });
});

describe('at the scan of a product', () => {
  const context = atKiosk({ moment: 'scan', gtin: espresso, strength: 0, evidence: undefined });
  test('offers about it, its category or the whole shop are chosen', () => {
    const shop = index(
      anOffer('this', { gtins: [espresso], priority: 1 }),
      anOffer('coffee', { categories: ['coffee'], priority: 2 }),
      anOffer('tea', { categories: ['tea'] }),
      anOffer('all', { priority: 3 }),
    );
    expect(ids(decide(shop, ANONYMOUS, context, EMPTY_LEDGER, NOON))).toEqual([
      'all',
      'coffee',
      'this',
    ]);
  });

  test('a product that the bundle does not know has no category', () => {
    const shop = index(anOffer('coffee', { categories: ['coffee'] }));
    const unknown = { ...context, gtin: '00000000000000' as Gtin };
    expect(decide(shop, ANONYMOUS, unknown, EMPTY_LEDGER, NOON).rejected[0]?.reason).toBe(
      'other-product',
    );
  });
});

describe('a decision’s canonical text', () => {
  const coupon = aCoupon('oil');
  const offers = [
    anOffer('oil', { redemption: 'leased', priority: 10 }),
    anOffer('bread', { priority: 20 }),
    anOffer('late', { validFrom: NOON + 1 }),
    anOffer('wine', { segments: ['wine'] }),
  ];
  const subject = consenting({ coupons: [coupon], rowVersion: 3 });

  test('is the same for the same question, however the bundle lists its offers', () => {
    const one = decide(index(...offers), subject, atKiosk(), EMPTY_LEDGER, NOON);
    const other = decide(index(...[...offers].reverse()), subject, atKiosk(), EMPTY_LEDGER, NOON);
    expect(one.canonical).toBe(other.canonical);
    expect(JSON.parse(one.canonical)).toEqual({
      bundleVersion: 7,
      rowVersion: 3,
      ledgerVersion: 0,
      context: {
        seed: 'a decision',
        storeTime: { date: '2026-03-01', weekday: 7, minuteOfDay: 720 },
        moment: 'session',
        surface: 'kiosk',
        strength: 3,
        evidence: 'code',
        usedCoupons: [],
        at: NOON,
      },
      result: {
        shown: [
          { offerId: 'bread', version: 1 },
          { offerId: 'oil', version: 1, couponId: coupon.couponId },
        ],
        eligible: [],
        // Wine is no candidate: nobody without the segment is looked at for it.
        rejected: { 'not-yet-valid': ['late'] },
      },
    });
  });

  test('differs with anything that the decision rests on', () => {
    const used = new Set([coupon.couponId, aCoupon('x').couponId]);
    const texts = [
      decide(index(...offers), subject, atKiosk(), EMPTY_LEDGER, NOON),
      decide(index(...offers), subject, atKiosk(), EMPTY_LEDGER, NOON + 1),
      decide(index(...offers), subject, atKiosk({ usedCoupons: used }), EMPTY_LEDGER, NOON),
      decide(
        index(...offers),
        consenting({ coupons: [coupon], rowVersion: 4 }),
        atKiosk(),
        EMPTY_LEDGER,
        NOON,
      ),
      decide(index(...offers), ANONYMOUS, atKiosk(), EMPTY_LEDGER, NOON),
      decide(index(...offers), subject, atKiosk({ evidence: 'phone' }), EMPTY_LEDGER, NOON),
      decide(index(...offers), subject, atKiosk({ seed: 'another' }), EMPTY_LEDGER, NOON),
      decide(index(...offers), subject, atKiosk(), { ...EMPTY_LEDGER, version: 1 }, NOON),
    ].map(({ canonical }) => canonical);
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('names nobody, and no coupon that is not this person’s', () => {
    const stranger = aCoupon('x');
    const context = atKiosk({ usedCoupons: new Set([stranger.couponId]) });
    const { canonical } = decide(
      index(...offers),
      consenting({ firstName: 'Socia' }),
      context,
      EMPTY_LEDGER,
      NOON,
    );
    expect(canonical).not.toContain(stranger.couponId);
    expect(canonical).not.toContain('Socia');
  });
});

describe('what stands against an offer', () => {
  const member = consenting({
    segments: ['coffee'],
    points: 40,
    lastVisitAt: NOON - 3 * 86_400_000,
  });
  const why = (
    given: Partial<Offer>,
    context = atKiosk(),
    ledger = EMPTY_LEDGER,
    subject = member,
  ) => whyNot(index(anOffer('one', given)), 'one' as OfferId, subject, context, ledger, NOON);

  test('is the schedule, the zone, the stock', () => {
    const mornings = { dayparts: [{ weekdays: [7], from: 420, until: 660 }] };
    expect(why({ schedule: mornings })?.reason).toBe('outside-schedule');
    const early = { date: '2026-03-01', weekday: 7, minuteOfDay: 500 };
    expect(why({ schedule: mornings }, atKiosk({ storeTime: early }))).toBeUndefined();
    const aisle = 'aisle' as ZoneId;
    expect(why({ zones: [aisle] })?.reason).toBe('other-zone');
    expect(why({ zones: [aisle] }, atKiosk({ zoneId: aisle }))).toBeUndefined();
    const guarded = { gtins: [espresso], guards: { minStock: 3, priceEvidence: false } };
    expect(why(guarded)).toBeUndefined(); // nobody counts it
    const stock = new Map([[espresso, 2]]);
    expect(why(guarded, atKiosk({ stock }))?.reason).toBe('out-of-stock');
  });

  test('is what its audience lacks, as few answers as can be', () => {
    const audience: Condition = {
      all: [
        { fact: 'segment', is: 'coffee' },
        {
          any: [
            { fact: 'points', atLeast: 100 },
            { fact: 'days-since-visit', atLeast: 30 },
          ],
        },
      ],
    };
    expect(why({ audience })).toEqual({
      reason: 'not-in-audience',
      needs: [{ leaf: { fact: 'points', atLeast: 100 }, wanted: true }],
    });
    expect(
      why({ audience }, atKiosk(), EMPTY_LEDGER, consenting({ segments: ['coffee'], points: 100 })),
    ).toBeUndefined();
    expect(why({ audience }, atKiosk({ strength: 2, evidence: 'token' }))?.reason).toBe(
      'strength-too-low',
    );
  });

  test('is a cap, a slice or a budget that is spent, and a price that is not on record', () => {
    const spent = (given: Partial<LedgerView>) => ({ ...EMPTY_LEDGER, ...given });
    const caps = { perPerson: { times: 2, days: 7 }, perStoreAndDay: 5 };
    expect(
      why({ caps }, atKiosk(), spent({ usesOfPerson: () => 1, usesToday: () => 4 })),
    ).toBeUndefined();
    expect(why({ caps }, atKiosk(), spent({ usesOfPerson: () => 2 }))?.reason).toBe(
      'cap-of-person',
    );
    expect(why({ caps }, atKiosk(), spent({ usesToday: () => 5 }))?.reason).toBe('cap-of-day');
    // A total is spent by slices: without one it is another store's.
    expect(why({ caps: { total: 9 } })?.reason).toBe('slice-spent');
    expect(why({ caps: { total: 9 } }, atKiosk(), spent({ sliceLeft: () => 1 }))).toBeUndefined();
    const budget = { minor: 1_000, currency: 'EUR' };
    expect(why({ budget })?.reason).toBe('budget-spent');
    expect(why({ budget }, atKiosk(), spent({ budgetLeft: () => 1 }))).toBeUndefined();
    const guards = { priceEvidence: true };
    expect(why({ guards, gtins: [espresso] })).toEqual({
      ...{ reason: 'price-not-on-record', gtins: [espresso] },
    });
    const evidence = (kind: 'not-cut' | 'on-record') =>
      spent({ priceEvidence: () => ({ kind, gtins: [espresso], lowest: new Map() }) });
    expect(why({ guards }, atKiosk(), evidence('not-cut'))?.reason).toBe('price-not-cut');
    expect(why({ guards }, atKiosk(), evidence('on-record'))).toBeUndefined();
  });
});

describe('of those for whom an offer stands', () => {
  const experiment = {
    layer: 'welcome',
    holdOut: 1_000,
    variants: [
      { variant: 'short', buckets: 4_000 },
      { variant: 'long', buckets: 5_000 },
    ],
  };
  const shop = index(anOffer('one', { experiment }));
  const withBucket = (bucket: number) =>
    decide(shop, consenting({ arms: { welcome: bucket } }), atKiosk(), EMPTY_LEDGER, NOON);

  test('the held-out ones do not see it, and all are written down', () => {
    expect(withBucket(999)).toMatchObject({
      shown: [],
      eligible: [{ offerId: 'one', layer: 'welcome', arm: 'held-out' }],
      rejected: [{ offerId: 'one', reason: 'held-out' }],
    });
    for (const [bucket, variant] of [
      [1_000, 'short'],
      [4_999, 'short'],
      [5_000, 'long'],
      [9_999, 'long'],
    ] as const)
      expect(withBucket(bucket)).toMatchObject({
        shown: [{ variant }],
        eligible: [{ offerId: 'one', layer: 'welcome', arm: variant }],
      });
  });

  describe('[lift-12] a coupon', () => {
    const caps = { perStoreAndDay: 1 };
    const withCoupon = index(anOffer('one', { experiment, redemption: 'leased', caps }));
    const own = aCoupon('one');
    const asked = (bucket: number, coupons = [own], more: Partial<DecisionContext> = {}) =>
      decide(
        withCoupon,
        consenting({ arms: { welcome: bucket }, coupons }),
        atKiosk(more),
        EMPTY_LEDGER,
        NOON,
      );
    const heldOut = { offerId: 'one', layer: 'welcome', arm: 'held-out' };

    test('that the held-out do not have is no reason: they are held out, and counted', () => {
      for (const coupons of [[], [own]])
        expect(asked(0, coupons)).toMatchObject({
          shown: [],
          eligible: [heldOut],
          rejected: [{ offerId: 'one', reason: 'held-out' }],
        });
      const subject = consenting({ arms: { welcome: 0 }, coupons: [] });
      const why = whyNot(withCoupon, 'one' as OfferId, subject, atKiosk(), EMPTY_LEDGER, NOON);
      expect(why).toBeUndefined();
    });

    test('that somebody else does not have here counts them all the same, and shows nothing', () => {
      expect(asked(1_000, [])).toMatchObject({
        shown: [],
        eligible: [{ ...heldOut, arm: 'short' }],
        rejected: [{ offerId: 'one', reason: 'no-coupon-held' }],
      });
    });

    test.each([0, 1_000])(
      'is the same for both sides: used up, or at its cap (bucket %i)',
      (bucket) => {
        const used = { usedCoupons: new Set([own.couponId]) };
        expect(asked(bucket, [own], used).eligible).toEqual([]);
        const full = { ...EMPTY_LEDGER, usesToday: () => 1 };
        const subject = consenting({ arms: { welcome: bucket }, coupons: [] });
        expect(decide(withCoupon, subject, atKiosk(), full, NOON).eligible).toEqual([]);
      },
    );
  });

  test('whoever has no bucket yet is outside the experiment, and so is somebody unknown', () => {
    for (const subject of [consenting(), ANONYMOUS])
      expect(decide(shop, subject, atKiosk(), EMPTY_LEDGER, NOON)).toMatchObject({
        shown: [{ variant: undefined }],
        eligible: [],
      });
  });
});

test('of one group the best is shown, and nobody is shown more than is left for today', () => {
  const shop = index(
    anOffer('a', { group: 'coffee', priority: 3 }),
    anOffer('b', { group: 'coffee', priority: 2 }),
    anOffer('c', { priority: 1 }),
  );
  const free = decide(shop, consenting(), atKiosk(), EMPTY_LEDGER, NOON);
  expect(ids(free)).toEqual(['a', 'c']);
  expect(free.rejected).toEqual([{ offerId: 'b', reason: 'group-taken' }]);
  const tired = { ...EMPTY_LEDGER, fatigueLeft: 1 };
  const little = decide(shop, consenting(), atKiosk(), tired, NOON);
  expect(ids(little)).toEqual(['a']);
  expect(little.rejected.at(-1)).toEqual({ offerId: 'c', reason: 'shown-enough-today' });
  expect(ids(decide(shop, ANONYMOUS, atKiosk(), tired, NOON))).toEqual(['a', 'c']);
});

test('what is taken more often comes first more often, and what nobody knows is still tried', () => {
  const shop = index(
    ...['liked', 'disliked', 'new'].map((offerId) => anOffer(offerId, { valueMinor: 100 })),
  );
  const outcomes = (offerId: string) =>
    ({ liked: { exposed: 100, accepted: 40 }, disliked: { exposed: 100, accepted: 5 } })[
      offerId
    ] ?? {
      exposed: 0,
      accepted: 0,
    };
  const ledger = { ...EMPTY_LEDGER, outcomes };
  const first = { liked: 0, disliked: 0, new: 0 };
  for (let i = 0; i < 500; i += 1) {
    const context = atKiosk({ seed: `decision ${String(i)}` });
    const [best] = decide(shop, ANONYMOUS, context, ledger, NOON).shown;
    first[best!.offer.offerId as unknown as keyof typeof first] += 1;
  }
  expect(first.liked).toBeGreaterThan(150);
  expect(first.disliked).toBeLessThan(5);
  expect(first.new).toBeGreaterThan(150); // uniform: 0.6 of it is above 0.4
});

describe('[mix-1] the mix of those present', () => {
  const apples = anOffer('apples', { categories: ['fruit'] });
  const coffee = anOffer('coffee', { gtins: [espresso] });
  const dear = anOffer('dear', { priority: 60 });
  const shop = index(apples, coffee, dear);
  const onScreen = (given: Partial<DecisionContext> = {}): DecisionContext => ({
    ...atKiosk({ moment: 'near', surface: 'public', strength: 0, evidence: undefined }),
    ...given,
  });
  const orderOf = (subject: Subject, context: DecisionContext, offers = shop) =>
    ids(decide(offers, subject, context, EMPTY_LEDGER, NOON));

  test('leads among offers of equal priority, and changes nothing else', () => {
    expect(orderOf(ANONYMOUS, onScreen())).toEqual(['dear', 'apples', 'coffee']);
    const led = decide(shop, ANONYMOUS, onScreen({ mix: 'coffee' }), EMPTY_LEDGER, NOON);
    expect(ids(led)).toEqual(['dear', 'coffee', 'apples']);
    expect(led.canonical).toContain('"mix":"coffee"');
    expect(orderOf(ANONYMOUS, onScreen({ mix: 'shoes' }))).toEqual(['dear', 'apples', 'coffee']);
  });

  test('is without meaning in a session, on a phone, and for a person', () => {
    const usual = ['dear', 'apples', 'coffee'];
    const session = atKiosk({ moment: 'near', mix: 'coffee' });
    expect(orderOf(ANONYMOUS, session)).toEqual(usual);
    expect(orderOf(consenting(), onScreen({ mix: 'coffee' }))).toEqual(usual);
    expect(decide(shop, ANONYMOUS, session, EMPTY_LEDGER, NOON).canonical).not.toContain('"mix"');
  });

  test('is never of a category that something sensitive is of', () => {
    const mean = anOffer('mean', { categories: ['coffee'], sensitive: true });
    const careful = index(apples, coffee, mean);
    expect(shop.mixable).toEqual(['fruit', 'coffee']);
    expect(careful.mixable).toEqual(['fruit']);
    expect(orderOf(ANONYMOUS, onScreen({ mix: 'coffee' }), careful)).toEqual(['apples', 'coffee']);
    const forFew = index(apples, anOffer('few', { categories: ['wine'], segments: ['wine'] }));
    expect(forFew.mixable).toEqual(['fruit']);
  });
});
