import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLayout } from '../../../cli/zones/layout.ts';
import { byFilter, byNearestReceiver, scoreTrack, sumOf } from '../../../cli/zones/replay.ts';
import { parseTrack, type TrackRow } from '../../../cli/zones/track.ts';
import type { FloorPlan } from '../../../kernel/domain/zone-map.ts';
import { aWalk, SHOP_PLAN } from '../../doubles/walks.ts';

const seeds = [1, 2, 3, 4, 5];
const scoreOf = (make: typeof byFilter, walk: Parameters<typeof aWalk>[0] = {}) =>
  sumOf(seeds.map((seed) => scoreTrack(SHOP_PLAN, aWalk({ ...walk, seed }), make)));

describe('walks through a shop', () => {
  test('are told apart by zone, better and calmer than by the nearest receiver', () => {
    const score = scoreOf(byFilter);
    const nearest = scoreOf(byNearestReceiver);
    expect(score.crossings).toBe(4 * seeds.length);
    expect(score.accuracy).toBeGreaterThan(0.88);
    expect(score.accuracy).toBeGreaterThan(nearest.accuracy ?? 1);
    expect(score.changes).toBeLessThan(nearest.changes / 2);
    expect(score.delays.length).toBeGreaterThanOrEqual(score.crossings - 2);
    expect(Math.min(...score.delays)).toBeGreaterThanOrEqual(0);
  });

  test.each([-12, 12])('with a transmitter %i dB off are told apart alike', (transmitterDb) => {
    expect(scoreOf(byFilter, { transmitterDb }).accuracy).toBeGreaterThan(0.82);
  });

  test('with one receiver dead are told apart still', () => {
    expect(scoreOf(byFilter, { deaf: ['r8-1'] }).accuracy).toBeGreaterThan(0.8);
  });

  test('two beacons in one recording are two walks', () => {
    const one = aWalk();
    const both = [...one, ...one.map((row) => ({ ...row, beaconId: 'c' }))];
    const alone = scoreTrack(SHOP_PLAN, one, byFilter);
    const score = scoreTrack(SHOP_PLAN, both, byFilter);
    expect(score).toMatchObject({ accuracy: alone.accuracy, changes: 2 * alone.changes });
  });

  test('that never leave the border have no accuracy', () => {
    const rows = aWalk().map((row) => ({ ...row, x: 6.5 }));
    expect(scoreTrack(SHOP_PLAN, rows, byFilter)).toMatchObject({ accuracy: null, instants: 0 });
  });
});

/** Recorded walks where SOGLIA_TRACKS names their folder, else more of the generated ones. */
function walks(): { plan: FloorPlan; tracks: readonly (readonly TrackRow[])[] } {
  const folder = process.env['SOGLIA_TRACKS'];
  if (folder === undefined)
    return { plan: SHOP_PLAN, tracks: [11, 12, 13, 14, 15].map((seed) => aWalk({ seed })) };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  const plan = parseLayout(read('layout.yaml'), 'layout.yaml');
  return { plan, tracks: names.map((name) => parseTrack(read(name), name)) };
}

test('0.88 of the instants of five walks, recorded where there are some, are in the right zone', () => {
  const { plan, tracks } = walks();
  const score = sumOf(tracks.map((track) => scoreTrack(plan, track, byFilter)));
  const nearest = sumOf(tracks.map((track) => scoreTrack(plan, track, byNearestReceiver)));
  expect(tracks).toHaveLength(5);
  expect(score.accuracy).toBeGreaterThanOrEqual(0.88);
  expect(score.accuracy).toBeGreaterThan(nearest.accuracy ?? 1);
  expect(score.changes).toBeLessThan(nearest.changes / 3);
});

/** What is left of a walk's hearings where a receiver dies at its start, or half way. */
function without(rows: readonly TrackRow[], dead: string, from: 'start' | 'half'): TrackRow[] {
  const [first, last] = [rows[0]?.atMs ?? 0, rows.at(-1)?.atMs ?? 0];
  const diesAtMs = from === 'start' ? first : (first + last) / 2;
  return rows.filter(({ receiverId, atMs }) => receiverId !== dead || atMs < diesAtMs);
}

/*
 * Recorded walks: 0.929 with all twelve receivers; without one of them 0.83 (101, b827ebfd7811) to 0.929, 0.885 in the mean.
 * The guards are below what was measured, and far above what a pull to the wrong side would leave.
 */
test('[presence-3] each receiver may be dead, from the start or from half way: zones are told apart still', () => {
  const { plan, tracks } = walks();
  const scoreWithout = (dead: string, from: 'start' | 'half') =>
    sumOf(tracks.map((track) => scoreTrack(plan, without(track, dead, from), byFilter)));
  const whole = sumOf(tracks.map((track) => scoreTrack(plan, track, byFilter)));
  const scores = plan.receivers.map(({ receiverId }) => {
    const [dead, dying] = [scoreWithout(receiverId, 'start'), scoreWithout(receiverId, 'half')];
    return {
      ...{ receiverId, score: dead },
      ...{ dead: dead.accuracy ?? 0, dying: dying.accuracy ?? 0 },
    };
  });
  const lines = scores.map(
    ({ receiverId, dead, dying }) =>
      `without ${receiverId}: ${dead.toFixed(3)}; from half way on: ${dying.toFixed(3)}`,
  );
  process.stdout.write(`with all: ${(whole.accuracy ?? 0).toFixed(3)}\n${lines.join('\n')}\n`);
  for (const { dead, dying, score } of scores) {
    expect(dead).toBeGreaterThanOrEqual(0.8);
    expect(dying).toBeGreaterThanOrEqual(0.85);
    expect(score.delays).toHaveLength(score.crossings);
    expect(score.changes).toBeLessThanOrEqual(3 * score.crossings);
  }
  const mean = scores.reduce((sum, { dead }) => sum + dead, 0) / scores.length;
  expect(mean).toBeGreaterThanOrEqual(0.86);
});

describe('what cannot be read is named', () => {
  test.each([
    ['', 'walk.csv: no lines'],
    ['1,r,b,-70,1,1\n2,r,b,loud,1,1', "walk.csv:2: RSSI: 'loud' is no number"],
    ['1,r,b,-70,1', 'walk.csv:1: y: missing'],
    ['x,r,b,-70,1,1', "walk.csv:1: unix seconds: 'x' is no number"],
  ])('track %j', (text, message) => {
    expect(() => parseTrack(text, 'walk.csv')).toThrow(message);
  });

  test.each([
    ['zones: {}\nreceivers: {r: {x: 0, y: 0}}', 'zones'],
    ['zones: {a: {x: [3, 1], y: [0, 1]}}\nreceivers: {r: {x: 0, y: 0}}', 'from is not below to'],
    ['zones: {a: {x: [0, 1], y: [0, 1]}}\nreceivers: {r: {x: left, y: 0}}', 'receivers.r.x'],
    ['zones: [', 'plan.yaml'],
  ])('layout %j', (text, message) => {
    expect(() => parseLayout(text, 'plan.yaml')).toThrow(message);
  });

  test('a track in any order and with comments is read', () => {
    const rows = parseTrack('# a walk\n2,r,b,-70,1,1,0\n\n1,r,b,-71,1,1\r\n', 'walk.csv');
    expect(rows.map(({ atMs }) => atMs)).toEqual([1_000, 2_000]);
  });
});
