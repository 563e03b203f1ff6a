import { expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';
import { CONFIGURATION } from '../support/edge.ts';

const withFloor = (floor: object) =>
  parseConfiguration(JSON.stringify({ ...CONFIGURATION, floor }), 'soglia.yaml');
const ZONES = { entrance: { x: [0, 6], y: [0, 8] } };
const RECEIVERS = { r1: { x: 1, y: 2 } };

test('a floor plan places zones and receivers in metres', () => {
  expect(withFloor({ zones: ZONES, receivers: RECEIVERS }).floor).toEqual({
    zones: [{ zoneId: 'entrance', x: [0, 6], y: [0, 8] }],
    receivers: [{ receiverId: 'r1', x: 1, y: 2 }],
  });
});

test.each([
  [{ zones: {}, receivers: RECEIVERS }, 'floor.zones: none'],
  [
    { zones: { attic: ZONES.entrance }, receivers: RECEIVERS },
    "zone 'attic' is not listed in zones",
  ],
  [{ zones: ZONES, receivers: { r7: RECEIVERS.r1 } }, 'floor.receivers.r7: is not listed'],
  [{ zones: { entrance: { x: [6, 0], y: [0, 8] } }, receivers: RECEIVERS }, 'from is not below to'],
  [{ zones: ZONES, receivers: { r1: { x: 1 } } }, 'floor.receivers.r1.y'],
  [{ zones: ZONES, receivers: { r1: { x: 1, y: 1, floor: 2 } } }, 'floor.receivers.r1'],
])('a plan that is none is refused by name: %j', (floor, message) => {
  expect(() => withFloor(floor)).toThrow(message);
});
