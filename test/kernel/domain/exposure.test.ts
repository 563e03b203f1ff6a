import { expect, test } from 'vitest';
import { isSeenBySomebody, type Onlooker } from '../../../kernel/domain/exposure.ts';

const NOW = Date.UTC(2026, 3, 1, 10);
const anybody = (near: number, lastActAt?: number): Onlooker => ({
  ...{ kind: 'anybody', near, lastActAt },
});
const somebody = (lastActAt: number, lastHeardAt?: number, isUncertain = false): Onlooker => ({
  ...{ kind: 'person', lastActAt },
  presence: lastHeardAt === undefined ? undefined : { lastHeardAt, isUncertain },
});

test.each([
  ['with somebody near, whoever touched', anybody(1), true],
  ['with nobody near, just touched', anybody(0, NOW), true],
  ['with nobody near, touched 45 s ago', anybody(0, NOW - 45_000), true],
  ['with nobody near, touched longer ago', anybody(0, NOW - 45_001), false],
  ['with nobody near, and never touched', anybody(0), false],
])('[expose-3] what is for everybody is seen: %s', (_, onlooker, isSeen) => {
  expect(isSeenBySomebody(onlooker, NOW)).toBe(isSeen);
});

test.each([
  ['whom nobody hears', somebody(NOW - 30_000), true],
  ['who is heard', somebody(NOW - 30_000, NOW), true],
  ['who is silent, and acted before that', somebody(NOW - 30_000, NOW - 20_000, true), false],
  ['who is silent, and acted since', somebody(NOW - 10_000, NOW - 20_000, true), true],
  ['whose session they ended', { kind: 'ended' } as const, true],
  ['who had gone', { kind: 'left' } as const, false],
])('[expose-2] a person’s offers are seen by somebody %s', (_, onlooker, isSeen) => {
  expect(isSeenBySomebody(onlooker, NOW)).toBe(isSeen);
});
