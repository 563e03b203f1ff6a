import { expect, test, vi } from 'vitest';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { anEdge, ask } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
const beacons = [{ id: 'door-1', zone: 'entrance', ibeacon: { uuid, major: 1, minor: 1 } }];
const health = {
  receivers: [
    { receiverId: 'r1', state: 'failing', reason: 'is deaf', trouble: 'silent', simulated: false },
  ],
  scanners: [{ scannerId: 'desk', state: 'working', simulated: true }],
  beacons: [{ beaconId: 'door-1', heardAgoMs: 1_500, batteryMv: 2_300, temperatureC: 19.5 }],
  ...{ droppedAdverts: 0, droppedFrames: 0 },
};

test('[radio-8] what the bridge tells of radios stands in /readyz, still 200, and in /metrics', async () => {
  const edge = await anEdge({ more: { beacons } });
  const { socket } = await edge.bridge();
  expect(await ask(socket, 'health', health)).toMatchObject({ ok: true });
  const ready = await fetch(`${edge.url}/readyz`);
  expect(ready.status).toBe(200);
  const body: unknown = await ready.json();
  expect(body).toMatchObject({
    ready: true,
    parts: {
      bridge: 'working',
      receivers: { working: 0, of: 1 },
      care: [
        { kind: 'receiver', id: 'r1', trouble: 'silent' },
        { kind: 'beacon', id: 'door-1', batteryLow: true },
      ],
    },
  });
  expect(JSON.stringify(body)).not.toContain('is deaf');
  const metrics = await (await fetch(`${edge.url}/metrics`)).text();
  expect(metrics).toContain('soglia_beacon_battery_millivolts{beacon="door-1"} 2300');
  expect(metrics).toContain('soglia_beacon_temperature_celsius{beacon="door-1"} 19.5');
  expect(metrics).toMatch(/soglia_beacon_seconds_since_heard\{beacon="door-1"\} [1-9]/);
  expect(metrics).toContain('soglia_part_working{kind="receiver",id="r1"} 0');
  expect(metrics).toContain('soglia_part_working{kind="scanner",id="desk"} 1');
});

test('[radio-7] HQ is told in the lane health, once', async () => {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  const enrolmentCode = hq.enrolmentCode('bottega');
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode, more: { beacons } });
  const { socket } = await edge.bridge();
  for (let i = 0; i < 3; i += 1) await ask(socket, 'health', health);
  const told = () => (hq.events.get('health') ?? []).filter(({ type }) => type === 'parts-changed');
  await until('the fact', 10_000, () => told().length > 0);
  expect(told()).toHaveLength(1);
  expect(JSON.parse(told()[0]?.body ?? '')).toMatchObject({ anew: true });
});
