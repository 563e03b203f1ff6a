import { describe, expect, test } from 'vitest';
import { type Offer, OfferSchema } from '../../../kernel/domain/offer.ts';
import { draftOf, emptyDraft, fieldAt, readDraft } from '../../../hq/console/offer-draft.ts';
import { anOffer } from '../../doubles/members.ts';
import type { OfferDraft } from '../../../hq/console/offer-draft.ts';

const NOW = Date.UTC(2026, 10, 22, 9, 30);
const filled: OfferDraft = {
  ...emptyDraft(NOW),
  offerId: 'coffee-week',
  titleIt: 'Settimana del caffè',
  bodyIt: 'Ogni miscela.',
  titleEn: 'Coffee week',
  bodyEn: 'Every blend.',
};

const faultsOf = (change: Partial<OfferDraft>) => {
  const read = readDraft({ ...filled, ...change });
  return read.kind === 'faults' ? read.faults : {};
};

test('a form filled in is an offer for everybody at the kiosk', () => {
  const read = readDraft(filled);
  expect(read).toMatchObject({
    kind: 'offer',
    offerId: 'coffee-week',
    offer: {
      text: { it: { title: 'Settimana del caffè' }, en: { title: 'Coffee week' } },
      benefit: { kind: 'percent', percent: 10 },
      surfaces: ['kiosk'],
      segments: [],
    },
  });
  expect(read.kind === 'offer' && 'redemption' in read.offer).toBe(false);
});

test('an offer opened and saved untouched stays as it was, to the minute', () => {
  const offer = OfferSchema.parse({
    offerId: 'wine-six',
    version: 3,
    text: {
      it: { title: 'Sei bottiglie', body: 'Una in regalo.', terms: 'Fino a esaurimento.' },
      en: { title: 'Six bottles', body: 'One free.' },
      de: { title: 'Sechs Flaschen', body: 'Eine gratis.' },
    },
    benefit: { kind: 'amount', amount: { minor: 1250, currency: 'EUR' } },
    gtins: ['08001090310354'],
    categories: ['wine'],
    segments: ['wine', 'families'],
    moments: ['session', 'scan'],
    surfaces: ['kiosk', 'phone'],
    minStrength: 3,
    validFrom: Date.UTC(2026, 10, 1, 8),
    validUntil: Date.UTC(2026, 11, 1, 20),
    priority: 70,
    redemption: 'leased',
    sensitive: false,
    experiment: { layer: 'wine', holdOut: 1_250, variants: [{ variant: 'red', buckets: 8_750 }] },
  });
  const read = readDraft(draftOf(offer), offer);
  expect(read.kind === 'offer' && { ...read.offer, offerId: read.offerId, version: 3 }).toEqual(
    offer,
  );
});

test.each<[keyof OfferDraft, Partial<OfferDraft>, object]>([
  ['offerId', { offerId: '' }, { reason: 'required' }],
  ['offerId', { offerId: 'Coffee week' }, { reason: 'not-a-name' }],
  ['titleIt', { titleIt: ' ' }, { reason: 'required' }],
  ['titleEn', { titleEn: 'x'.repeat(61) }, { reason: 'too-long', values: { max: 60 } }],
  ['termsIt', { termsIt: 'x'.repeat(301) }, { reason: 'too-long', values: { max: 300 } }],
  ['benefitValue', { benefitValue: '' }, { reason: 'required' }],
  ['benefitValue', { benefitValue: 'a tenth' }, { reason: 'out-of-range' }],
  ['benefitValue', { benefitValue: '101' }, { reason: 'out-of-range' }],
  ['benefitValue', { benefitKind: 'points', benefitValue: '1.5' }, { reason: 'out-of-range' }],
  ['benefitValue', { benefitKind: 'gift', benefitValue: '123' }, { reason: 'not-a-gtin' }],
  ['gtins', { gtins: '8001090310354, 8001090310355' }, { values: { value: '8001090310355' } }],
  ['moments', { moments: [] }, { reason: 'choose-one' }],
  ['surfaces', { surfaces: [] }, { reason: 'choose-one' }],
  ['validFrom', { validFrom: '' }, { reason: 'required' }],
  ['validUntil', { validUntil: '2020-01-01T00:00' }, { reason: 'ends-before-it-starts' }],
  ['priority', { priority: '-1' }, { reason: 'out-of-range' }],
  ['categories', { categories: 'x'.repeat(64) }, { reason: 'too-long' }],
  ['holdOut', { holdOut: '91' }, { reason: 'out-of-range' }],
  ['holdOut', { holdOut: 'some' }, { reason: 'out-of-range' }],
])('%s says what is wrong with %j', (field, change, fault) => {
  expect(faultsOf(change)).toMatchObject({ [field]: fault });
});

test('every field at fault is told at once', () => {
  const faults = faultsOf({ titleIt: '', titleEn: '', priority: 'high', moments: [] });
  expect(Object.keys(faults).sort()).toEqual(['moments', 'priority', 'titleEn', 'titleIt']);
});

describe('who is held out', () => {
  const experimentOf = (holdOut: string, base?: Offer) => {
    const read = readDraft({ ...filled, holdOut }, base);
    return read.kind === 'offer' ? read.offer.experiment : read.faults;
  };
  const offer = (experiment: Offer['experiment']) =>
    anOffer('coffee-week', experiment === undefined ? {} : { experiment });

  test('are 10 of 100 where nobody says otherwise, in a layer of the offer’s own', () => {
    const experiment = { layer: 'coffee-week', holdOut: 1_000, variants: [] };
    expect(experimentOf(filled.holdOut)).toEqual(experiment);
    expect(experimentOf('2,5')).toMatchObject({ holdOut: 250 });
  });

  test('are nobody with 0, and stay in the layer that they were in', () => {
    expect([experimentOf('0'), experimentOf('')]).toEqual([undefined, undefined]);
    const before = offer({ layer: 'wine', holdOut: 500, variants: [] });
    expect(experimentOf('20', before)).toEqual({ layer: 'wine', holdOut: 2_000, variants: [] });
    expect(experimentOf('0', before)).toBeUndefined();
  });

  test('cannot be changed beside versions that share the rest', () => {
    const variants = [{ variant: 'red', buckets: 9_000 }];
    const before = offer({ layer: 'wine', holdOut: 1_000, variants });
    expect(experimentOf('10', before)).toEqual(before.experiment);
    const fault = { reason: 'has-versions', values: { share: 10 } };
    expect(experimentOf('20', before)).toEqual({ holdOut: fault });
  });
});

test('an amount may be typed with a comma', () => {
  const read = readDraft({ ...filled, benefitKind: 'amount', benefitValue: '2,50' });
  expect(read.kind === 'offer' && read.offer.benefit).toEqual({
    kind: 'amount',
    amount: { minor: 250, currency: 'EUR' },
  });
});

test('products may be typed as printed on the pack: short codes are padded to 14 digits', () => {
  const read = readDraft({ ...filled, gtins: '8001090310354\n96385074' });
  expect(read.kind === 'offer' && read.offer.gtins).toEqual(['08001090310354', '00000096385074']);
});

test('HQ’s words about a part of an offer find the field where it was typed', () => {
  expect(fieldAt(['text', 'en', 'body'])).toBe('bodyEn');
  expect(fieldAt(['text', 'it'])).toBe('titleIt');
  expect(fieldAt(['benefit', 'percent'])).toBe('benefitValue');
  expect(fieldAt(['validUntil'])).toBe('validUntil');
  expect(fieldAt(['experiment', 'variants'])).toBe('holdOut');
  expect(fieldAt(['version'])).toBe('offerId');
});
