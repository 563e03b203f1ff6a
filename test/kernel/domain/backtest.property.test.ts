import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { storeTimeIn } from '../../../edge/offers/store-time.ts';
import { inReplayOrder, type ReplayedMoment } from '../../../kernel/domain/backtest.ts';
import { decide } from '../../../kernel/domain/decision.ts';
import type { Pseudonym } from '../../../kernel/domain/ids.ts';
import { EMPTY_LEDGER, SHOWN_A_DAY } from '../../../kernel/domain/ledger.ts';
import { indexOf, type Question, questions } from '../../doubles/decisions.ts';
import { NOON } from '../../doubles/members.ts';
import { aMoment, aReplay, consented, NO_COUPONS } from '../../doubles/replayed.ts';
import { runs } from '../../support/runs.ts';

const HOUR_MS = 3_600_000;
const storeTime = storeTimeIn('Europe/Rome');
const rowOf = ({ person: { row } }: Question) => ({ ...row, grants: [...row.grants] });

/** Moments of few people, many of them at one time. */
const moments = fc.array(
  fc
    .record({
      eventId: fc.uuid(),
      at: fc.nat({ max: 3 }).map((hours) => NOON + hours * HOUR_MS),
      pseudonym: fc.constantFrom('a', 'b', 'c').map((id) => id.repeat(32) as Pseudonym),
      moment: fc.constantFrom('session' as const, 'scan' as const),
      surface: fc.constantFrom('kiosk' as const, 'public' as const),
    })
    .map((given) => aMoment(given)),
  { minLength: 1, maxLength: 30 },
);

test('[backtest-2] offers in force are replayed as `decide` decides them, at each moment with the same row', () => {
  const property = fc.property(questions, moments, (question, all) => {
    // Without outcomes no use is drawn: what a replay counts is then the day's showing alone.
    const replay = aReplay(question.offers, { products: question.products });
    const shownTo = new Map<string, number>();
    for (const moment of inReplayOrder(all)) {
      const { eventId, at, pseudonym, moment: kind, surface, zoneId, strength, evidence } = moment;
      const row = { ...rowOf(question), pseudonym };
      const day = `${pseudonym}${storeTime(at).date}`;
      const shown = shownTo.get(day) ?? 0;
      const decision = decide(
        indexOf(question),
        consented(row),
        {
          ...{ moment: kind, surface, zoneId, strength, evidence },
          ...{ storeTime: storeTime(at), usedCoupons: NO_COUPONS, seed: eventId },
        },
        { ...EMPTY_LEDGER, fatigueLeft: Math.max(0, SHOWN_A_DAY - shown) },
        at,
      );
      shownTo.set(day, shown + decision.shown.length);
      const replayed = replay.take(moment, consented(row), NO_COUPONS);
      expect(replayed.shown).toEqual(decision.shown);
      expect(replayed.rejected).toEqual(decision.rejected);
      expect(replayed.eligible).toEqual(decision.eligible);
    }
  });
  fc.assert(property, { numRuns: runs(150) });
});

test('[backtest-3] the order in which moments are found does not matter', () => {
  const orders = moments.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
  );
  const counted = {
    outcomes: () => ({ exposed: 40, accepted: 20 }),
    sliceLeft: () => 3,
    budgetLeft: () => undefined,
    priceHistory: () => undefined,
  };
  const property = fc.property(questions, orders, (question, [all, shuffled]) => {
    const outcome = (given: readonly ReplayedMoment[]) => {
      const replay = aReplay(question.offers, { products: question.products, counted });
      const decisions = inReplayOrder(given).map((moment) => {
        const row = { ...rowOf(question), pseudonym: moment.pseudonym };
        const { shown } = replay.take(moment, consented(row), NO_COUPONS);
        return `${moment.eventId} ${shown.map(({ offer }) => offer.offerId).join(' ')}`;
      });
      return [replay.result(), decisions];
    };
    expect(outcome(shuffled)).toEqual(outcome(all));
  });
  fc.assert(property, { numRuns: runs(150) });
});
