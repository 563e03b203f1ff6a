import { expect, test } from 'vitest';
import type { OfferId, Pseudonym } from '../../../kernel/domain/ids.ts';
import { SHOWN_A_DAY } from '../../../kernel/domain/ledger.ts';
import type { Offer } from '../../../kernel/domain/offer.ts';
import { ReplayLedger } from '../../../kernel/domain/replay-ledger.ts';
import { anOffer, NOON } from '../../doubles/members.ts';
import { NOTHING_COUNTED } from '../../doubles/replayed.ts';

const DAY_MS = 86_400_000;
const [anna, bruno] = ['a', 'b'].map((name) => name.repeat(32)) as [Pseudonym, Pseudonym];
const caps = { perPerson: { times: 2, days: 3 }, total: 5 };
const wine = anOffer('wine', { caps });

function ledgerOf(offer: Offer, fresh: readonly OfferId[] = []) {
  const counted = { ...NOTHING_COUNTED, sliceLeft: () => 3 };
  return new ReplayLedger({ offers: [offer], fresh: new Set(fresh) }, counted);
}

test('[backtest-3] uses count for the day, for the person as long as their cap looks back, and off the store’s part', () => {
  const ledger = ledgerOf(wine);
  ledger.view(anna, '2026-03-01', NOON); // the day begins with the first look
  ledger.use(wine, anna, NOON);
  ledger.use(wine, anna, NOON + 2);
  const seen = (who: Pseudonym, days: number) => {
    const view = ledger.view(who, `2026-03-0${String(1 + days)}`, NOON + 3 + days * DAY_MS);
    return [view.usesOfPerson(wine), view.usesToday(wine.offerId), view.sliceLeft(wine.offerId)];
  };
  expect(seen(anna, 0)).toEqual([2, 2, 1]);
  expect(seen(bruno, 0)).toEqual([0, 2, 1]);
  expect(seen(anna, 2)).toEqual([2, 0, 1]);
  expect(seen(anna, 3)).toEqual([0, 0, 1]);
});

test('[backtest-2] of what is new the whole total counts as this store’s', () => {
  const view = (fresh: readonly OfferId[]) => {
    const ledger = ledgerOf(wine, fresh);
    return [
      ledger.sliceAtFirst(wine),
      ledger.view(anna, '2026-03-01', NOON).sliceLeft(wine.offerId),
    ];
  };
  expect(view([])).toEqual([3, 3]);
  expect(view([wine.offerId])).toEqual([5, 5]);
});

test('[backtest-3] what is shown tires a person until the day is over', () => {
  const ledger = ledgerOf(wine);
  const left = (who: Pseudonym, day: string) => ledger.view(who, day, NOON).fatigueLeft;
  expect(left(anna, '2026-03-01')).toBe(SHOWN_A_DAY);
  ledger.show(anna, SHOWN_A_DAY + 1);
  expect([left(anna, '2026-03-01'), left(bruno, '2026-03-01')]).toEqual([0, SHOWN_A_DAY]);
  expect(left(anna, '2026-03-02')).toBe(SHOWN_A_DAY);
});
