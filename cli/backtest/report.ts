import {
  type Count,
  FEW,
  type Reckoned,
  type ReplayCost,
  type ReplayedOffer,
} from '../../kernel/domain/backtest.ts';
import type { SentenceLanguage } from '../../kernel/domain/condition-sentence.ts';
import type { EpochMs, OfferId } from '../../kernel/domain/ids.ts';
import type { Rejection } from '../../kernel/domain/rejection.ts';

/** What a backtest found: `--json` prints it as it is. */
export interface BacktestReport {
  /** The version of the bundle in force, by its signature head office's; null: the store serves nothing yet. */
  readonly inForce: number | null;
  /** The file whose offers are tomorrow's: a draft, which nobody has signed. */
  readonly draft: string;
  readonly days: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** False: the time was up before all moments were replayed. */
  readonly isComplete: boolean;
  readonly currency: string;
  readonly moments: Count;
  readonly people: Count;
  /** Moments that were not replayed. */
  readonly leftOut: {
    readonly withoutYes: Count;
    readonly notKnownToday: Count;
    readonly ofNobody: number;
    readonly elsewhere: number;
  };
  readonly offers: readonly {
    readonly offerId: OfferId;
    readonly title: Readonly<Record<SentenceLanguage, string>>;
    /** Under the offers in force; undefined: it is new. */
    readonly now: ReplayedOffer | undefined;
    /** Under those of the file; undefined: it is gone. */
    readonly tomorrow: ReplayedOffer | undefined;
  }[];
}

export function linesOf(report: BacktestReport, language: SentenceLanguage): readonly string[] {
  const words = WORDS[language];
  const write = writerFor(language, report.currency);
  const { leftOut } = report;
  const day = (at: EpochMs) => new Date(at).toISOString().slice(0, 10);
  const head = words.head(
    report.days,
    `${day(report.from)} – ${day(report.until)}`,
    write.count(report.moments),
    write.count(report.people),
  );
  const apart = [
    words.withoutYes(write.count(leftOut.withoutYes)),
    words.notKnownToday(write.count(leftOut.notKnownToday)),
    words.ofNobody(write.number(leftOut.ofNobody)),
    ...(leftOut.elsewhere === 0 ? [] : [words.elsewhere(write.number(leftOut.elsewhere))]),
  ];
  return [
    head,
    `${report.inForce === null ? words.servesNothing : words.inForce(String(report.inForce))} ${words.draft(report.draft)}`,
    `${words.leftOut}: ${apart.join('; ')}.`,
    ...(report.isComplete ? [] : [words.incomplete]),
    ...report.offers.flatMap(({ offerId, title, now, tomorrow }) => [
      `${offerId} (${title[language]})`,
      `  ${words.now}: ${now === undefined ? words.notThere : sayOf(now, words, write)}`,
      `  ${words.tomorrow}: ${tomorrow === undefined ? words.gone : sayOf(tomorrow, words, write)}`,
      ...against(tomorrow ?? now, words, write),
    ]),
    words.nothingWritten,
  ];
}

function sayOf(offer: ReplayedOffer, words: Words, write: Writer): string {
  const { isReplayed, eligible, shown, people, uses, cost } = offer;
  if (!isReplayed) return words.notReplayed;
  const reckoned = (value: Reckoned, print: (value: number) => string) => {
    const { most, likely } = value;
    const range = likely && `${print(likely.low)}–${print(likely.high)}`;
    return [...(range === undefined ? [] : [range]), `${words.most} ${print(most)}`].join(', ');
  };
  const said = [
    `${words.eligible} ${write.count(eligible)}`,
    `${words.shown} ${write.count(shown)}`,
    `${words.people} ${write.count(people)}`,
  ];
  if (uses === undefined) return said.join(' · ');
  said.push(`${words.uses} ${reckoned(uses, write.number)}`);
  const price = (value: ReplayCost) => {
    if (value.kind === 'nothing' || value.kind === 'unknown') return words.cost[value.kind];
    return value.kind === 'money'
      ? `${words.cost.money} ${reckoned(value, write.money)}`
      : `${words.cost.points} ${reckoned(value, write.number)}`;
  };
  return [...said, price(cost)].join(' · ');
}

function against(offer: ReplayedOffer | undefined, words: Words, write: Writer): string[] {
  if (offer === undefined || offer.against.length === 0) return [];
  const reasons = offer.against.map(
    ({ reason, moments }) => `${words.reasons[reason]} ${write.count(moments)}`,
  );
  return [`  ${words.against}: ${reasons.join(', ')}`];
}

interface Writer {
  readonly number: (value: number) => string;
  readonly money: (minor: number) => string;
  readonly count: (count: Count) => string;
}

function writerFor(language: SentenceLanguage, currency: string): Writer {
  const plain = new Intl.NumberFormat(language);
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return {
    number: (value) => plain.format(value),
    money: (minor) => format.format(minor / 10 ** digits),
    count: (count) => (count === FEW ? WORDS[language].few : plain.format(count)),
  };
}

const EN = {
  head: (days: number, dates: string, moments: string, people: string) =>
    `The last ${String(days)} days (${dates}), ${moments} moments of ${people} people, decided anew.`,
  inForce: (version: string) => `Now: bundle ${version}, signed by head office.`,
  servesNothing: 'Now: the store serves nothing yet.',
  draft: (file: string) => `Tomorrow: ${file}, a draft that nobody has signed.`,
  leftOut: 'Left out',
  withoutYes: (count: string) => `${count} without a yes to personal offers then and now`,
  notKnownToday: (count: string) => `${count} of people not known here today`,
  ofNobody: (count: string) => `${count} scans of nobody known`,
  elsewhere: (count: string) => `${count} at stations that are gone`,
  incomplete: 'The time was up before the end: what follows is of a part of the moments only.',
  now: 'now',
  tomorrow: 'tomorrow',
  notThere: 'not there yet',
  gone: 'gone',
  notReplayed: 'for moments or screens that are not replayed',
  eligible: 'could be shown',
  shown: 'shown',
  people: 'people',
  uses: 'uses',
  most: 'at most',
  cost: {
    money: 'cost',
    points: 'points',
    nothing: 'costs nothing',
    unknown: 'its cost turns on the basket',
  },
  against: 'against it',
  few: 'fewer than 20',
  nothingWritten: 'Today’s rows stand in for those of then (--help). Nothing was written.',
  reasons: {
    'other-moment': 'other moment',
    'other-surface': 'other screen',
    'not-yet-valid': 'not yet valid',
    over: 'over',
    'may-be-over': 'may be over',
    'outside-schedule': 'outside its schedule',
    'sensitive-here': 'sensitive',
    'other-zone': 'other zone',
    'strength-too-low': 'recognised too weakly',
    'not-personal-here': 'not personal here',
    'other-product': 'other product',
    'not-in-segment': 'not in its segments',
    'not-in-audience': 'not in its audience',
    'out-of-stock': 'out of stock',
    'no-coupon-held': 'no coupon held',
    'coupon-used': 'coupon used',
    'cap-of-person': 'cap of the person',
    'cap-of-day': 'cap of the day',
    'slice-spent': 'quota spent',
    'budget-spent': 'no budget',
    'price-not-on-record': 'price not on record',
    'price-not-cut': 'no price cut',
    'held-out': 'held out',
    'group-taken': 'another of its group',
    'shown-enough-today': 'shown enough today',
    'ranked-lower': 'better ones shown',
  } satisfies Record<Rejection, string>,
};
type Words = typeof EN;

const IT: Words = {
  head: (days, dates, moments, people) =>
    `Gli ultimi ${String(days)} giorni (${dates}), ${moments} momenti di ${people} persone, decisi di nuovo.`,
  inForce: (version) => `Oggi: pacchetto ${version}, firmato dalla sede.`,
  servesNothing: 'Oggi: il negozio non serve ancora nulla.',
  draft: (file) => `Domani: ${file}, una bozza che nessuno ha firmato.`,
  leftOut: 'Lasciati fuori',
  withoutYes: (count) => `${count} senza il sì alle offerte personali, allora e oggi`,
  notKnownToday: (count) => `${count} di persone che oggi qui non si conoscono`,
  ofNobody: (count) => `${count} letture di nessuno di noto`,
  elsewhere: (count) => `${count} a postazioni che non ci sono più`,
  incomplete: 'Il tempo è finito prima: quanto segue riguarda solo una parte dei momenti.',
  now: 'oggi',
  tomorrow: 'domani',
  notThere: 'non c’è ancora',
  gone: 'non c’è più',
  notReplayed: 'per momenti o schermi che non si ripetono',
  eligible: 'mostrabile',
  shown: 'mostrata',
  people: 'persone',
  uses: 'usi',
  most: 'al massimo',
  cost: {
    money: 'costo',
    points: 'punti',
    nothing: 'non costa nulla',
    unknown: 'il costo dipende dalla spesa',
  },
  against: 'contro',
  few: 'meno di 20',
  nothingWritten:
    'Le righe di oggi stanno per quelle di allora (--help). Non è stato scritto nulla.',
  reasons: {
    'other-moment': 'altro momento',
    'other-surface': 'altro schermo',
    'not-yet-valid': 'non ancora valida',
    over: 'finita',
    'may-be-over': 'forse finita',
    'outside-schedule': 'fuori orario',
    'sensitive-here': 'delicata',
    'other-zone': 'altra zona',
    'strength-too-low': 'riconoscimento debole',
    'not-personal-here': 'non personale qui',
    'other-product': 'altro prodotto',
    'not-in-segment': 'fuori dai segmenti',
    'not-in-audience': 'fuori dal pubblico',
    'out-of-stock': 'esaurita',
    'no-coupon-held': 'nessun buono',
    'coupon-used': 'buono usato',
    'cap-of-person': 'massimo della persona',
    'cap-of-day': 'massimo del giorno',
    'slice-spent': 'quota finita',
    'budget-spent': 'nessun budget',
    'price-not-on-record': 'prezzo non registrato',
    'price-not-cut': 'nessun ribasso',
    'held-out': 'gruppo di controllo',
    'group-taken': 'un’altra del gruppo',
    'shown-enough-today': 'già mostrato abbastanza',
    'ranked-lower': 'mostrate le migliori',
  },
};

const WORDS: Readonly<Record<SentenceLanguage, Words>> = { en: EN, it: IT };
