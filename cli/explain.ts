import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { storeTimeIn } from '../edge/offers/store-time.ts';
import type { ConditionNames, SentenceLanguage } from '../kernel/domain/condition-sentence.ts';
import type { Subject } from '../kernel/domain/decision-context.ts';
import { decide } from '../kernel/domain/decision.ts';
import { type Explanation, whyNot } from '../kernel/domain/decision-why-not.ts';
import type { OfferId } from '../kernel/domain/ids.ts';
import type { Offer } from '../kernel/domain/offer.ts';
import { OfferIndex } from '../kernel/domain/offer-index.ts';
import { SogliaError } from '../kernel/errors.ts';
import { parse } from '../kernel/parse.ts';
import {
  type AskedDecision,
  AskedDecisionSchema,
  contextOf,
  ledgerOf,
  subjectOf,
} from './explain/asked-decision.ts';
import { sentenceOfRejection } from './explain/rejection-sentence.ts';

interface Flags {
  readonly language: SentenceLanguage;
  readonly offer?: string;
}

/** `soglia explain FILE`: a decision that was or could be, for people. */
export function explainCommand(): Command {
  return new Command('explain')
    .argument('[file]', 'JSON; none or "-": standard input')
    .addOption(
      new Option('--language <language>', 'of the sentences').choices(['it', 'en']).default('en'),
    )
    .option('--offer <id>', 'why this one offer is shown or not, whether or not it is a candidate')
    .addHelpText(
      'after',
      `
The file says what the decision rests on:
  bundle      {version, offers, products}, as published
  moment      near, enter, zone, dwell, scan, cart, session or leave
  surface     public, kiosk, phone or handheld
  strength    0 to 4; and evidence: token, report, card, code, phone or staff
  at          epoch ms or an instant of ISO 8601; and timeZone, e.g. Europe/Rome
and where they are so: zoneId, gtin, mix, dwellSeconds, cart {products, categories, minor}, stock {gtin: pieces}, latest,
usedCoupons, row {segments, affinities, points, lastVisitAt, coupons, arms, rowVersion, and grants or consents}, ledger
{version, usesOfPerson, usesToday, sliceLeft, budgetLeft, outcomes (each by offer), fatigueLeft, pricesOnRecord}, limit,
and seed: the decision's id. With what a past decision rested on, the hash is the digest in its record.`,
    )
    .action(explain);
}

async function explain(file: string | undefined, { language, offer }: Flags): Promise<void> {
  const isPiped = file === undefined || file === '-';
  const name = isPiped ? 'standard input' : file;
  const asked = askedIn(isPiped ? await text(process.stdin) : readText(file), name);
  const only = asked.bundle.offers.find(({ offerId }) => offerId === offer);
  if (offer !== undefined && only === undefined)
    throw new SogliaError('request/not-found', `${name}: the bundle has no offer ${offer}`);
  process.stdout.write(`${explanationOf(asked, language, only).join('\n')}\n`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SogliaError('request/invalid', `${file}: cannot be read`, { cause });
  }
}

/** @throws {SogliaError} 'request/invalid', naming where it stands, each field and the reason */
function askedIn(json: string, name: string): AskedDecision {
  try {
    return parse(AskedDecisionSchema, JSON.parse(json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SogliaError('request/invalid', `${name}: ${reason}`, { cause });
  }
}

/** Who is shown what and why, the reason against each other candidate or the one offer, and the hash, line by line. */
function explanationOf(
  asked: AskedDecision,
  language: SentenceLanguage,
  only: Offer | undefined,
): readonly string[] {
  const words = WORDS[language];
  const index = new OfferIndex(asked.bundle);
  const [subject, context, ledger] = [subjectOf(asked), contextOf(asked), ledgerOf(asked)];
  const decision = decide(index, subject, context, ledger, asked.at, asked.limit);
  const why = (offerId: OfferId) => whyNot(index, offerId, subject, context, ledger, asked.at);

  const storeTime = storeTimeIn(asked.timeZone);
  const time = (at: number) => {
    const { date, minuteOfDay } = storeTime(at);
    const [hour, minute] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
    return `${date} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  };
  const circumstances = { strength: asked.strength, time, names: namesIn(asked, language) };
  const titled = ({ offerId, text }: Offer) => `${offerId} (${text[language]?.title ?? ''})`;
  const against = (offer: Offer, explanation: Explanation) => {
    const sentence = sentenceOfRejection(offer, explanation, circumstances, language);
    return `  ${titled(offer)} – ${explanation.reason}: ${sentence}`;
  };
  const shown = decision.shown.map(({ offer, variant, reason }, i) => {
    const variantText = variant === undefined ? '' : ` [${variant}]`;
    const line = `  ${String(i + 1)}. ${titled(offer)}${variantText}: ${reason[language] ?? ''}`;
    return { offerId: offer.offerId, line };
  });
  const rejected = decision.rejected.flatMap(({ offerId, reason }) => {
    const offer = index.offer(offerId);
    return offer === undefined
      ? []
      : [{ offerId, line: against(offer, why(offerId) ?? { reason }) }];
  });

  const { moment, surface, zoneId, strength, evidence } = asked;
  const where = [moment, surface, zoneId, `${words.strength} ${String(strength)}`, evidence];
  const head = [
    `${words.who[subject.kind]}; ${where.filter((each) => each !== undefined).join(', ')}; ${time(asked.at)} ${asked.timeZone}`,
  ];
  const hash = `SHA-256 ${createHash('sha256').update(decision.canonical).digest('hex')}`;
  if (only !== undefined) {
    const found = [...shown, ...rejected].find(({ offerId }) => offerId === only.offerId);
    const explanation = why(only.offerId);
    if (found !== undefined) return [...head, found.line, hash];
    return [...head, ...(explanation === undefined ? [] : [against(only, explanation)]), hash];
  }
  const others = asked.bundle.offers.length - shown.length - rejected.length;
  const lines = (title: string, of: readonly { readonly line: string }[]) =>
    of.length === 0 ? [`${title}: ${words.none}`] : [`${title}:`, ...of.map(({ line }) => line)];
  return [
    ...head,
    ...lines(words.shown, shown),
    ...lines(words.rejected, rejected),
    ...(others === 0 ? [] : [words.others(others)]),
    hash,
  ];
}

function namesIn({ bundle: { products } }: AskedDecision, language: string): ConditionNames {
  const nameOf = new Map(products.map(({ gtin, name }) => [gtin as string, name[language]]));
  const currency = products[0]?.price.currency ?? 'EUR';
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return {
    product: (gtin) => nameOf.get(gtin),
    money: (minor) => format.format(minor / 10 ** digits),
  };
}

interface Words {
  readonly who: Readonly<Record<Subject['kind'], string>>;
  readonly strength: string;
  readonly shown: string;
  readonly rejected: string;
  readonly none: string;
  readonly others: (count: number) => string;
}

const WORDS: Readonly<Record<SentenceLanguage, Words>> = {
  en: {
    who: {
      anonymous: 'Nobody in particular',
      plain: 'Somebody without a yes to personal offers',
      consented: 'Somebody with a yes to personal offers',
    },
    strength: 'strength',
    shown: 'Shown',
    rejected: 'Candidates that are not shown',
    none: 'none',
    others: (count) =>
      `For another moment, surface, zone or profile: ${String(count)} more; --offer ID says why.`,
  },
  it: {
    who: {
      anonymous: 'Nessuno in particolare',
      plain: 'Una persona senza il sì alle offerte personali',
      consented: 'Una persona con il sì alle offerte personali',
    },
    strength: 'forza',
    shown: 'Mostrate',
    rejected: 'Candidate non mostrate',
    none: 'nessuna',
    others: (count) =>
      `Per un altro momento, schermo, zona o profilo: altre ${String(count)}; --offer ID dice perché.`,
  },
};
