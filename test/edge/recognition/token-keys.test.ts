import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { TokenKeys, wordsOf } from '../../../edge/recognition/token-keys.ts';
import { periodOf } from '../../../kernel/credentials/token.ts';
import { toHex } from '../../../kernel/hex.ts';

const NOW_S = 1_800_000_000;
const WINDOW = Math.floor(NOW_S / 512);
const WINDOWS_PER_PERIOD = 128;
const PERIOD = periodOf(NOW_S);

/** Keys, and all memory that they ever lay in. */
function someKeys() {
  const pieces: Uint32Array[] = [];
  const keys = new TokenKeys((words) => {
    const piece = new Uint32Array(words);
    pieces.push(piece);
    return piece;
  });
  const isInMemory = (key: Uint8Array) =>
    pieces.some((piece) => {
      const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength).swap32();
      return Buffer.from(piece.buffer).includes(bytes);
    });
  return { keys, isInMemory: (key: Uint8Array) => isInMemory(key.slice()) };
}
const sourceOf = (list: readonly { period: number; key: Uint8Array }[], clockOffsetS = 0) => [
  { clockOffsetS, temporaryKeys: list.map(({ period, key }) => ({ period, key: toHex(key) })) },
];

test('[cohort-5] a key whose period is over is overwritten when the third window after it is made, not sooner', () => {
  const { keys, isInMemory } = someKeys();
  const [now, next] = [randomBytes(16), randomBytes(16)];
  const list = [
    { period: PERIOD, key: now },
    { period: PERIOD + 1, key: next },
  ];
  keys.add(wordsOf(0, sourceOf(list)));
  const ends = (PERIOD + 1) * WINDOWS_PER_PERIOD;
  keys.build(ends + 2);
  expect(isInMemory(now)).toBe(true); // a phone may be a window late, and so may we
  keys.build(ends + 3);
  expect(isInMemory(now)).toBe(false);
  expect(isInMemory(next)).toBe(true);
  expect(keys.count).toBe(1);
});

test('[cohort-5] of a beacon with a clock of its own a period ends when that clock says so', () => {
  const { keys, isInMemory } = someKeys();
  const daysAhead = 5 * 86_400;
  const key = randomBytes(16);
  const period = periodOf(NOW_S + daysAhead);
  keys.add(wordsOf(0, sourceOf([{ period, key }], daysAhead)));
  keys.build(WINDOW);
  expect(isInMemory(key)).toBe(true);
  keys.build(WINDOW + WINDOWS_PER_PERIOD + 3);
  expect(isInMemory(key)).toBe(false);
});

test('[cohort-5] keys of whoever is forgotten go with the next window, everybody’s with the lease', () => {
  const { keys, isInMemory } = someKeys();
  const people = Array.from({ length: 40_000 }, (_, slot) => ({ slot, key: randomBytes(16) }));
  for (const { slot, key } of people) keys.add(wordsOf(slot, sourceOf([{ period: PERIOD, key }])));
  const [first, , third, ...rest] = people;
  keys.forget([first!.slot, ...rest.slice(10).map(({ slot }) => slot)]);
  keys.build(WINDOW);
  expect(keys.count).toBe(12);
  expect(isInMemory(first!.key)).toBe(false);
  expect(isInMemory(rest.at(-1)!.key)).toBe(false);
  expect(isInMemory(third!.key)).toBe(true);
  keys.clear();
  for (const { key } of people.slice(0, 20)) expect(isInMemory(key)).toBe(false);
});
