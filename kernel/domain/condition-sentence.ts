import type { Condition, Leaf } from './condition.ts';
import type { Need } from './condition-needs.ts';

/** Names of what a condition points at, for people; what has none is called by its id. */
export interface ConditionNames {
  readonly segment?: (segment: string) => string | undefined;
  readonly category?: (category: string) => string | undefined;
  readonly product?: (gtin: string) => string | undefined;
  readonly zone?: (zoneId: string) => string | undefined;
  /** An amount in the currency's smallest unit, as the language writes it. */
  readonly money?: (minor: number) => string;
}
export type SentenceLanguage = 'it' | 'en';

/** The whole condition in words: "in the segment coffee and (points at least 100 or not in the zone till)". */
export function sentenceOf(
  condition: Condition,
  language: SentenceLanguage,
  names: ConditionNames = {},
): string {
  return phrase(condition, true, WORDS[language], names);
}

/** What would have to be so: one clause a need. */
export function sentenceOfNeed(
  { leaf, wanted }: Need,
  language: SentenceLanguage,
  names: ConditionNames = {},
): string {
  return phrase(leaf, wanted, WORDS[language], names);
}

interface Words {
  readonly and: string;
  readonly or: string;
  readonly weekdays: readonly string[];
  clause(leaf: Leaf, names: Required<ConditionNames>): string;
  not(clause: string): string;
}

/** `not` goes down to the questions (De Morgan), since "not (a and b)" is what readers get wrong. */
function phrase(
  condition: Condition,
  wanted: boolean,
  words: Words,
  names: ConditionNames,
  isInner = false,
): string {
  if ('fact' in condition) {
    const clause = words.clause(condition, { ...PLAIN, ...names });
    return wanted ? clause : words.not(clause);
  }
  if ('not' in condition) return phrase(condition.not, !wanted, words, names, isInner);
  const isAnd = 'all' in condition === wanted;
  const branches = 'all' in condition ? condition.all : condition.any;
  const phrases = branches.map((branch) =>
    phrase(branch, wanted, words, names, branches.length > 1),
  );
  const joined = phrases.join(` ${isAnd ? words.and : words.or} `);
  return isInner && phrases.length > 1 ? `(${joined})` : joined;
}

const itself = (id: string) => id;
const PLAIN: Required<ConditionNames> = {
  segment: itself,
  category: itself,
  product: itself,
  zone: itself,
  money: (minor) => (minor / 100).toFixed(2),
};

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const percent = (share: number) => `${String(Math.round(share * 100))} %`;

type Bounds = { readonly atLeast?: number | undefined; readonly atMost?: number | undefined };

const EN: Words = {
  and: 'and',
  or: 'or',
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  not: (clause) => `not ${clause}`,
  clause(leaf, names) {
    const range = ({ atLeast, atMost }: Bounds, show: (value: number) => string = String) =>
      atLeast === undefined
        ? `at most ${show(atMost ?? 0)}`
        : atMost === undefined
          ? `at least ${show(atLeast)}`
          : `between ${show(atLeast)} and ${show(atMost)}`;
    switch (leaf.fact) {
      case 'segment':
        return `in the segment ${nameOf(names.segment, leaf.is)}`;
      case 'affinity':
        return `drawn to ${nameOf(names.category, leaf.category)} ${range(leaf, percent)}`;
      case 'points':
        return `points ${range(leaf)}`;
      case 'days-since-visit':
        return `days since the last visit ${range(leaf)}`;
      case 'zone':
        return `in the zone ${nameOf(names.zone, leaf.is)}`;
      case 'dwell-seconds':
        return `standing there ${range(leaf)} s`;
      case 'scanned-product':
        return `having scanned ${nameOf(names.product, leaf.is)}`;
      case 'scanned-category':
        return `having scanned something of ${nameOf(names.category, leaf.is)}`;
      case 'cart-product':
        return `with ${nameOf(names.product, leaf.is)} in the cart`;
      case 'cart-category':
        return `with something of ${nameOf(names.category, leaf.is)} in the cart`;
      case 'cart-minor':
        return `cart worth ${range(leaf, names.money)}`;
      case 'time-of-day':
        return `between ${clock(leaf.from)} and ${clock(leaf.until)}`;
      case 'weekday':
        return `on ${leaf.in.map((day) => EN.weekdays[day - 1] ?? '').join(', ')}`;
      case 'stock':
        return `stock of ${nameOf(names.product, leaf.gtin)} ${range(leaf)}`;
    }
  },
};

const IT: Words = {
  and: 'e',
  or: 'o',
  weekdays: ['lunedì', 'martedì', 'mercoledì', 'giovedì', 'venerdì', 'sabato', 'domenica'],
  not: (clause) => `non ${clause}`,
  clause(leaf, names) {
    const range = ({ atLeast, atMost }: Bounds, show: (value: number) => string = String) =>
      atLeast === undefined
        ? `al massimo ${show(atMost ?? 0)}`
        : atMost === undefined
          ? `almeno ${show(atLeast)}`
          : `tra ${show(atLeast)} e ${show(atMost)}`;
    switch (leaf.fact) {
      case 'segment':
        return `nel segmento ${nameOf(names.segment, leaf.is)}`;
      case 'affinity':
        return `con interesse per ${nameOf(names.category, leaf.category)} ${range(leaf, percent)}`;
      case 'points':
        return `con punti ${range(leaf)}`;
      case 'days-since-visit':
        return `con giorni dall’ultima visita ${range(leaf)}`;
      case 'zone':
        return `nella zona ${nameOf(names.zone, leaf.is)}`;
      case 'dwell-seconds':
        return `fermo lì ${range(leaf)} s`;
      case 'scanned-product':
        return `con ${nameOf(names.product, leaf.is)} appena letto`;
      case 'scanned-category':
        return `con un prodotto di ${nameOf(names.category, leaf.is)} appena letto`;
      case 'cart-product':
        return `con ${nameOf(names.product, leaf.is)} nel carrello`;
      case 'cart-category':
        return `con un prodotto di ${nameOf(names.category, leaf.is)} nel carrello`;
      case 'cart-minor':
        return `con un carrello da ${range(leaf, names.money)}`;
      case 'time-of-day':
        return `tra le ${clock(leaf.from)} e le ${clock(leaf.until)}`;
      case 'weekday':
        return `di ${leaf.in.map((day) => IT.weekdays[day - 1] ?? '').join(', ')}`;
      case 'stock':
        return `con scorta di ${nameOf(names.product, leaf.gtin)} ${range(leaf)}`;
    }
  },
};

const WORDS: Readonly<Record<SentenceLanguage, Words>> = { it: IT, en: EN };

function nameOf(name: (id: string) => string | undefined, id: string): string {
  return name(id) ?? id;
}
