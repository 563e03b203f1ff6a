import { expect, test } from 'vitest';
import { Hearing } from '../../firmware-bridge/hearing.ts';
import type { HeardScan, HeardToken } from '../../firmware-bridge/source.ts';
import { ReceiverIdSchema, ScannerIdSchema } from '../../kernel/domain/ids.ts';
import { BridgeHealthSchema, type Tone } from '../../kernel/protocol/bridge-events.ts';
import { RememberingLog } from '../doubles/remembering-log.ts';

const door = ReceiverIdSchema.parse('door');
const scannerId = ScannerIdSchema.parse('scanner-1');

function aHearing() {
  const onward = { sightings: [] as HeardToken[], scans: [] as HeardScan[], changes: 0 };
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
  });
  return { hearing, onward };
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
  const { hearing, onward } = aHearing();
  const real = hearing.sinkOf({ simulated: false });
  const simulated = hearing.sinkOf({ simulated: true });
  real.receiver(door, { state: 'missing', reason: 'no BlueZ on the system bus' });
  real.receiver(door, { state: 'missing', reason: 'no BlueZ on the system bus' });
  simulated.scanner(scannerId, { state: 'working' });
  real.dropped('advert');
  real.dropped('advert');
  simulated.dropped('frame');
  real.refused('not-json');
  real.refused('not-json');
  expect(onward.changes).toBe(2);
  expect(hearing.health()).toEqual({
    receivers: [
      {
        receiverId: 'door',
        state: 'missing',
        reason: 'no BlueZ on the system bus',
        simulated: false,
      },
    ],
    scanners: [{ scannerId: 'scanner-1', state: 'working', simulated: true }],
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
