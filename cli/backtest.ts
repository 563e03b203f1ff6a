import { constants, setPriority } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { JournalLookBack } from '../edge/db/journal-look-back.ts';
import { leaseFileAt } from '../edge/db/lease-file.ts';
import { openForReading } from '../edge/db/open-database.ts';
import { StoreReader } from '../edge/db/store-reader.ts';
import { storeTimeIn } from '../edge/offers/store-time.ts';
import {
  Crowd,
  FEWEST_PEOPLE,
  inReplayOrder,
  Replay,
  todaysOffers,
  tomorrowsOffers,
} from '../kernel/domain/backtest.ts';
import type { SentenceLanguage } from '../kernel/domain/condition-sentence.ts';
import { leftOf } from '../kernel/domain/escrow.ts';
import type { EpochMs } from '../kernel/domain/ids.ts';
import type { Bundle } from '../kernel/domain/offer.ts';
import type { CountedBefore } from '../kernel/domain/replay-ledger.ts';
import { SogliaError } from '../kernel/errors.ts';
import { type Configuration, readConfiguration } from '../node/configuration.ts';
import { bundleInForce, type InForce } from './backtest/bundle-in-force.ts';
import { MOMENT_FACTS, MomentGatherer } from './backtest/moments.ts';
import { type BacktestReport, linesOf } from './backtest/report.ts';
import { todaysPerson } from './backtest/todays-rows.ts';
import { readOfferFile } from './offer-file.ts';

interface Flags {
  readonly data: string;
  readonly config: string;
  readonly days: number;
  readonly seconds: number;
  readonly whole?: true;
  readonly language: SentenceLanguage;
  readonly json?: true;
}
const DAY_MS = 86_400_000;
/** What HQ keeps for sure in a store's lane of visits and decisions, and no longer. */
const MOST_DAYS = 7;
/** Moments between two looks at the clock, with a pause for whatever else the machine has to do. */
const CHUNK = 100;

/** `soglia backtest FILE`: at the store, the last days through tomorrow's offers. */
export function backtestCommand(): Command {
  return new Command('backtest')
    .argument('<file>', 'offers and products in JSON or YAML, as `soglia offers import` takes them')
    .option('--data <folder>', 'the store’s data folder', 'data/edge')
    .option('--config <file>', 'the shop', 'soglia.yaml')
    .option('--days <days>', 'how many days back', (text) => between(text, MOST_DAYS), MOST_DAYS)
    .option('--seconds <seconds>', 'at most so long', (text) => between(text, 3_600), 60)
    .option('--whole', 'the file is all that will be in force, as a published bundle is')
    .addOption(new Option('--language <language>').choices(['it', 'en']).default('en'))
    .option('--json', 'one object for machines')
    .addHelpText(
      'after',
      `
The journal's moments (a session opened, a product scanned in one) of people with a yes to personal offers, then and now, are
decided anew under the offers in force and under those of the file. What is in force is the bundle that head office signed
for this store; one with another signature is refused. The file is a draft, which nobody signs. Read it knowing that
  - today's rows stand in for those of then, with today's segments, points and coupons;
  - what is shown counts as seen, and is used by the chance that this store's outcomes say; fatigue and caps are counted
    from the beginning of the replay;
  - offers count as if they had run all the time, those of the file also where they are to begin, and never where they are
    over; of what is new everybody holds a coupon, and the whole total counts as this store's;
  - carts, stock and the mix of those present are not in the journal: what asks for them is not met;
  - a use costs the benefit on one piece, or one set, at today's prices, before the till's guards.
Figures of fewer than ${String(FEWEST_PEOPLE)} people are not given. Nothing is written, nobody is named.`,
    )
    .action(backtest);
}

async function backtest(path: string, flags: Flags): Promise<void> {
  const draft = readOfferFile(path);
  const configuration = readConfiguration(resolve(flags.config));
  setPriority(constants.priority.PRIORITY_LOW); // the store beside it serves people
  const report = await replayed(path, configuration, flags, (inForce, from, now) => {
    const versionOf = new Map(inForce.offers.map(({ offerId, version }) => [offerId, version]));
    const offers = draft.offers.map((offer) => {
      return { ...offer, version: (versionOf.get(offer.offerId) ?? 0) + 1 };
    });
    const given = { offers, products: draft.products ?? [] };
    return tomorrowsOffers(inForce, given, flags.whole === true, from, now);
  });
  const lines = flags.json ? [JSON.stringify(report)] : linesOf(report, flags.language);
  process.stdout.write(`${lines.join('\n')}\n`);
}

const NOTHING: InForce = { version: 1, offers: [], products: [] };
type Tomorrow = (
  inForce: InForce,
  from: EpochMs,
  now: EpochMs,
) => ReturnType<typeof tomorrowsOffers>;

async function replayed(
  file: string,
  { store, stations }: Configuration,
  { data, days, seconds }: Flags,
  tomorrow: Tomorrow,
): Promise<BacktestReport> {
  const endsAt = performance.now() + seconds * 1_000;
  const folder = resolve(data);
  const lease = leaseFileAt(join(folder, 'lease.key')).read();
  const db = openStore(join(folder, 'store.db'));
  try {
    const reads = new StoreReader(db);
    // Never before what HQ was heard to say: a clock turned back opens no row.
    const now = Math.max(Date.now(), Number(reads.meta('high_water_time') ?? '0'));
    if (lease === undefined || now >= lease.notAfter)
      throw new SogliaError('lease/over', `${folder}: no lease holds, so no row may be opened`);
    const served = await bundleInForce(reads, folder, store.id);
    const from = now - days * DAY_MS;
    const gatherer = new MomentGatherer(from);
    let isComplete = true;
    const hasTime = () => (isComplete &&= performance.now() < endsAt);
    for (const facts of new JournalLookBack(db).windows('interact', MOMENT_FACTS)) {
      if (!gatherer.take(facts) || !hasTime()) break;
      await nextTurn();
    }
    const { moments, ofNobody, elsewhere } = gatherer.found(stations);

    const inForce = served ?? NOTHING;
    const storeTime = storeTimeIn(store.timeZone);
    const settings = { storeTime, counted: countedBy(reads, storeTime(now).date), days };
    const coming = tomorrow(inForce, from, now);
    const [before, after] = [
      new Replay(todaysOffers(inForce, from, now), settings),
      new Replay(coming, settings),
    ];
    const leftOut = {
      'without-yes': new Crowd<string>(FEWEST_PEOPLE),
      'not-known-today': new Crowd<string>(FEWEST_PEOPLE),
    };
    for (const [i, moment] of inReplayOrder(moments).entries()) {
      if (i % CHUNK === 0) {
        await nextTurn();
        if (!hasTime()) break;
      }
      const person = todaysPerson(reads, lease, moment, now);
      if (person.kind === 'left-out') {
        leftOut[person.reason].add(moment.pseudonym);
        continue;
      }
      for (const replay of [before, after]) replay.take(moment, person.subject, person.usedCoupons);
    }
    const currency = [...coming.products, ...inForce.products][0]?.price.currency ?? 'EUR';
    return {
      ...{ inForce: served?.version ?? null, draft: basename(file) },
      ...{ days, from, until: now, isComplete, currency, people: after.people },
      moments: after.moments,
      leftOut: {
        withoutYes: leftOut['without-yes'].count,
        notKnownToday: leftOut['not-known-today'].count,
        ...{ ofNobody, elsewhere },
      },
      offers: sideBySide(before, after, [...inForce.offers, ...coming.offers]),
    };
  } finally {
    db.close();
  }
}

function openStore(file: string): ReturnType<typeof openForReading> {
  try {
    return openForReading(file);
  } catch (cause) {
    const message = `${file}: cannot be read; --data names the folder of a store`;
    throw new SogliaError('request/invalid', message, { cause });
  }
}

/** What the store has seen and may give, as it is when the replay begins. */
function countedBy(reads: StoreReader, day: string): CountedBefore {
  const counts = new Map(reads.offerCounts(day));
  return {
    outcomes: (offerId) => {
      const { exposed = 0, accepted = 0, voided = 0 } = counts.get(offerId) ?? {};
      return { exposed, accepted: accepted - voided };
    },
    sliceLeft: (offerId) => {
      const slice = counts.get(offerId)?.slice;
      return slice && leftOf(slice);
    },
    budgetLeft: (offerId) => {
      const money = counts.get(offerId)?.money;
      return money && leftOf(money);
    },
    priceHistory: (gtin) => reads.priceHistory(gtin),
  };
}

function sideBySide(
  before: Replay,
  after: Replay,
  offers: Bundle['offers'],
): BacktestReport['offers'] {
  const titles = new Map(offers.map(({ offerId, text }) => [offerId, text]));
  const [now, tomorrow] = [before, after].map(
    (replay) => new Map(replay.result().map((each) => [each.offerId, each])),
  );
  return [...titles]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([offerId, text]) => ({
      offerId,
      title: { it: text['it']?.title ?? offerId, en: text['en']?.title ?? offerId },
      now: now?.get(offerId),
      tomorrow: tomorrow?.get(offerId),
    }));
}

function between(text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`not a number from 1 to ${String(most)}`);
}
