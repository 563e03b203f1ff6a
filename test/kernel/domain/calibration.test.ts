import { describe, expect, test } from 'vitest';
import {
  calibrate,
  offsetsOf,
  scoreWalk,
  stopsOf,
  withOffsets,
} from '../../../kernel/domain/calibration.ts';
import { zoneAt } from '../../../kernel/domain/zone-map.ts';
import { aGuidedWalk, SHOP_PLAN } from '../../doubles/walks.ts';

const seeds = [1, 2, 3, 4, 5];
/** Three receivers that hear otherwise than their kind: another maker, behind glass, in a cupboard. */
const OFFSETS: Readonly<Record<string, number>> = { 'r1-1': 9, 'r8-11': -12, 'r17-1': -6 };
const offsetIn = (found: ReturnType<typeof offsetsOf>, id: string) =>
  found.find(({ receiverId }) => receiverId === id)?.offsetDb ?? NaN;

describe('where to stand', () => {
  test('is inside each zone, more often in a large one', () => {
    const stops = stopsOf(SHOP_PLAN);
    expect(stops).toHaveLength(6);
    for (const { zoneId, x, y } of stops) expect(zoneAt(SHOP_PLAN.zones, x, y)).toBe(zoneId);
    const closet = { zones: [{ zoneId: 'closet', x: [0, 1] as const, y: [0, 2] as const }] };
    expect(stopsOf(closet)).toEqual([{ zoneId: 'closet', x: 0.5, y: 1 }]);
  });
});

describe('the offsets of receivers', () => {
  test.each(seeds)('[walk-2] are found within 2 dB of what they are (seed %i)', (seed) => {
    const found = offsetsOf(SHOP_PLAN, aGuidedWalk({ seed, offsetsDb: OFFSETS }));
    for (const { receiverId } of SHOP_PLAN.receivers) {
      const trueDb = OFFSETS[receiverId] ?? 0;
      expect([receiverId, Math.abs(offsetIn(found, receiverId) - trueDb) <= 2]).toEqual([
        receiverId,
        true,
      ]);
    }
  });

  test('do not depend on how strong the transmitter is, nor on offsets that the plan has', () => {
    const walk = { seed: 3, offsetsDb: OFFSETS };
    const found = offsetsOf(SHOP_PLAN, aGuidedWalk(walk));
    expect(offsetsOf(SHOP_PLAN, aGuidedWalk({ ...walk, transmitterDb: -12 }))).toEqual(found);
    expect(offsetsOf(withOffsets(SHOP_PLAN, found), aGuidedWalk(walk))).toEqual(found);
  });

  test('one receiver that was not heard has none, and disturbs no other', () => {
    const found = offsetsOf(SHOP_PLAN, aGuidedWalk({ offsetsDb: OFFSETS, deaf: ['r5-1'] }));
    expect(found.map(({ receiverId }) => receiverId)).not.toContain('r5-1');
    expect(Math.abs(offsetIn(found, 'r1-1') - 9)).toBeLessThanOrEqual(2);
  });

  test('of few standings are drawn to none', () => {
    const walk = aGuidedWalk({ offsetsDb: OFFSETS });
    const one = { ...walk, standings: walk.standings.slice(0, 1) };
    const [few, all] = [offsetsOf(SHOP_PLAN, one), offsetsOf(SHOP_PLAN, walk)];
    expect(offsetIn(few, 'r8-11')).toBeGreaterThan(offsetIn(all, 'r8-11'));
  });

  test('of nothing heard are none', () => {
    const walk = { ...aGuidedWalk(), hearings: [] };
    expect(offsetsOf(SHOP_PLAN, walk)).toEqual([]);
    expect(calibrate(SHOP_PLAN, walk).after).toMatchObject({ accuracy: 0 });
  });
});

describe('the walk anew with what was found', () => {
  test('[walk-3] tells zones apart better where receivers differ, places judged by the others alone', () => {
    const walks = seeds.map((seed) => aGuidedWalk({ seed, offsetsDb: OFFSETS }));
    const sums = walks.map((walk) => calibrate(SHOP_PLAN, walk));
    const mean = (of: 'before' | 'after') =>
      sums.reduce((sum, calibration) => sum + (calibration[of].accuracy ?? 0), 0) / sums.length;
    expect(mean('after')).toBeGreaterThan(mean('before'));
    expect(mean('after')).toBeGreaterThan(0.9);
  });

  test('says which zone was taken for which, and how soon it was right', () => {
    const walk = aGuidedWalk();
    const { accuracy, instants, confusion, recognisedAfterMs } = scoreWalk(SHOP_PLAN, walk);
    const cells = Object.values(confusion).flatMap((row) => Object.values(row));
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(instants);
    expect(instants).toBe(walk.standings.length * 40);
    const right = ['entrance', 'aisles', 'counter'].map((id) => confusion[id]?.[id] ?? 0);
    expect(right.reduce((sum, count) => sum + count, 0) / instants).toBeCloseTo(accuracy ?? 0);
    expect(recognisedAfterMs).toHaveLength(walk.standings.length);
    for (const ms of recognisedAfterMs) expect(ms).toBeGreaterThanOrEqual(0);
  });

  test('a zone that is never reported was never recognised', () => {
    const walk = aGuidedWalk();
    const lie = walk.standings.map((standing) => ({ ...standing, zoneId: 'cellar' }));
    const { accuracy, recognisedAfterMs } = scoreWalk(SHOP_PLAN, { ...walk, standings: lie });
    expect(accuracy).toBe(0);
    expect(new Set(recognisedAfterMs)).toEqual(new Set([null]));
  });
});
