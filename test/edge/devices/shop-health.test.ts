import { expect, test } from 'vitest';
import { inShort, ShopHealth } from '../../../edge/devices/shop-health.ts';
import type { BeaconReport, BridgeHealth } from '../../../kernel/protocol/bridge-events.ts';
import { JournalBodySchema } from '../../../kernel/protocol/journal-events.ts';
import type { ShopPart } from '../../../kernel/protocol/shop-part.ts';
import { parseConfiguration } from '../../../node/configuration.ts';

const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
const aBeacon = (id: string, minor: number) => ({
  ...{ id, zone: 'entrance' },
  ibeacon: { uuid, major: 1, minor },
});
const START = 1_790_000_000_000;
const SECOND = 1_000;

function aShop(beacons: readonly object[] = [aBeacon('door-1', 1)]) {
  const configuration = parseConfiguration(
    JSON.stringify({
      store: { id: 'bottega', timeZone: 'Europe/Rome' },
      hq: { url: 'http://127.0.0.1:9' },
      ...{ edge: {}, kiosk: {}, zones: ['entrance'] },
      receivers: [{ id: 'hci0', zone: 'entrance', kind: 'bluez' }],
      scanners: [{ id: 'desk', kind: 'serial' }],
      beacons,
    }),
    'soglia.yaml',
  );
  const time = { now: START };
  const told: { parts: readonly ShopPart[]; anew: boolean }[] = [];
  const health = new ShopHealth({
    configuration,
    clock: { now: () => time.now },
    changed: (parts, anew) => told.push({ parts, anew }),
  });
  const report = (
    reports: readonly object[] = [],
    radio: object = { state: 'working' },
  ): BridgeHealth => ({
    receivers: [{ receiverId: 'hci0', simulated: false, forMs: 0, ...radio } as never],
    scanners: [{ scannerId: 'desk', state: 'working', simulated: false, forMs: 0 } as never],
    beacons: reports as readonly BeaconReport[] as BeaconReport[],
    droppedAdverts: 0,
    droppedFrames: 0,
  });
  const part = (id: string) => health.all().find((one) => one.id === id)!;
  /** A report every 10 s, as the bridge sends them, for so long. */
  const during = (ms: number, make: () => BridgeHealth) => {
    for (const end = time.now + ms; time.now < end; time.now += 10 * SECOND) health.take(make());
  };
  /** What was told of one part, in order. */
  const news = (id: string) =>
    told.flatMap(({ parts }) =>
      parts
        .filter((one) => one.id === id)
        .map(({ state, batteryLow }) => `${state}${batteryLow === true ? ' low' : ''}`),
    );
  return { health, time, told, report, part, during, news };
}
const heard = (given: object = {}) => ({ beaconId: 'door-1', heardAgoMs: 100, ...given });

test('[radio-6] a low battery is told once, and good news only once it is clearly good', () => {
  const { during, report, news, part } = aShop();
  for (const batteryMv of [2_900, 2_510, 2_499, 2_505, 2_490, 2_540, 2_400]) {
    during(60 * SECOND, () => report([heard({ batteryMv })]));
  }
  expect(news('door-1')).toEqual(['working', 'working low']);
  expect(part('door-1')).toMatchObject({ batteryLow: true, batteryMv: 2_400, zoneId: 'entrance' });
  during(60 * SECOND, () => report([heard({ batteryMv: 3_000 })]));
  expect(news('door-1')).toEqual(['working', 'working low', 'working']);
});

test('[radio-6] a charge in percent counts likewise', () => {
  const { health, report, part } = aShop();
  health.take(report([heard({ batteryPercent: 14 })]));
  expect(part('door-1')).toMatchObject({ batteryLow: true, batteryPercent: 14 });
});

test('[radio-6] a beacon that falls silent is told once, since when it was last heard', () => {
  const { during, report, news, part, time } = aShop();
  during(60 * SECOND, () => report([heard()]));
  const lastHeard = time.now - 10 * SECOND - 100;
  during(1_800 * SECOND, () => report([heard({ heardAgoMs: time.now - lastHeard })]));
  expect(news('door-1')).toEqual(['working', 'silent']);
  expect(part('door-1')).toMatchObject({ state: 'silent', since: lastHeard });
});

test('[radio-6] a beacon is not silent while nothing could hear it', () => {
  const { during, report, part, news } = aShop();
  const off = { state: 'missing', reason: 'no BlueZ', trouble: 'no-bluetooth' };
  during(60 * SECOND, () => report([heard()]));
  during(3_600 * SECOND, () => report([{ beaconId: 'door-1' }], off));
  expect(part('door-1').state).toBe('unknown');
  during(300 * SECOND, () => report([{ beaconId: 'door-1' }]));
  expect(part('door-1').state).toBe('unknown'); // it has the time that any beacon has
  during(400 * SECOND, () => report([{ beaconId: 'door-1' }]));
  expect(part('door-1').state).toBe('silent');
  expect(news('door-1')).toEqual(['working', 'unknown', 'silent']);
});

test('[radio-6] a bridge that began anew makes nobody forget what a beacon told before', () => {
  const { health, report, part } = aShop();
  health.take(report([heard({ batteryMv: 2_300 })]));
  health.take(report([{ beaconId: 'door-1' }]));
  expect(part('door-1')).toMatchObject({ state: 'working', batteryMv: 2_300, batteryLow: true });
});

test('[radio-7] a radio in trouble is told with its cause, and no more often than each half minute', () => {
  const { health, told, report, news, time, part } = aShop([]);
  const silent = { state: 'failing', reason: 'hears nothing', trouble: 'silent', forMs: 5_000 };
  health.take(report());
  expect(told[0]).toMatchObject({ anew: true });
  expect(told[0]?.parts.map(({ kind }) => kind)).toEqual(['bridge', 'receiver', 'scanner']);
  for (let i = 0; i < 29; i += 1) {
    time.now += SECOND;
    health.take(report([], i % 2 === 0 ? silent : { state: 'working' }));
  }
  expect(told).toHaveLength(1);
  time.now += SECOND;
  health.take(report([], silent));
  expect(told).toHaveLength(2);
  expect(told[1]).toMatchObject({ anew: false, parts: [{ id: 'hci0', trouble: 'silent' }] });
  expect(news('hci0')).toEqual(['working', 'failing']);
  expect(part('hci0').since).toBe(START + 24 * SECOND); // told 5 s after it began
});

test('[radio-7] without its bridge a shop knows of no radio, and says that the bridge is missing', () => {
  const { health, report, part, time, told } = aShop();
  expect(part('bridge').state).toBe('unknown');
  health.tick();
  expect(told).toEqual([]); // it may be on its way
  time.now += 31 * SECOND;
  health.tick();
  expect(part('bridge').state).toBe('missing');
  health.take(report([heard()]));
  expect([part('bridge').state, part('hci0').state]).toEqual(['working', 'working']);
  time.now += 31 * SECOND;
  health.tick();
  expect([part('bridge').state, part('hci0').state]).toEqual(['missing', 'unknown']);
});

test('[radio-7] the largest shop is told in facts that fit the journal', () => {
  const beacons = Array.from({ length: 128 }, (_, i) => aBeacon(`door-${String(i)}`, i));
  const { health, told, report } = aShop(beacons);
  health.take(report([]));
  expect(told.map(({ parts, anew }) => [parts.length, anew])).toEqual([
    [100, true],
    [31, false],
  ]);
  for (const { parts, anew } of told) {
    const text = JSON.stringify(
      JournalBodySchema.parse({ type: 'parts-changed', anew, parts, at: START }),
    );
    expect(text.length).toBeLessThan(65_536);
  }
});

test('[radio-8] in short: how many work, and who needs care, without words of the machine', () => {
  const { health, report } = aShop();
  const off = { state: 'missing', reason: '/dev/secret', trouble: 'no-bluetooth' };
  health.take(report([heard({ batteryMv: 2_000 })], off));
  expect(inShort(health.all())).toEqual({
    bridge: 'working',
    receivers: { working: 0, of: 1 },
    scanners: { working: 1, of: 1 },
    beacons: { working: 1, of: 1 },
    care: [
      {
        ...{ kind: 'receiver', id: 'hci0', state: 'missing', trouble: 'no-bluetooth' },
        since: new Date(START).toISOString(),
      },
      {
        ...{ kind: 'beacon', id: 'door-1', state: 'working', batteryLow: true },
        since: new Date(START).toISOString(),
      },
    ],
  });
});
