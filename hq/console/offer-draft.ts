import { OfferIdSchema } from '../../kernel/domain/ids.ts';
import type { EpochMs, OfferId } from '../../kernel/domain/ids.ts';
import type {
  Benefit,
  Moment,
  Offer,
  RedemptionClass,
  Surface,
} from '../../kernel/domain/offer.ts';
import type { Strength } from '../../kernel/domain/strength.ts';
import { OfferPutSchema } from '../../kernel/protocol/console-api.ts';
import type { OfferPut } from '../../kernel/protocol/console-api.ts';
import { gtinOf } from '../../kernel/scans/gtin.ts';
import type { Fault, Faults } from './field-errors.ts';

/** What stands in the form, as typed: half an offer at any moment. */
export interface OfferDraft {
  readonly offerId: string;
  readonly titleIt: string;
  readonly bodyIt: string;
  readonly termsIt: string;
  readonly titleEn: string;
  readonly bodyEn: string;
  readonly termsEn: string;
  readonly benefitKind: Benefit['kind'];
  /** Percent, an amount in whole and decimal units, pieces as 3/2, points, or the gift's GTIN. */
  readonly benefitValue: string;
  /** Lists are separated by commas, blanks or lines. */
  readonly gtins: string;
  readonly categories: string;
  readonly segments: string;
  readonly moments: readonly Moment[];
  readonly surfaces: readonly Surface[];
  readonly minStrength: Strength;
  /** `YYYY-MM-DDTHH:MM`, in the time of this computer. */
  readonly validFrom: string;
  readonly validUntil: string;
  readonly priority: string;
  /** Of 100 people; '0': nobody, and nothing is measured. */
  readonly holdOut: string;
  readonly redemption: RedemptionClass | 'none';
  readonly sensitive: boolean;
}
export type OfferField = keyof OfferDraft;
export type ReadDraft =
  | { readonly kind: 'offer'; readonly offerId: OfferId; readonly offer: OfferPut }
  | { readonly kind: 'faults'; readonly faults: Faults<OfferField> };

const CURRENCY = 'EUR';
/** Of 100: more, and hardly anybody is left to be shown it. */
const MOST_HELD_OUT = 90;
const LIMITS = { title: 60, body: 200, terms: 300, gtins: 200, categories: 20, segments: 20 };

/** A new offer: for everybody, everywhere, from today for two weeks. */
export function emptyDraft(now: EpochMs): OfferDraft {
  const today = new Date(now).setHours(0, 0, 0, 0);
  const end = new Date(today);
  end.setDate(end.getDate() + 14);
  end.setHours(23, 59, 0, 0);
  return {
    offerId: '',
    titleIt: '',
    bodyIt: '',
    termsIt: '',
    titleEn: '',
    bodyEn: '',
    termsEn: '',
    benefitKind: 'percent',
    benefitValue: '10',
    gtins: '',
    categories: '',
    segments: '',
    moments: ['near', 'session'],
    surfaces: ['kiosk'],
    minStrength: 0,
    validFrom: localInstant(today),
    validUntil: localInstant(end.getTime()),
    priority: '50',
    holdOut: '10',
    redemption: 'none',
    sensitive: false,
  };
}

export function draftOf(offer: Offer): OfferDraft {
  const { it, en } = offer.text;
  return {
    offerId: offer.offerId,
    titleIt: it?.title ?? '',
    bodyIt: it?.body ?? '',
    termsIt: it?.terms ?? '',
    titleEn: en?.title ?? '',
    bodyEn: en?.body ?? '',
    termsEn: en?.terms ?? '',
    benefitKind: offer.benefit.kind,
    benefitValue: valueOf(offer.benefit),
    gtins: offer.gtins.join('\n'),
    categories: offer.categories.join(', '),
    segments: offer.segments.join(', '),
    moments: offer.moments,
    surfaces: offer.surfaces,
    minStrength: offer.minStrength,
    validFrom: localInstant(offer.validFrom),
    validUntil: localInstant(offer.validUntil),
    priority: String(offer.priority),
    holdOut: String((offer.experiment?.holdOut ?? 0) / 100),
    redemption: offer.redemption ?? 'none',
    sensitive: offer.sensitive,
  };
}

/**
 * The offer that the form describes, or each field that keeps it from being one.
 * @param base - the offer being edited: languages and rules that the form does not show are carried over
 */
export function readDraft(draft: OfferDraft, base?: Offer): ReadDraft {
  const faults: Faults<OfferField> = {};
  const fail = (field: OfferField, fault: Fault) => {
    faults[field] ??= fault;
  };

  const offerId = OfferIdSchema.safeParse(draft.offerId.trim());
  if (!offerId.success) {
    fail('offerId', { reason: draft.offerId.trim() === '' ? 'required' : 'not-a-name' });
  }
  const text = {
    ...base?.text,
    it: textOf(draft, 'It', fail),
    en: textOf(draft, 'En', fail),
  };
  const benefit = benefitOf(draft, fail);
  const gtins = gtinsOf(draft.gtins, fail);
  for (const field of ['categories', 'segments'] as const) {
    const list = listOf(draft[field]);
    if (list.length > LIMITS[field]) fail(field, tooMany(LIMITS[field]));
    const long = list.find((word) => word.length > 63);
    if (long !== undefined) fail(field, { reason: 'too-long', values: { max: 63 } });
  }
  if (draft.moments.length === 0) fail('moments', { reason: 'choose-one' });
  if (draft.surfaces.length === 0) fail('surfaces', { reason: 'choose-one' });
  const validFrom = instantOf(draft, 'validFrom', fail);
  const validUntil = instantOf(draft, 'validUntil', fail);
  if (validUntil <= validFrom) fail('validUntil', { reason: 'ends-before-it-starts' });
  const priority = wholeNumber(draft.priority, 0, 100);
  if (priority === undefined) fail('priority', between(0, 100));
  const holdOut = holdOutOf(draft, base, fail);

  if (Object.keys(faults).length > 0 || !offerId.success) return { kind: 'faults', faults };
  const offer = OfferPutSchema.safeParse({
    ...(base === undefined ? {} : beyondForm(base)),
    text,
    benefit,
    gtins,
    categories: listOf(draft.categories),
    segments: listOf(draft.segments),
    moments: draft.moments,
    surfaces: draft.surfaces,
    minStrength: draft.minStrength,
    validFrom,
    validUntil,
    priority,
    ...experimentOf(holdOut, offerId.data, base),
    ...(draft.redemption === 'none' ? {} : { redemption: draft.redemption }),
    sensitive: draft.sensitive,
  });
  if (offer.success) return { kind: 'offer', offerId: offerId.data, offer: offer.data };
  for (const issue of offer.error.issues) {
    fail(fieldAt(issue.path.map(String)), {
      reason: 'refused',
      values: { message: issue.message },
    });
  }
  return { kind: 'faults', faults };
}

/** What an offer may have and the form has no field for. */
function beyondForm(offer: Offer): Partial<Offer> {
  const { audience, zones, schedule, valueMinor, caps, budget, group, stacking, guards } = offer;
  return { audience, zones, schedule, valueMinor, caps, budget, group, stacking, guards };
}

/** The form's field for a path of HQ's offer, e.g. `text.it.title` → `titleIt`; what has no field of its own is about the name. */
export function fieldAt(path: readonly string[]): OfferField {
  const [first, language, part] = path;
  if (first === 'benefit') return 'benefitValue';
  if (first === 'text') {
    const end = language === 'en' ? 'En' : 'It';
    return part === 'body' || part === 'terms' ? `${part}${end}` : `title${end}`;
  }
  switch (first) {
    case 'gtins':
    case 'categories':
    case 'segments':
    case 'moments':
    case 'surfaces':
    case 'minStrength':
    case 'validFrom':
    case 'validUntil':
    case 'priority':
    case 'redemption':
    case 'sensitive':
      return first;
    case 'experiment':
      return 'holdOut';
    default:
      return 'offerId';
  }
}

/** Words of a list as typed, each once. */
export function listOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];
}

type Fail = (field: OfferField, fault: Fault) => void;
const between = (min: number, max: number): Fault => ({
  reason: 'out-of-range',
  values: { min, max },
});
const tooMany = (max: number): Fault => ({ reason: 'too-many', values: { max } });

function textOf(draft: OfferDraft, end: 'It' | 'En', fail: Fail) {
  const [title, body, terms] = [
    draft[`title${end}`],
    draft[`body${end}`],
    draft[`terms${end}`],
  ].map((text) => text.trim()) as [string, string, string];
  if (title === '') fail(`title${end}`, { reason: 'required' });
  const tooLong = (max: number): Fault => ({ reason: 'too-long', values: { max } });
  if (title.length > LIMITS.title) fail(`title${end}`, tooLong(LIMITS.title));
  if (body.length > LIMITS.body) fail(`body${end}`, tooLong(LIMITS.body));
  if (terms.length > LIMITS.terms) fail(`terms${end}`, tooLong(LIMITS.terms));
  return terms === '' ? { title, body } : { title, body, terms };
}

/** The benefit so far, for the preview too: undefined while its value says nothing. */
export function benefitOf(draft: OfferDraft, fail: Fail = () => undefined): Benefit | undefined {
  const value = draft.benefitValue.trim();
  const read = readBenefit(draft.benefitKind, value);
  if (!('reason' in read)) return read;
  fail('benefitValue', value === '' ? { reason: 'required' } : read);
  return undefined;
}

function readBenefit(kind: Benefit['kind'], value: string): Benefit | Fault {
  const number = Number(value.replace(',', '.'));
  switch (kind) {
    case 'percent':
      return number > 0 && number <= 100 ? { kind, percent: number } : between(1, 100);
    case 'amount': {
      const minor = Math.round(number * 100);
      if (!(minor > 0 && minor <= 10_000_000)) return between(0.01, 100_000);
      return { kind, amount: { minor, currency: CURRENCY } };
    }
    case 'bundle': {
      const [, take, pay] = /^(\d{1,2})\s*[/x×]\s*(\d{1,2})$/.exec(value) ?? [];
      const isSound = Number(pay) >= 1 && Number(take) > Number(pay) && Number(take) <= 20;
      return isSound
        ? { kind, take: Number(take), pay: Number(pay) }
        : { reason: 'not-a-bundle', values: { value } };
    }
    case 'points': {
      const points = wholeNumber(value, 1, 1_000_000);
      return points === undefined ? between(1, 1_000_000) : { kind, points };
    }
    case 'gift': {
      if (value === '') return { kind };
      const gtin = gtinOf(value);
      return gtin === undefined ? { reason: 'not-a-gtin', values: { value } } : { kind, gtin };
    }
    case 'information':
      return { kind };
  }
}

function valueOf(benefit: Benefit): string {
  switch (benefit.kind) {
    case 'percent':
      return String(benefit.percent);
    case 'amount':
      return (benefit.amount.minor / 100).toFixed(2);
    case 'bundle':
      return `${String(benefit.take)}/${String(benefit.pay)}`;
    case 'points':
      return String(benefit.points);
    case 'gift':
      return benefit.gtin ?? '';
    case 'information':
      return '';
  }
}

/** In buckets of 10,000. The shares of an offer's versions lie beyond this form, and with them what is left for the others. */
function holdOutOf(draft: OfferDraft, base: Offer | undefined, fail: Fail): number {
  const text = draft.holdOut.trim();
  const share = text === '' ? 0 : Number(text.replace(',', '.'));
  if (!(share >= 0 && share <= MOST_HELD_OUT)) fail('holdOut', between(0, MOST_HELD_OUT));
  const holdOut = Math.round(share * 100);
  const { experiment } = base ?? {};
  if (experiment !== undefined && experiment.variants.length > 0 && holdOut !== experiment.holdOut)
    fail('holdOut', { reason: 'has-versions', values: { share: experiment.holdOut / 100 } });
  return holdOut;
}

/** A layer of its own: who is held out of one offer has nothing to do with who is of another. */
function experimentOf(
  holdOut: number,
  layer: OfferId,
  base: Offer | undefined,
): Pick<Offer, 'experiment'> {
  const before = base?.experiment;
  if (before !== undefined) {
    const isOver = holdOut === 0 && before.holdOut > 0 && before.variants.length === 0;
    return isOver ? {} : { experiment: { ...before, holdOut } };
  }
  return holdOut === 0 ? {} : { experiment: { layer, holdOut, variants: [] } };
}

function gtinsOf(text: string, fail: Fail): string[] {
  const words = listOf(text);
  if (words.length > LIMITS.gtins) fail('gtins', tooMany(LIMITS.gtins));
  return words.flatMap((value) => {
    const gtin = gtinOf(value);
    if (gtin !== undefined) return [gtin];
    fail('gtins', { reason: 'not-a-gtin', values: { value } });
    return [];
  });
}

function instantOf(draft: OfferDraft, field: 'validFrom' | 'validUntil', fail: Fail): EpochMs {
  const instant = Date.parse(draft[field]);
  if (Number.isNaN(instant)) {
    fail(field, { reason: draft[field] === '' ? 'required' : 'not-an-instant' });
  }
  return instant;
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const number = Number(text.trim());
  return /^\d+$/.test(text.trim()) && number >= min && number <= max ? number : undefined;
}

/** As `<input type="datetime-local">` takes it. */
function localInstant(at: EpochMs): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
