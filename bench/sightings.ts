import { setTimeout as pause } from 'node:timers/promises';
import type { StartRadio, Traffic, TrafficReport } from './radio-load.ts';
import { atLeast, atMost, type Benchmark } from './row.ts';
import { withEndings } from './support/endings.ts';
import { startLoad } from './support/processes.ts';
import { openShop } from './support/shop.ts';

const MEMBERS = 1_000;
const OFFERED_PER_SECOND = 25_000;
const SECONDS = 12;
const WARM_UP_SECONDS = 3;
/** Of all sightings; the rest are strangers' tokens of our formats. */
const MEMBER_SHARE = 0.05;
const BATCH_MS = 20;

export const sightings: Benchmark = {
  name: 'sightings',
  what: 'tokens heard, from the bridge’s source port over the real link to who is where',
  run: (tell) =>
    withEndings(async (endings) => {
      tell(`an edge with ${String(MEMBERS)} members`);
      const zones = ['entrance', 'aisle', 'till'];
      const configuration = {
        zones,
        receivers: zones.map((zone) => ({ id: zone, zone, kind: 'simulated' })),
      };
      const shop = await openShop({ members: MEMBERS, couponsEach: 0, configuration }, endings);
      const radio = startLoad('radio-load.ts', endings);
      await radio.ask<undefined>('start', {
        config: shop.config,
        dataDir: shop.folder('bridge'),
        edgeUrl: shop.edgeUrl,
        enrolmentCode: await shop.enrolmentCode('bridge'),
        receivers: zones,
      } satisfies StartRadio);
      await radio.ask<undefined>('traffic', {
        perSecond: OFFERED_PER_SECOND,
        members: shop.crowd.tokens,
        memberShare: MEMBER_SHARE,
      } satisfies Traffic);
      await pause(WARM_UP_SECONDS * 1_000);

      tell(`${String(OFFERED_PER_SECOND)} sightings a second for ${String(SECONDS)} s`);
      const before = await shop.metrics(); // the edge's loop delay counts from here on
      const begun = performance.now();
      await pause(SECONDS * 1_000);
      const after = await shop.metrics();
      const seconds = (performance.now() - begun) / 1_000;
      const { dropped } = await radio.ask<TrafficReport>('stopTraffic', null);
      await radio.ask<undefined>('stop', null);

      const counted = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      const resolved = counted('soglia_sightings_resolved_total');
      const taken = resolved + counted('soglia_sightings_unresolved_total');
      const loopMs = (after.get('nodejs_eventloop_lag_p99_seconds') ?? NaN) * 1_000;
      const parsed = await radio.ask<number>(
        'jsonParse',
        Math.round((OFFERED_PER_SECOND * BATCH_MS) / 1_000),
      );
      const share = (100 * resolved) / taken;
      tell(`${share.toFixed(1)} % were of members; the bridge dropped ${String(dropped)}`);
      const perSecond = taken / seconds;
      return {
        name: 'sightings',
        beside: { name: 'JSON.parse of as many bytes, sightings/s', figure: parsed },
        ratio: perSecond / parsed,
        reach: [
          atLeast('sustained', '/s', 20_000, perSecond),
          atMost('loop delay p99', 'ms', 20, loopMs),
        ],
      };
    }),
};
