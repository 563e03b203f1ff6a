import { setTimeout as pause } from 'node:timers/promises';
import type { StartRadio, Traffic, TrafficReport } from './radio-load.ts';
import { atLeast, atMost, type Benchmark } from './row.ts';
import { withEndings } from './support/endings.ts';
import { startLoad } from './support/processes.ts';
import { residentBytes } from './support/resident.ts';
import { openShop } from './support/shop.ts';

const MEMBERS = 1_000;
const STRANGERS_PER_SECOND = 10_000;
/** Of members, each heard about once in these. */
const MEMBERS_PER_SECOND = 100;
const SECONDS = 12;
const WARM_UP_SECONDS = 4;
const MB = 1_000_000;

export const flood: Benchmark = {
  name: 'flood',
  what: 'members recognised under a flood of strangers’ adverts',
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
      // Somebody comes in while nobody else is heard: what the edge needs for that is there before.
      await radio.ask<undefined>('traffic', {
        perSecond: MEMBERS_PER_SECOND,
        members: shop.crowd.tokens.slice(0, MEMBERS / 10),
        memberShare: 1,
      } satisfies Traffic);
      await pause(WARM_UP_SECONDS * 1_000);
      await radio.ask<TrafficReport>('stopTraffic', null);
      const quietBytes = residentBytes(shop.edge.pid).now;

      tell(`${String(STRANGERS_PER_SECOND)} strangers’ adverts a second for ${String(SECONDS)} s`);
      await shop.metrics(); // the edge's loop delay counts from here on
      const perSecond = STRANGERS_PER_SECOND + MEMBERS_PER_SECOND;
      await radio.ask<undefined>('traffic', {
        perSecond,
        members: shop.crowd.tokens,
        memberShare: MEMBERS_PER_SECOND / perSecond,
      } satisfies Traffic);
      let mostBytes = 0;
      for (let second = 0; second < SECONDS; second += 1) {
        await pause(1_000);
        mostBytes = Math.max(mostBytes, residentBytes(shop.edge.pid).now);
      }
      const metrics = await shop.metrics();
      const { dropped } = await radio.ask<TrafficReport>('stopTraffic', null);
      await radio.ask<undefined>('stop', null);
      const present = metrics.get('soglia_visits_open') ?? 0;
      tell(`${String(present)} of ${String(MEMBERS)} known; the bridge dropped ${String(dropped)}`);
      return {
        name: 'flood',
        beside: null,
        ratio: null,
        reach: [
          atLeast('recall', '%', 99, (100 * present) / MEMBERS),
          atMost('memory', 'MB more', 20, (mostBytes - quietBytes) / MB),
          atMost(
            'loop delay p99',
            'ms',
            20,
            (metrics.get('nodejs_eventloop_lag_p99_seconds') ?? NaN) * 1_000,
          ),
        ],
      };
    }),
};
