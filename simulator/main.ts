import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { JoinMadeSchema, OffersSchema } from '../kernel/protocol/console-api.ts';
import type { SimulatedLine } from '../kernel/protocol/simulated-lines.ts';
import type { Configuration } from '../node/configuration.ts';
import type { Log } from '../node/logs.ts';
import { askOperator } from '../node/operator-client.ts';
import { BridgeLine } from './bridge-line.ts';
import { personas, phoneOf } from './people.ts';
import { planVisit, type ShopFloor } from './visit-plan.ts';
import { walk } from './visit.ts';

export interface SimulatorOptions {
  readonly configuration: Configuration;
  readonly dataDir: string;
  /** The bridge's simulated source. */
  readonly bridgeSocket: string;
  readonly hqOperatorSocket: string;
  /** The same seed brings the same people on the same walks. */
  readonly seed: number;
  readonly people?: number;
  /** 1: real time. */
  readonly speed?: number;
  readonly log: Log;
}

export interface RunningSimulator {
  /** Visits that have ended. */
  readonly visits: () => number;
  stop(): Promise<void>;
}

/** People of the simulator come again and again: enough to see every screen, few enough to know them apart. */
const PEOPLE = 6;
const NEXT_VISITOR_MS = { least: 15_000, most: 40_000 };
const RETRY_MS = 2_000;

/**
 * A whole shop's shoppers in software. They join by HQ's own phone API, and reach the store only through the bridge's
 * simulated source, as adverts and scanner bytes.
 */
export function start(options: SimulatorOptions): RunningSimulator {
  const { configuration, log, seed, speed = 1 } = options;
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const ending = new AbortController();
  const { signal } = ending;
  const line = new BridgeLine(options.bridgeSocket, () => undefined);
  let visits = 0;

  const running = (async () => {
    const phones = [];
    for (const persona of personas(options.people ?? PEOPLE, seed)) {
      const joined = () =>
        phoneOf(persona, options.dataDir, configuration.hq.url, joinToken(persona));
      phones.push(await untilItWorks(joined));
    }
    const gtins = await untilItWorks(offeredGtins);
    const floor = floorOf(configuration, gtins);
    log.info('people are on their way', { count: phones.length });
    const rng = xoroshiro128plus(seed);
    const under = new Set<Promise<void>>();
    for (let visit = 0; !signal.aborted; visit += 1) {
      const phone = phones[visit % phones.length];
      if (phone === undefined) return;
      const say = (said: SimulatedLine) => {
        line.say(said);
      };
      const walking = walk(planVisit(floor, seed + visit), { phone, say, signal, speed })
        .then(() => {
          visits += 1;
        })
        .catch((error: unknown) => {
          if (!signal.aborted) log.error('a visit broke off', {}, error);
        })
        .finally(() => under.delete(walking));
      under.add(walking);
      const waitMs = uniformInt(rng, NEXT_VISITOR_MS.least, NEXT_VISITOR_MS.most) / speed;
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(under);
  })().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

  return {
    visits: () => visits,
    async stop() {
      ending.abort();
      line.close();
      await running;
    },
  };

  /** HQ may come later than the people: they wait for it, and say so once. */
  async function untilItWorks<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (tries === 0) log.warn('head office is not ready for shoppers yet', {}, error);
        await pause(RETRY_MS, undefined, { signal });
      }
    }
  }

  function joinToken({ segments }: { readonly segments: readonly string[] }) {
    return async (): Promise<string> => {
      const body = { storeIds: [configuration.store.id], segments, test: true };
      const request = { method: 'POST', path: '/v1/joins', body } as const;
      return (await askOperator(options.hqOperatorSocket, JoinMadeSchema, request)).joinToken;
    };
  }

  async function offeredGtins() {
    const request = { method: 'GET', path: '/v1/offers' } as const;
    const { offers } = await askOperator(options.hqOperatorSocket, OffersSchema, request);
    return offers.flatMap((offer) => offer.gtins);
  }
}

/** Only what is simulated: people made of software do not touch real devices. */
function floorOf(configuration: Configuration, gtins: ShopFloor['gtins']): ShopFloor {
  const simulated = configuration.scanners.filter(({ kind }) => kind === 'simulated');
  return {
    zones: configuration.zones,
    receivers: configuration.receivers
      .filter(({ kind }) => kind === 'simulated')
      .map(({ id, zone }) => ({ receiverId: id, zoneId: zone })),
    scanners: configuration.stations.flatMap(({ zone, scanners }) =>
      zone === undefined
        ? []
        : simulated
            .filter(({ id }) => scanners.includes(id))
            .map(({ id }) => ({ scannerId: id, zoneId: zone })),
    ),
    gtins,
  };
}
