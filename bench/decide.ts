import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Condition } from '../kernel/domain/condition.ts';
import { withConsent } from '../kernel/domain/consent.ts';
import { decide as decideOn } from '../kernel/domain/decision.ts';
import type { DecisionContext, Subject } from '../kernel/domain/decision-context.ts';
import { OfferIndex } from '../kernel/domain/offer-index.ts';
import type { OfferId, ZoneId } from '../kernel/domain/ids.ts';
import { EMPTY_LEDGER } from '../kernel/domain/ledger.ts';
import { MOMENTS, type Offer, SURFACES } from '../kernel/domain/offer.ts';
import { aMember, anOffer, NOON } from '../test/doubles/members.ts';
import { atMost, type Benchmark, printed, quantile, type Reach } from './row.ts';
import { engineOf } from './support/rules-engine.ts';

const SIZES = [100, 1_000, 10_000] as const;
const WARM_UP = 2_000;
const DECISIONS = 4_000;
/** Of the peer, whose turn takes thousands of ours. */
const PEER_DECISIONS = 5;
const SEED = 11;

export const decide: Benchmark = {
  name: 'decide',
  what: 'which of so many live offers, each rejected candidate with its reason, hashed text included',
  async run(tell) {
    const reach: Reach[] = [];
    let ours = NaN;
    let peer = NaN;
    for (const size of SIZES) {
      const shop = new Shop(size);
      const times = shop.measure();
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      tell(`${String(size)} live offers: ${shop.candidates.toFixed(0)} candidates a decision`);
      reach.push(printed(`p50 of ${String(size)}`, 'ms', p50));
      reach.push(
        size === 10_000
          ? atMost('p99 of 10000', 'ms', 0.2, p99)
          : printed(`p99 of ${String(size)}`, 'ms', p99),
      );
      if (size !== 10_000) continue;
      ours = p50;
      peer = await shop.peer(tell);
    }
    return {
      name: 'decide',
      beside: { name: 'json-rules-engine, same rules and verdicts, ms', figure: peer },
      ratio: ours / peer,
      reach,
    };
  },
};

/** Offers and people of a seed: rules of every kind that both can ask. */
class Shop {
  readonly #random = xoroshiro128plus(SEED);
  readonly #offers: Offer[];
  readonly #index: OfferIndex;
  candidates = 0;

  constructor(size: number) {
    this.#offers = Array.from({ length: size }, (_, i) => this.#offer(i));
    this.#index = new OfferIndex({ version: 1, offers: this.#offers, products: [] });
  }

  /** ms of each decision, one after the other. */
  measure(): number[] {
    const questions = Array.from({ length: 256 }, (_, i) => this.#question(i));
    const times: number[] = [];
    let seen = 0;
    for (let i = 0; i < WARM_UP + DECISIONS; i += 1) {
      const { subject, context } = questions[i % questions.length] ?? this.#question(i);
      const begun = performance.now();
      const { shown, rejected } = decideOn(this.#index, subject, context, EMPTY_LEDGER, NOON);
      const ms = performance.now() - begun;
      if (i < WARM_UP) continue;
      times.push(ms);
      seen += shown.length + rejected.length;
    }
    this.candidates = seen / DECISIONS;
    return times;
  }

  /** @returns median ms of the peer @throws {Error} where the two disagree on any offer */
  async peer(tell: (line: string) => void): Promise<number> {
    const engine = engineOf(this.#offers);
    const times: number[] = [];
    let standing = 0;
    for (let i = 0; i < PEER_DECISIONS; i += 1) {
      const { subject, context, facts } = this.#question(i);
      const begun = performance.now();
      const { events } = await engine.run(facts);
      times.push(performance.now() - begun);
      const theirs = events.map(({ type }) => type).sort();
      const decision = decideOn(this.#index, subject, context, EMPTY_LEDGER, NOON);
      const ranked = decision.rejected.filter(({ reason }) => reason === 'ranked-lower');
      const ours = [...decision.shown.map(({ offer }) => offer), ...ranked]
        .map(({ offerId }) => offerId as string)
        .sort();
      if (ours.join() !== theirs.join())
        throw new Error(`they disagree: ${ours.join()} and ${theirs.join()}`);
      standing += ours.length;
    }
    tell(
      `the same verdicts from json-rules-engine, ${String(standing)} standing offers in ${String(PEER_DECISIONS)} turns`,
    );
    return quantile(times, 0.5);
  }

  #question(i: number): {
    subject: Subject;
    context: DecisionContext;
    facts: Record<string, unknown>;
  } {
    const row = aMember({
      consents: ['personalise'],
      segments: this.#some(200, 5, 'segment'),
      affinities: { wine: this.#chance(), coffee: this.#chance() },
      points: this.#int(0, 1_000),
      lastVisitAt: NOON - this.#int(0, 90) * 86_400_000,
    });
    const subject = withConsent(row, 'personalise', { notAfter: NOON + 1 }, NOON);
    if (subject.kind === 'refused') throw new Error(subject.reason);
    const context: DecisionContext = {
      moment: MOMENTS[this.#int(0, MOMENTS.length - 1)] ?? 'session',
      surface: this.#chance() < 0.7 ? 'kiosk' : 'phone',
      zoneId: `zone-${String(this.#int(0, 19))}` as ZoneId,
      ...{ strength: 3, evidence: 'code', usedCoupons: new Set() },
      storeTime: { date: '2026-03-01', weekday: 7, minuteOfDay: 720 },
      seed: `decision ${String(i)}`,
    };
    const { segments, affinities, points } = row;
    const daysSinceVisit = Math.floor((NOON - (row.lastVisitAt ?? 0)) / 86_400_000);
    const { moment, surface, zoneId: zone, strength } = context;
    const facts = {
      moment,
      surface,
      zone,
      strength,
      now: NOON,
      segments,
      affinities,
      points,
      daysSinceVisit,
    };
    return { subject, context, facts };
  }

  #offer(i: number): Offer {
    return {
      ...anOffer(`offer-${String(i)}`),
      offerId: `offer-${String(i).padStart(5, '0')}` as OfferId,
      moments: [...new Set([0, 1].map(() => MOMENTS[this.#int(0, MOMENTS.length - 1)] ?? 'scan'))],
      surfaces: [
        ...new Set([0, 1].map(() => SURFACES[this.#int(0, SURFACES.length - 1)] ?? 'kiosk')),
      ],
      ...(this.#chance() < 0.4 && { zones: this.#some(20, 2, 'zone') as ZoneId[] }),
      segments: this.#chance() < 0.6 ? this.#some(200, 2, 'segment') : [],
      ...(this.#chance() < 0.5 && { audience: this.#audience(2) }),
      priority: this.#int(0, 100),
      valueMinor: this.#int(0, 500),
    };
  }

  #audience(depth: number): Condition {
    if (depth > 0 && this.#chance() < 0.7) {
      const branches = [this.#audience(depth - 1), this.#audience(depth - 1)];
      const kind = this.#int(0, 2);
      return kind === 0
        ? { all: branches }
        : kind === 1
          ? { any: branches }
          : { not: this.#audience(depth - 1) };
    }
    switch (this.#int(0, 3)) {
      case 0:
        return { fact: 'segment', is: `segment-${String(this.#int(0, 199))}` };
      case 1:
        return { fact: 'affinity', category: 'wine', atLeast: this.#chance() };
      case 2:
        return { fact: 'points', atLeast: this.#int(0, 1_000) };
      default:
        return { fact: 'days-since-visit', atMost: this.#int(1, 90) };
    }
  }

  #some(of: number, count: number, name: string): string[] {
    const numbers = Array.from({ length: count }, () => this.#int(0, of - 1));
    return [...new Set(numbers)].map((number) => `${name}-${String(number)}`);
  }
  #int(from: number, to: number): number {
    return uniformInt(this.#random, from, to);
  }
  #chance(): number {
    return uniformFloat64(this.#random);
  }
}
