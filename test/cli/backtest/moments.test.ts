import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { MomentGatherer } from '../../../cli/backtest/moments.ts';
import type { FactText } from '../../../edge/db/journal-look-back.ts';
import type { Gtin, StationId } from '../../../kernel/domain/ids.ts';
import { type JournalBody, JournalBodySchema } from '../../../kernel/protocol/journal-events.ts';
import { parseConfiguration } from '../../../node/configuration.ts';
import { newId, newPseudonym } from '../../doubles/facts.ts';
import { aSession } from '../../doubles/store-with-history.ts';
import { CONFIGURATION } from '../../support/edge.ts';
import { runs } from '../../support/runs.ts';

const AT = Date.UTC(2026, 3, 1, 10);
const MINUTE_MS = 60_000;
const { stations } = parseConfiguration(
  JSON.stringify({
    ...CONFIGURATION,
    stations: [
      ...CONFIGURATION.stations,
      { id: 'wall', kind: 'kiosk', zone: 'aisle', touch: false },
    ],
  }),
  'soglia.yaml',
);
const [somebody, other] = [newPseudonym(), newPseudonym()];
const factOf = (body: JournalBody): FactText => ({
  eventId: newId(),
  type: body.type,
  body: JSON.stringify(body),
});
const aScan = (given: object): JournalBody =>
  JournalBodySchema.parse({
    ...{ type: 'product-scanned', gtin: '04006381333931', stationId: 'kiosk-1', at: AT },
    ...given,
  });
function found(bodies: readonly JournalBody[], from = 0) {
  const gatherer = new MomentGatherer(from);
  gatherer.take(bodies.map(factOf));
  return gatherer.found(stations);
}

test('[backtest-1] a session opened and a product read in it are moments, with station, zone and evidence', () => {
  const { moments } = found([
    aScan({ pseudonym: somebody, at: AT + MINUTE_MS }), // the newest first, as they are read
    aSession({ pseudonym: somebody, evidence: 'phone', at: AT }),
    aSession({ pseudonym: other, stationId: 'wall' as StationId, at: AT + 1 }),
  ]);
  expect(moments).toMatchObject([
    {
      ...{ moment: 'session', pseudonym: somebody, at: AT, surface: 'kiosk', zoneId: 'entrance' },
      ...{ strength: 3, evidence: 'phone', gtin: undefined },
    },
    { moment: 'session', pseudonym: other, surface: 'public', zoneId: 'aisle' },
    { moment: 'scan', pseudonym: somebody, evidence: 'phone', gtin: '04006381333931' },
  ]);
});

test('[backtest-1] a product read again at once is one moment, another or a later one is another', () => {
  const at = (ms: number, given: object = {}) =>
    aScan({ pseudonym: somebody, at: AT + ms, ...given });
  const gtin = '08001234000011' as Gtin;
  expect(found([at(0), at(30_000), at(50_000)]).moments).toHaveLength(1);
  expect(found([at(0), at(MINUTE_MS), at(1, { gtin })]).moments).toHaveLength(3);
  expect(found([at(0), at(1, { pseudonym: other })]).moments).toHaveLength(2);
});

test('[backtest-1] scans of nobody, stations that are gone and what is older are counted or left out', () => {
  const gone = aSession({ pseudonym: somebody, stationId: 'sold' as StationId, at: AT });
  expect(found([aScan({}), gone, aScan({ at: AT - 1 })], AT)).toEqual({
    ...{ moments: [], ofNobody: 1, elsewhere: 1 },
  });
});

test('a gatherer says when all that it is given is older, and reads on over what it does not know', () => {
  const gatherer = new MomentGatherer(AT);
  const [old, young] = [AT - 1, AT].map((at) => factOf(aSession({ pseudonym: somebody, at })));
  const unknown: FactText = { eventId: newId(), type: 'decided', body: '{"type":"danced"}' };
  expect(gatherer.take([old!, young!])).toBe(true);
  expect(gatherer.take([])).toBe(true);
  expect(gatherer.take([unknown])).toBe(true);
  expect(gatherer.take([old!])).toBe(false);
});

test('[backtest-3] the same facts are the same moments, in whatever order they are read', () => {
  const bodies = fc.array(
    fc
      .tuple(fc.boolean(), fc.nat({ max: 4 }), fc.constantFrom(somebody, other))
      .map(([isScan, steps, pseudonym]) => {
        const at = AT + steps * 20_000;
        return factOf(isScan ? aScan({ pseudonym, at }) : aSession({ pseudonym, at }));
      }),
  );
  const orders = bodies.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  const property = fc.property(orders, ([all, shuffled]) => {
    const momentsOf = (facts: readonly FactText[]) => {
      const gatherer = new MomentGatherer(0);
      gatherer.take(facts);
      return gatherer.found(stations).moments;
    };
    expect(momentsOf(shuffled)).toEqual(momentsOf(all));
  });
  fc.assert(property, { numRuns: runs(200) });
});
