import { describe, expect, test } from 'vitest';
import {
  APART_MS,
  type HeardToken,
  OVERLAP_MS,
  ReplayWatch,
} from '../../../kernel/domain/replay-watch.ts';
import type { Pseudonym } from '../../../kernel/domain/ids.ts';

const NOW = 1_800_000_000_000;
const somebody = 'a'.repeat(32) as Pseudonym;
const hearing = (window: number, afterMs: number, given: Partial<HeardToken> = {}) => ({
  ...{ pseudonym: somebody, source: 0, window, at: NOW + afterMs },
  ...given,
});
const later = OVERLAP_MS + 1;

describe('[alarm-1] a token that was recorded', () => {
  test('is told at the third hearing of the older after the newer, and once', () => {
    const watch = new ReplayWatch();
    const raised = [
      watch.hear(hearing(7, 0)),
      ...[0, 1, 2, 3, 4].map((i) => watch.hear(hearing(6, later + i * APART_MS))),
    ];
    expect(raised).toEqual([false, false, false, true, false, false]);
  });

  test('is told again in the next window', () => {
    const watch = new ReplayWatch();
    const rounds = [7, 8].map((window, round) => {
      const from = round * 512_000;
      watch.hear(hearing(window, from));
      return [0, 1, 2].map((i) => watch.hear(hearing(window - 1, from + later + i * APART_MS)));
    });
    expect(rounds).toEqual([
      [false, false, true],
      [false, false, true],
    ]);
  });

  test('is told while the phone itself is heard between', () => {
    const watch = new ReplayWatch();
    const heard: boolean[] = [];
    for (let s = 0; s < 90; s += 1)
      heard.push(watch.hear(hearing(7, s * 1_000)), watch.hear(hearing(6, s * 1_000 + 500)));
    expect(heard.filter(Boolean)).toHaveLength(1);
  });
});

describe('[alarm-1] no alarm is', () => {
  const heard = (...hearings: HeardToken[]) => {
    const watch = new ReplayWatch();
    return hearings.filter((each) => watch.hear(each)).length;
  };

  test('a phone that turns its token, however often both are heard while it does', () => {
    const turning = Array.from({ length: 100 }, (_, i) => hearing(7 - (i % 2), i * 100));
    expect(heard(...turning)).toBe(0);
    expect(heard(...[3, 4, 5, 6].map((window, i) => hearing(window, i * 512_000)))).toBe(0);
  });

  test('a batch that comes late with what was heard before', () => {
    const late = [0, 1, 2, 3].map((i) => hearing(6, -30_000 + i * 2_000));
    expect(heard(hearing(7, 60_000), hearing(7, 0), ...late)).toBe(0);
  });

  test('one advert that many receivers hear', () => {
    const receivers = [0, 20, 40, 60].map((ms) => hearing(6, later + ms));
    expect(heard(hearing(7, 0), ...receivers)).toBe(0);
  });

  test('a second phone of the same person whose clock is a window behind', () => {
    const two = Array.from({ length: 120 }, (_, i) =>
      hearing(7 - (i % 2), i * 1_500, { source: i % 2 }),
    );
    expect(heard(...two)).toBe(0);
  });
});

test('[threat-26] what is known ends with the windows, with a withdrawal, and has a bound', () => {
  const watch = new ReplayWatch();
  for (let i = 0; i < 30_000; i += 1)
    watch.hear(hearing(7, i, { pseudonym: String(i) as Pseudonym }));
  expect(watch.size).toBe(20_000);
  watch.forget('29999' as Pseudonym);
  expect(watch.size).toBe(19_999);
  watch.sweep(NOW + 1_023_000);
  expect(watch.size).toBe(19_999);
  watch.sweep(NOW + 1_055_000);
  expect(watch.size).toBe(0);
});
