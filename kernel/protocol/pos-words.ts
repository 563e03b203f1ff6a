import type { CodeRefusal } from './pos-api.ts';

/** What a shopper is told of a code that does nothing. */
export const SAY_OF_REFUSAL: Readonly<
  Record<CodeRefusal, { readonly it: string; readonly en: string }>
> = {
  malformed: {
    it: 'Il codice non si legge bene: proviamo di nuovo.',
    en: 'The code cannot be read: let us try again.',
  },
  foreign: {
    it: 'Questo buono è di un altro emittente: qui non vale.',
    en: 'This coupon was issued by somebody else and is not taken here.',
  },
  'not-of-this-store': {
    it: 'Questo buono non è di questo negozio.',
    en: 'This coupon is not of this store.',
  },
  elsewhere: {
    it: 'Questo buono è in un altro negozio che ora non risponde. Riprova più tardi.',
    en: 'This coupon lies in another store, which does not answer now. Try again later.',
  },
  expired: { it: 'Questo buono è scaduto.', en: 'This coupon has expired.' },
  'not-yet': { it: 'Questo buono non vale ancora.', en: 'This coupon is not valid yet.' },
  'not-now': {
    it: 'Questo buono non vale in questo giorno o a quest’ora.',
    en: 'This coupon is not valid on this day or at this hour.',
  },
  'already-used': {
    it: 'Questo buono è già stato usato.',
    en: 'This coupon has been used already.',
  },
  'over-cap': {
    it: 'Questa offerta ha raggiunto il suo limite.',
    en: 'This offer has reached its limit.',
  },
  'online-only': {
    it: 'Questo buono si usa solo con la sede collegata. Riprova più tardi.',
    en: 'This coupon works only with head office connected. Try again later.',
  },
  twice: { it: 'Questo codice è già nello scontrino.', en: 'This code is on the receipt already.' },
  'unknown-card': { it: 'Questa tessera non è conosciuta.', en: 'This card is not known.' },
  'points-follow': {
    it: 'La tessera non si può leggere ora: è annotata per la sede.',
    en: 'The card cannot be looked up now: it is noted for head office.',
  },
  'code-not-good': {
    it: 'Il codice non vale più: mostra quello nuovo.',
    en: 'The code is no longer good: show the new one.',
  },
  'too-many-wrong': {
    it: 'Troppi codici sbagliati: attendere un momento.',
    en: 'Too many wrong codes: wait a moment.',
  },
};
