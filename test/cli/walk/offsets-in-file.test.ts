import { describe, expect, test } from 'vitest';
import { withOffsetsIn } from '../../../cli/walk/offsets-in-file.ts';
import { parseConfiguration } from '../../../node/configuration.ts';

const FILE = `# Our shop.
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: http://127.0.0.1:4100 }
edge: { port: 4200 }
kiosk: { port: 4300 }
zones: [door, wine] # from the street inwards
receivers:
  - { id: r1, zone: door, kind: simulated }
  - { id: '101', zone: wine, kind: simulated }
  - { id: r3, zone: wine, kind: simulated }
floor:
  zones:
    door: { x: [0, 8], y: [0, 8] }
    wine: { x: [8, 16], y: [0, 8] }
  receivers:
    r1: { x: 1, y: 1 } # over the lintel
    101:
      x: 9
      y: 7
      offsetDb: 4 # the old maker
    r3: { x: 15, y: 1, z: 2.4 }
`;
const offset = (receiverId: string, offsetDb: number) => ({ receiverId, offsetDb, standings: 6 });

describe('offsets of a walk', () => {
  test('go to their receivers; comments and all else stay', () => {
    const found = [offset('r1', -3.5), offset('101', 0), offset('r3', 0)];
    const { text, change } = withOffsetsIn(FILE, 'soglia.yaml', found);
    expect(change).toEqual([
      '-     r1: { x: 1, y: 1 } # over the lintel',
      '+     r1: { x: 1, y: 1, offsetDb: -3.5 } # over the lintel',
      '-       offsetDb: 4 # the old maker',
      '+       offsetDb: 0 # the old maker',
    ]);
    expect(text).toContain('zones: [door, wine] # from the street inwards');
    const { floor } = parseConfiguration(text, 'soglia.yaml');
    expect(floor?.receivers.map(({ receiverId, offsetDb }) => [receiverId, offsetDb])).toEqual([
      ['101', 0],
      ['r1', -3.5],
      ['r3', undefined],
    ]);
  });

  test('that are there already change nothing', () => {
    const once = withOffsetsIn(FILE, 'soglia.yaml', [offset('r1', 2)]).text;
    expect(withOffsetsIn(once, 'soglia.yaml', [offset('r1', 2)])).toEqual({
      text: once,
      change: [],
    });
  });

  test('of a receiver that the plan does not have are refused, and so is a file that is none', () => {
    expect(() => withOffsetsIn(FILE, 'soglia.yaml', [offset('r9', 1)])).toThrow(
      'soglia.yaml: floor.receivers.r9: not there',
    );
    expect(() => withOffsetsIn('zones: [', 'soglia.yaml', [])).toThrow('soglia.yaml');
  });
});
