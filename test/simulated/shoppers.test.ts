import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  CustomersSchema,
  type CustomerView,
  type TimelineEntry,
} from '../../kernel/protocol/console-api.ts';
import { readConfiguration } from '../../node/configuration.ts';
import { createLog } from '../../node/logs.ts';
import { start } from '../../simulator/main.ts';
import { readOfferFile } from '../../cli/offer-file.ts';
import { endLater } from '../support/endings.ts';
import { runs } from '../support/runs.ts';
import { openShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const SPEED = 12;
const VISITS = runs(4);
const SIMULATED = {
  zones: ['entrance', 'aisle', 'counter'],
  receivers: [
    { id: 'door', zone: 'entrance', kind: 'simulated' },
    { id: 'shelf', zone: 'aisle', kind: 'simulated' },
    { id: 'desk', zone: 'counter', kind: 'simulated' },
  ],
  scanners: [{ id: 'reader', kind: 'simulated' }],
  stations: [{ id: 'kiosk-1', kind: 'kiosk', zone: 'aisle', scanners: ['reader'] }],
  presence: { leaveAfterMs: 1_000 },
};

test('[inv-2] [inv-4] whatever simulated shoppers do, each coupon is used once and each fact is told once', async () => {
  const seed = 4; // among its first visits are cards, a code and coupons
  const shop = await openShop(undefined, SIMULATED);
  const offers = readOfferFile('deploy/demo/offers.yaml');
  await shop.askHq(z.unknown(), 'POST', '/v1/offers/import', offers);
  await shop.askHq(z.unknown(), 'POST', '/v1/publications', {});
  const simulator = start({
    configuration: readConfiguration(join(shop.folder, 'soglia.yaml')),
    dataDir: join(shop.folder, 'simulator'),
    bridgeSocket: join(shop.folder, 'bridge', 'simulated.sock'),
    hqOperatorSocket: join(shop.folder, 'hq', 'operator.sock'),
    seed,
    people: 4,
    speed: SPEED,
    log: createLog('simulator', { level: 'silent' }),
  });
  endLater(() => simulator.stop());
  await until(`${String(VISITS)} visits (seed ${String(seed)})`, 30_000 * VISITS, () =>
    Promise.resolve(simulator.visits() >= VISITS),
  );
  await simulator.stop();

  const status = z.object({ waiting: z.int(), visits: z.int() });
  await until('everybody to have left and everything to be at HQ', 30_000, async () => {
    const { waiting, visits } = await shop.askEdge(status, 'GET', '/v1/status');
    return waiting === 0 && visits === 0;
  });

  const { customers } = await shop.askHq(CustomersSchema, 'GET', '/v1/customers');
  const lives = await Promise.all(
    customers.map(async (customer) => ({
      customer,
      entries: await shop.timeline(customer.customerId),
    })),
  );
  const all = lives.flatMap(({ entries }) => entries);
  const count = (kind: TimelineEntry['kind']) => all.filter((entry) => entry.kind === kind).length;
  expect(count('visit')).toBeGreaterThan(0);
  expect(count('session')).toBeGreaterThan(0);
  expect(count('redemption')).toBeGreaterThan(0);
  expect(new Set(all.map(({ entryId }) => entryId)).size).toBe(all.length);
  for (const { customer, entries } of lives) expectOneUse(customer, entries);
  expect(count('redemption')).toBe(redemptionsIn(shop.folder));
  for (const part of [shop.hq, shop.edge, shop.bridge]) {
    expect(part.output()).not.toContain('"level":50');
  }
});

/** One coupon a person and offer, so one redemption at most. */
function expectOneUse(customer: CustomerView, entries: readonly TimelineEntry[]): void {
  const used = entries
    .filter(({ kind }) => kind === 'redemption')
    .flatMap(({ offerIds }) => offerIds ?? []);
  expect(new Set(used).size, customer.customerId).toBe(used.length);
}

function redemptionsIn(folder: string): number {
  const database = new Database(join(folder, 'edge', 'store.db'), { readonly: true });
  try {
    const row = z.object({ count: z.int() });
    return row.parse(database.prepare('SELECT count(*) AS count FROM redemption').get()).count;
  } finally {
    database.close();
  }
}
