import {
  type ConditionNames,
  sentenceOfNeed,
  type SentenceLanguage,
} from '../../kernel/domain/condition-sentence.ts';
import type { Explanation } from '../../kernel/domain/decision-why-not.ts';
import type { Gtin } from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { Strength } from '../../kernel/domain/strength.ts';

/** What is said of the moment beside the offer's own fields. */
export interface Circumstances {
  readonly strength: Strength;
  /** An instant as the shop's clocks show it. */
  readonly time: (at: number) => string;
  readonly names: ConditionNames;
}

/** Why an offer is not shown and what it would need, in one sentence. */
export function sentenceOfRejection(
  offer: Offer,
  { reason, needs = [], gtins = [] }: Explanation,
  { strength, time, names }: Circumstances,
  language: SentenceLanguage,
): string {
  const { caps, guards, minStrength } = offer;
  const words = WORDS[language];
  const list = (values: readonly string[] = []) => values.join(', ');
  const nameOf = (gtin: Gtin) => names.product?.(gtin) ?? gtin;
  const products = [
    ...offer.gtins.map(nameOf),
    ...offer.categories.map((category) => names.category?.(category) ?? category),
  ];
  switch (reason) {
    case 'other-moment':
      return words[reason](list(offer.moments));
    case 'other-surface':
      return words[reason](list(offer.surfaces));
    case 'not-yet-valid':
      return words[reason](time(offer.validFrom));
    case 'over':
    case 'may-be-over':
      return words[reason](time(offer.validUntil));
    case 'other-zone':
      return words[reason](list(offer.zones));
    case 'strength-too-low':
      return words[reason](strength, strength < minStrength ? minStrength : 3);
    case 'other-product':
      return words[reason](list(products));
    case 'not-in-segment':
      return words[reason](list(offer.segments));
    case 'not-in-audience': {
      const clauses = needs.map((need) => sentenceOfNeed(need, language, names));
      return clauses.length === 0 ? words.never : words[reason](clauses.join(words.and));
    }
    case 'out-of-stock':
      return words[reason](guards?.minStock ?? 0);
    case 'cap-of-person':
      return words[reason](caps?.perPerson?.times ?? 0, caps?.perPerson?.days ?? 0);
    case 'cap-of-day':
      return words[reason](caps?.perStoreAndDay ?? 0);
    case 'price-not-on-record':
      return gtins.length === 0
        ? words['no-product-named']
        : words[reason](list(gtins.map((gtin) => `${nameOf(gtin)} (${gtin})`)));
    case 'price-not-cut':
      return words[reason](list(gtins.map((gtin) => `${nameOf(gtin)} (${gtin})`)));
    case 'held-out':
      return words[reason](offer.experiment?.layer ?? '');
    case 'group-taken':
      return words[reason](offer.group ?? '');
    default:
      return words[reason];
  }
}

const EN = {
  and: ' and ',
  'unknown-offer': 'The bundle has no such offer.',
  'other-moment': (moments: string) => `It is for another moment: ${moments}.`,
  'other-surface': (surfaces: string) => `It is for another surface: ${surfaces}.`,
  'not-yet-valid': (from: string) => `It holds only from ${from} on.`,
  over: (until: string) => `It held until ${until}.`,
  'may-be-over': (until: string) =>
    `It holds until ${until}, and nobody can say that this is not past.`,
  'outside-schedule': 'Its schedule names other days or hours.',
  'sensitive-here':
    'It is sensitive: never on a public screen or a kiosk, only on a phone or handheld.',
  'other-zone': (zones: string) => `It is for the zones ${zones}.`,
  'strength-too-low': (now: number, needed: number) =>
    `Recognition has strength ${String(now)}, and it needs ${String(needed)}.`,
  'not-personal-here':
    'It turns on who somebody is, which may not be used here: it needs an act of theirs on a kiosk or phone, and a yes to personal offers.',
  'other-product': (products: string) => `Another product is in question: it is about ${products}.`,
  'not-in-segment': (segments: string) => `It needs one of the segments ${segments}.`,
  'not-in-audience': (needs: string) => `Its audience lacks: ${needs}.`,
  never: 'Its audience asks what contradicts itself: it can never be shown.',
  'out-of-stock': (pieces: number) =>
    `Fewer than ${String(pieces)} pieces of one of its products are left.`,
  'no-coupon-held': 'It needs a coupon of this person, who holds none for it.',
  'coupon-used': 'The person’s coupon for it is used.',
  'cap-of-person': (times: number, days: number) =>
    `The person has had it ${String(times)} times within ${String(days)} days, which is the most.`,
  'cap-of-day': (times: number) =>
    `It was given ${String(times)} times here today, the most of a day.`,
  'slice-spent': 'This store has no use of it left in its slice.',
  'budget-spent': 'This store has nothing left of its budget.',
  'price-not-on-record': (products: string) =>
    `It is a price cut, and the lowest price of the 30 days before is not on record here for: ${products}.`,
  'no-product-named':
    'It is a price cut and does not name its products by EAN, so that no earlier price can be shown.',
  'price-not-cut': (products: string) =>
    `It is a price cut, and within the 30 days before it these cost as little or less: ${products}.`,
  'held-out': (layer: string) => `The person is held out by the experiment in the layer ${layer}.`,
  'group-taken': (group: string) => `A better one of the group ${group} is shown.`,
  'shown-enough-today': 'The person has been shown enough today.',
  'ranked-lower': 'It would stand, but better ones fill the room.',
};

const IT: typeof EN = {
  and: ' e ',
  'unknown-offer': 'Nel pacchetto non c’è un’offerta così.',
  'other-moment': (moments) => `È per un altro momento: ${moments}.`,
  'other-surface': (surfaces) => `È per un altro schermo: ${surfaces}.`,
  'not-yet-valid': (from) => `Vale solo dal ${from}.`,
  over: (until) => `Valeva fino al ${until}.`,
  'may-be-over': (until) => `Vale fino al ${until}, e nessuno può dire che non sia passato.`,
  'outside-schedule': 'Il suo calendario prevede altri giorni o altre ore.',
  'sensitive-here':
    'È delicata: mai su uno schermo pubblico o su un chiosco, solo su telefono o palmare.',
  'other-zone': (zones) => `È per le zone ${zones}.`,
  'strength-too-low': (now, needed) =>
    `Il riconoscimento ha forza ${String(now)}, e ne serve ${String(needed)}.`,
  'not-personal-here':
    'Dipende da chi è la persona, e qui non si può usare: serve un suo gesto su chiosco o telefono, e il sì alle offerte personali.',
  'other-product': (products) => `Si tratta di un altro prodotto: riguarda ${products}.`,
  'not-in-segment': (segments) => `Serve uno dei segmenti ${segments}.`,
  'not-in-audience': (needs) => `Al suo pubblico manca: ${needs}.`,
  never: 'Il suo pubblico chiede cose che si contraddicono: non può mai essere mostrata.',
  'out-of-stock': (pieces) => `Di uno dei suoi prodotti restano meno di ${String(pieces)} pezzi.`,
  'no-coupon-held': 'Serve un buono di questa persona, che non ne ha.',
  'coupon-used': 'Il buono della persona è già usato.',
  'cap-of-person': (times, days) =>
    `La persona l’ha avuta ${String(times)} volte in ${String(days)} giorni, il massimo.`,
  'cap-of-day': (times) => `Oggi qui è stata data ${String(times)} volte, il massimo in un giorno.`,
  'slice-spent': 'Questo negozio non ne ha più nella sua quota.',
  'budget-spent': 'Questo negozio non ha più nulla del suo budget.',
  'price-not-on-record': (products) =>
    `È un ribasso, e qui non è registrato il prezzo più basso dei 30 giorni precedenti di: ${products}.`,
  'no-product-named':
    'È un ribasso e non indica i prodotti con il loro EAN: nessun prezzo precedente si può mostrare.',
  'price-not-cut': (products) =>
    `È un ribasso, e nei 30 giorni precedenti costavano uguale o meno: ${products}.`,
  'held-out': (layer) => `La persona è nel gruppo di controllo dell’esperimento ${layer}.`,
  'group-taken': (group) => `Ne è mostrata una migliore del gruppo ${group}.`,
  'shown-enough-today': 'Alla persona è già stato mostrato abbastanza oggi.',
  'ranked-lower': 'Potrebbe stare, ma le migliori occupano il posto.',
};

const WORDS: Readonly<Record<SentenceLanguage, typeof EN>> = { en: EN, it: IT };
