import { expect, test } from 'vitest';
import { joinAdStructures, splitAdStructures } from '../../../kernel/adverts/ad-structures.ts';
import { hex } from '../../support/bytes.ts';

test('a payload falls into its structures, each with the place of its data', () => {
  expect(splitAdStructures(hex('020106 0303aafe 0416aafe40'))).toEqual({
    structures: [
      { type: 0x01, data: hex('06'), dataAt: 2 },
      { type: 0x03, data: hex('aafe'), dataAt: 5 },
      { type: 0x16, data: hex('aafe40'), dataAt: 9 },
    ],
    brokenAt: undefined,
  });
});

test('a length of zero ends the payload, whatever follows', () => {
  expect(splitAdStructures(hex('020106 00 0303aafe')).structures).toHaveLength(1);
});

test.each([
  ['020106 0516aafe', 3],
  ['020106 1e', 3],
  ['ff', 0],
  ['020106 01', 3],
])('%s: a length past the end drops the rest, and says where', (payload, brokenAt) => {
  const split = splitAdStructures(hex(payload));
  expect(split.brokenAt).toBe(brokenAt);
  expect(split.structures).toHaveLength(brokenAt === 0 ? 0 : 1);
});

test('of structures that nobody wants nothing is made, and the walk goes on behind them', () => {
  const split = splitAdStructures(hex('020106 0303aafe 0416aafe40 05'), (type) => type === 0x16);
  expect(split).toEqual({
    structures: [{ type: 0x16, data: hex('aafe40'), dataAt: 9 }],
    brokenAt: 12,
  });
});

test('a structure without data is one', () => {
  expect(splitAdStructures(hex('0109')).structures).toEqual([
    { type: 0x09, data: hex(''), dataAt: 2 },
  ]);
});

test('a structure of 254 bytes is joined, one of 255 is refused', () => {
  expect(joinAdStructures([{ type: 0xff, data: new Uint8Array(254) }])).toHaveLength(256);
  expect(() => joinAdStructures([{ type: 0xff, data: new Uint8Array(255) }])).toThrow(RangeError);
});
