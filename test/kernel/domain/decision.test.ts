import { describe, expect, test } from 'vitest';
import { plainCouponsOf, withConsent } from '../../../kernel/domain/consent.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import {
  ANONYMOUS,
  decide,
  type DecisionContext,
  OfferIndex,
  type Rejection,
  type Subject,
  whyNot,
} from '../../../kernel/domain/decision.ts';
import type { Gtin, OfferId } from '../../../kernel/domain/ids.ts';
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
const against = (offer: Offer, subject: Subject, context: DecisionContext): Rejection | undefined =>
  decide(index(offer), subject, context, NOON).rejected[0]?.reason;

test('[duty-4] a cohort row without the consent check does not type-check', () => {
  const row = aMember({ segments: ['wine'] });
  const shop = index(anOffer('wine', { segments: ['wine'] }));
  const smuggle = () => {
    // @ts-expect-error a bare row is no subject
    decide(shop, row, atKiosk(), NOON);
    // @ts-expect-error nor is one dressed up as checked
    decide(shop, { kind: 'consented', row }, atKiosk(), NOON);
    // @ts-expect-error nor coupons that came through no gate
    decide(shop, { kind: 'plain', rowVersion: 1, coupons: row.coupons }, atKiosk(), NOON);
    // @ts-expect-error and a refusal must be looked at before
    decide(shop, withConsent(row, 'personalise', lease, NOON), atKiosk(), NOON);
    const recognised = withConsent(row, 'recognise', lease, NOON);
    if (recognised.kind === 'refused') return;
    // @ts-expect-error consent to be recognised is no consent to personal offers
    decide(shop, recognised, atKiosk(), NOON);
  };
  expect(smuggle).toBeTypeOf('function');
});

describe('offers are chosen', () => {
  test('by priority, then by name, and no more than fit', () => {
    const shop = index(
      anOffer('bread', { priority: 10 }),
      anOffer('oil', { priority: 90 }),
      anOffer('almonds', { priority: 10 }),
    );
    const decision = decide(shop, ANONYMOUS, atKiosk({ strength: 0 }), NOON, 2);
    expect(ids(decision)).toEqual(['oil', 'almonds']);
    expect(decision.rejected).toEqual([{ offerId: 'bread', reason: 'ranked-lower' }]);
  });

  test('for the moment and the surface that they are made for', () => {
    const shop = index(
      anOffer('leaving', { moments: ['leave'] }),
      anOffer('till', { surfaces: ['handheld'] }),
    );
    const decision = decide(shop, ANONYMOUS, atKiosk(), NOON);
    expect(decision).toMatchObject({ shown: [], rejected: [] });
    const why = (offerId: string) => whyNot(shop, offerId as OfferId, ANONYMOUS, atKiosk(), NOON);
    expect(['leaving', 'till', 'none'].map(why)).toEqual([
      'other-moment',
      'other-surface',
      'unknown-offer',
    ]);
  });

  test('with a sentence that says why, in every language of the shop', () => {
    const shop = index(anOffer('wine', { segments: ['wine'] }), anOffer('bread'));
    const { shown } = decide(shop, consenting({ segments: ['wine'] }), atKiosk(), NOON);
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
    ['other-product', anOffer('a', { categories: ['tea'] }), lover, atKiosk({ gtin: espresso })],
    ['not-in-segment', wine, consenting({ segments: ['tea'] }), atKiosk()],
    ['not-in-segment', wine, withoutConsent({ segments: ['wine'] }), atKiosk()],
    ['strength-too-low', wine, lover, atKiosk({ strength: 2, evidence: 'token' })],
    ['strength-too-low', anOffer('a', { minStrength: 4 }), lover, atKiosk()],
    ['sensitive-here', anOffer('a', { sensitive: true }), lover, atKiosk()],
    ['coupon-used', oil, holder, used],
    ['no-coupon-held', oil, lover, atKiosk()],
    ['no-coupon-held', oil, ANONYMOUS, atKiosk({ strength: 0 })],
  ])('%s', (reason, offer, subject, context) => {
    expect(against(offer, subject, context)).toBe(reason);
  });

  test('[duty-26] to anybody on a public screen because of who they are', () => {
    const publicly = atKiosk({ surface: 'public' });
    expect(against(wine, lover, publicly)).toBe('not-in-segment');
    expect(against(oil, holder, publicly)).toBe('no-coupon-held');
    expect(against(oil, withoutConsent({ coupons: [coupon] }), publicly)).toBe('no-coupon-held');
  });

  test('[threat-1] on account of a token alone', () => {
    for (const evidence of ['token', 'report', undefined] as const) {
      expect(against(wine, lover, atKiosk({ evidence }))).toBe('not-in-segment');
      expect(against(oil, holder, atKiosk({ evidence }))).toBe('no-coupon-held');
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
    const decision = decide(shop, subject, atKiosk({ evidence: 'card' }), NOON);
    expect(decision.shown.map(({ offer, coupon: held }) => [offer.offerId, held])).toEqual([
      ['oil', coupon],
    ]);
    expect(decision.shown[0]?.reason['en']).toBe('You hold a coupon for this offer.');
  });

  test('and of two for one offer, the one that is not used', () => {
    const second = aCoupon('oil');
    for (const coupons of [
      [coupon, second],
      [second, coupon],
    ]) {
      const context = atKiosk({ usedCoupons: new Set([coupon.couponId]) });
      const [shown] = decide(shop, withoutConsent({ coupons }), context, NOON).shown;
      expect(shown?.coupon).toEqual(second);
    }
  });
});

describe('at the scan of a product', () => {
  const context = atKiosk({ moment: 'scan', gtin: espresso, strength: 0, evidence: undefined });
  test('offers about it, its category or the whole shop are chosen', () => {
    const shop = index(
      anOffer('this', { gtins: [espresso] }),
      anOffer('coffee', { categories: ['coffee'] }),
      anOffer('tea', { categories: ['tea'] }),
      anOffer('all'),
    );
    expect(ids(decide(shop, ANONYMOUS, context, NOON))).toEqual(['all', 'coffee', 'this']);
  });

  test('a product that the bundle does not know has no category', () => {
    const shop = index(anOffer('coffee', { categories: ['coffee'] }));
    const unknown = { ...context, gtin: '00000000000000' as Gtin };
    expect(decide(shop, ANONYMOUS, unknown, NOON).rejected[0]?.reason).toBe('other-product');
  });
});

describe('a decision’s canonical text', () => {
  const coupon = aCoupon('oil');
  const offers = [
    anOffer('oil', { redemption: 'leased' }),
    anOffer('bread'),
    anOffer('wine', { segments: ['wine'] }),
  ];
  const subject = consenting({ coupons: [coupon], rowVersion: 3 });

  test('is the same for the same question, however the bundle lists its offers', () => {
    const one = decide(index(...offers), subject, atKiosk(), NOON);
    const other = decide(index(...[...offers].reverse()), subject, atKiosk(), NOON);
    expect(one.canonical).toBe(other.canonical);
    expect(JSON.parse(one.canonical)).toEqual({
      bundleVersion: 7,
      rowVersion: 3,
      context: {
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
        rejected: [{ offerId: 'wine', reason: 'not-in-segment' }],
      },
    });
  });

  test('differs with anything that the decision rests on', () => {
    const used = new Set([coupon.couponId, aCoupon('x').couponId]);
    const texts = [
      decide(index(...offers), subject, atKiosk(), NOON),
      decide(index(...offers), subject, atKiosk(), NOON + 1),
      decide(index(...offers), subject, atKiosk({ usedCoupons: used }), NOON),
      decide(index(...offers), consenting({ coupons: [coupon], rowVersion: 4 }), atKiosk(), NOON),
      decide(index(...offers), ANONYMOUS, atKiosk(), NOON),
      decide(index(...offers), subject, atKiosk({ evidence: 'phone' }), NOON),
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
      NOON,
    );
    expect(canonical).not.toContain(stranger.couponId);
    expect(canonical).not.toContain('Socia');
  });
});

describe('[mix-1] the mix of those present', () => {
  const apples = anOffer('apples', { categories: ['fruit'] });
  const coffee = anOffer('coffee', { gtins: [espresso] });
  const dear = anOffer('dear', { priority: 60 });
  const shop = index(apples, coffee, dear);
  const onScreen = (given: Partial<DecisionContext> = {}): DecisionContext => ({
    ...{ moment: 'near', surface: 'public', strength: 0, usedCoupons: new Set() },
    ...given,
  });
  const orderOf = (subject: Subject, context: DecisionContext, offers = shop) =>
    ids(decide(offers, subject, context, NOON));

  test('leads among offers of equal priority, and changes nothing else', () => {
    expect(orderOf(ANONYMOUS, onScreen())).toEqual(['dear', 'apples', 'coffee']);
    const led = decide(shop, ANONYMOUS, onScreen({ mix: 'coffee' }), NOON);
    expect(ids(led)).toEqual(['dear', 'coffee', 'apples']);
    expect(led.canonical).toContain('"mix":"coffee"');
    expect(orderOf(ANONYMOUS, onScreen({ mix: 'shoes' }))).toEqual(['dear', 'apples', 'coffee']);
  });

  test('is without meaning in a session, on a phone, and for a person', () => {
    const usual = ['dear', 'apples', 'coffee'];
    const session = atKiosk({ moment: 'near', mix: 'coffee' });
    expect(orderOf(ANONYMOUS, session)).toEqual(usual);
    expect(orderOf(consenting(), onScreen({ mix: 'coffee' }))).toEqual(usual);
    expect(decide(shop, ANONYMOUS, session, NOON).canonical).not.toContain('"mix"');
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
