import { expect, test } from 'vitest';
import { Hearing } from '../../firmware-bridge/hearing.ts';
import { ListedBeacons } from '../../firmware-bridge/listed-beacons.ts';
import { Silence } from '../../firmware-bridge/silence.ts';
import type { HeardScan, HeardToken } from '../../firmware-bridge/source.ts';
import { ReceiverIdSchema, ScannerIdSchema } from '../../kernel/domain/ids.ts';
import { BridgeHealthSchema, type Tone } from '../../kernel/protocol/bridge-events.ts';
import { RememberingLog } from '../doubles/remembering-log.ts';

const door = ReceiverIdSchema.parse('door');
const scannerId = ScannerIdSchema.parse('scanner-1');

function aHearing() {
  const onward = { sightings: [] as HeardToken[], scans: [] as HeardScan[], changes: 0 };
  const time = { now: 0 };
  const hearing = new Hearing({
    onward: {
      heard: (sighting) => onward.sightings.push(sighting),
      scanned: (scan) => {
        onward.scans.push(scan);
        return Promise.resolve('ask' as Tone);
      },
      healthChanged: () => {
        onward.changes += 1;
      },
    },
    recorder: undefined,
    log: new RememberingLog(),
    beacons: new ListedBeacons([], () => time.now),
    silence: new Silence(300_000, () => time.now),
    clock: () => time.now,
  });
  return { hearing, onward, time };
}

test('a scan goes on, and its tone comes back to the source that heard it', async () => {
  const { hearing, onward } = aHearing();
  const tone = await new Promise<Tone>((resolve) => {
    const scan = { scannerId, frame: Uint8Array.of(0x31), framedAtMs: 0 };
    hearing.sinkOf({ simulated: false }).scanned(scan, resolve);
  });
  expect(tone).toBe('ask');
  expect(onward.scans).toHaveLength(1);
});

test('health says what works, what is missing and what is simulated; only news is told', () => {
  const { hearing, onward, time } = aHearing();
  const real = hearing.sinkOf({ simulated: false });
  const simulated = hearing.sinkOf({ simulated: true });
  real.receiver(door, { state: 'missing', reason: 'no BlueZ on the system bus' });
  real.receiver(door, { state: 'missing', reason: 'no BlueZ on the system bus' });
  simulated.scanner(scannerId, { state: 'working' });
  real.droppedAdvert(door);
  real.droppedAdvert(door);
  simulated.droppedFrame();
  real.refused('not-json');
  real.refused('not-json');
  expect(onward.changes).toBe(2);
  time.now += 7_000;
  expect(hearing.health()).toEqual({
    receivers: [
      {
        receiverId: 'door',
        state: 'missing',
        reason: 'no BlueZ on the system bus',
        simulated: false,
        forMs: 7_000,
      },
    ],
    scanners: [{ scannerId: 'scanner-1', state: 'working', simulated: true, forMs: 7_000 }],
    beacons: [],
    droppedAdverts: 2,
    droppedFrames: 1,
    refusedMessages: { 'not-json': 2 },
  });
});

test('a long reason is cut: the edge takes the report all the same', () => {
  const { hearing } = aHearing();
  const sink = hearing.sinkOf({ simulated: false });
  sink.scanner(scannerId, { state: 'failing', reason: 'x'.repeat(1_000) });
  expect(BridgeHealthSchema.safeParse(hearing.health()).success).toBe(true);
});

test('[radio-4] a receiver that says it works and hears nothing while another does is failing, in words', () => {
  const { hearing, time } = aHearing();
  const hall = ReceiverIdSchema.parse('hall');
  const real = hearing.sinkOf({ simulated: false });
  const state = () => hearing.health().receivers.find(({ receiverId }) => receiverId === 'door');
  const look = () => {
    real.receiver(door, { state: 'working' });
    real.receiver(hall, { state: 'working' });
  };
  look();
  real.droppedAdvert(door);
  for (; time.now < 290_000; time.now += 10_000) real.droppedAdvert(hall);
  look();
  expect(state()).toMatchObject({ state: 'working' });

  for (; time.now < 310_000; time.now += 10_000) real.droppedAdvert(hall);
  look();
  const reason = 'hears nothing at all, while hall does: look at its antenna and its place';
  expect(state()).toMatchObject({ state: 'failing', trouble: 'silent', reason });
  // Its source says so too, in more words, and that alone is no new beginning.
  real.receiver(door, { state: 'failing', trouble: 'silent', reason: `${reason}; restarted` });
  look();
  expect(state()).toMatchObject({ state: 'failing', reason });

  real.droppedAdvert(door);
  look();
  expect(state()).toMatchObject({ state: 'working' });
});

test('[radio-4] a simulated receiver is silent where nobody walks', () => {
  const { hearing, time } = aHearing();
  const simulated = hearing.sinkOf({ simulated: true });
  const real = hearing.sinkOf({ simulated: false });
  simulated.receiver(door, { state: 'working' });
  real.receiver(ReceiverIdSchema.parse('hall'), { state: 'working' });
  time.now = 900_000;
  real.droppedAdvert(ReceiverIdSchema.parse('hall'));
  simulated.receiver(door, { state: 'working' });
  expect(hearing.health().receivers[0]).toMatchObject({ state: 'working' });
});
