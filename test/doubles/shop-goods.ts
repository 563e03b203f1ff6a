import { type Bundle, BundleSchema, type Offer } from '../../kernel/domain/offer.ts';

export const OIL = '04006381333931';
const DAY_MS = 86_400_000;

/** An offer with what a test cares about. */
export function anOffer(
  offerId: string,
  given: Partial<Record<keyof Offer, unknown>> = {},
): unknown {
  const text = { title: `Offer ${offerId}`, body: '' };
  return {
    offerId,
    version: 1,
    text: { it: text, en: text },
    benefit: { kind: 'percent', percent: 20 },
    gtins: [],
    categories: [],
    segments: [],
    moments: ['near', 'session', 'scan'],
    surfaces: ['public', 'kiosk', 'handheld'],
    minStrength: 0,
    validFrom: Date.now() - DAY_MS,
    validUntil: Date.now() + DAY_MS,
    priority: 50,
    sensitive: false,
    ...given,
  };
}

/** For everybody `bread`; for wine lovers `wine`, with a coupon; `truffle` only online. */
export function aBundle(version = 1, offers: readonly unknown[] = []): Bundle {
  return BundleSchema.parse({
    storeId: 'bottega',
    storeName: 'Bottega Soglia',
    version,
    publishedAt: Date.now(),
    offers: [
      anOffer('bread'),
      anOffer('wine', { segments: ['wine'], minStrength: 3, redemption: 'leased', priority: 80 }),
      anOffer('truffle', { minStrength: 3, redemption: 'online-only' }),
      ...offers,
    ],
    products: [
      {
        gtin: OIL,
        name: { it: 'Olio', en: 'Oil' },
        category: 'oil',
        price: { minor: 990, currency: 'EUR' },
      },
    ],
    notice: {
      version: '1',
      controller: 'Bottega Soglia',
      line: { it: 'Informativa', en: 'Privacy notice' },
      url: 'http://127.0.0.1/notice',
    },
  });
}
